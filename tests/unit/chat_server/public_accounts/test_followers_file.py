from __future__ import annotations

import pytest

from chat_server.domain.errors import InvalidValue, NotAccepting, NotFound, TooLong
from chat_server.ports.bus import MembershipChanged
from chat_server.usecases.public_accounts.entry import Entry
from tests.front_desk import FrontDesk

FEED, CHAT = "f:@service", "s:@service:zhangwei"


async def entry(desk: FrontDesk) -> Entry:
    await desk.cases.accounts.follow("zhangwei", "@service")
    return await desk.cases.account_work.entries.operator("ops", "@service")


async def test_followers_are_listed_with_remark_and_tags(desk: FrontDesk) -> None:
    file, at = desk.cases.account_work.followers, await entry(desk)
    vip = await file.create_tag(at, " 贵宾 ")
    assert await file.tag(at, vip.tag, ["zhangwei", "lina"]) == 1
    follower = await file.remark(at, "zhangwei", " 老客户 ")
    assert (follower.remark, tuple(follower.tags)) == ("老客户", (vip.tag,))
    assert await file.page(at, tag=vip.tag) == [follower]
    assert await file.count(at) == 1
    assert [tag.count for tag in await file.tags(at)] == [1]
    await file.rename_tag(at, vip.tag, "VIP")
    assert await file.untag(at, vip.tag, ["zhangwei"]) == 1
    await file.delete_tag(at, vip.tag)
    assert list(await file.tags(at)) == []
    (told,) = await desk.facts("followers_tagged")
    assert (told.actor, told.subject, told.detail) == (
        "ops",
        "@service",
        {"tag": vip.tag, "count": 1},
    )


async def test_what_cannot_be_filed_is_named(desk: FrontDesk) -> None:
    file, at = desk.cases.account_work.followers, await entry(desk)
    with pytest.raises(InvalidValue, match="name"):
        await file.create_tag(at, "标签名字实在是太长太长了吧")
    with pytest.raises(InvalidValue, match="remark"):
        await file.remark(at, "zhangwei", "x" * 31)
    with pytest.raises(NotFound):
        await file.remark(at, "lina", "x")
    with pytest.raises(InvalidValue, match="nobody"):
        await file.block(at, ["lina", "nobody"], blocked=True)
    with pytest.raises(TooLong):
        await file.block(at, ["lina"] * 51, blocked=True)
    with pytest.raises(TooLong):
        await file.tag(at, 100, ["x"] * 10_001)


async def test_the_black_list_is_heard_of_at_once(desk: FrontDesk) -> None:
    file, at = desk.cases.account_work.followers, await entry(desk)
    desk.signals.clear()
    assert await file.block(at, ["zhangwei", "lina"], blocked=True) == 2
    assert await file.block(at, ["zhangwei"], blocked=True) == 0
    assert MembershipChanged(CHAT, "zhangwei") in desk.signals
    assert MembershipChanged(FEED, "zhangwei") in desk.signals
    total, listed = await file.black_list(at)
    assert (total, [each.customer for each in listed]) == (2, ["lina", "zhangwei"])
    with pytest.raises(NotAccepting):
        await desk.cases.accounts.follow("lina", "@service")
    assert await desk.store.conversations.conversation("s:@service:lina") is None
    assert await file.block(at, ["zhangwei", "lina"], blocked=False) == 2
    assert (await desk.cases.accounts.view("zhangwei", "@service")).following
    assert not (await desk.cases.accounts.view("lina", "@service")).following
