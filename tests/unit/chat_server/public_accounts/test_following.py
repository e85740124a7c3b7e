from __future__ import annotations

import pytest

from chat_server.domain.conversation import Role
from chat_server.domain.errors import Forbidden, InvalidValue, NotFound
from chat_server.domain.publishing import PublicAccount
from chat_server.ports.bus import MembershipChanged
from chat_server.usecases.public_accounts import follow
from tests.front_desk import ARTICLES, SERVICE, FrontDesk

FEED, CHAT = "f:@service", "s:@service:zhangwei"


async def send_broadcast(desk: FrontDesk) -> str:
    sent = await desk.cases.broadcasts.submit("ops", "@service", ARTICLES)
    broadcast = sent.broadcast
    await desk.cases.broadcasts.approve("shenhe", broadcast.broadcast_id, broadcast.content_hash)
    await desk.deliver_changes()
    return broadcast.broadcast_id


async def test_following_joins_the_feed_and_opens_the_service_conversation(
    desk: FrontDesk,
) -> None:
    view = await desk.cases.accounts.follow("zhangwei", "@service")
    assert (view.following, view.followers, view.feed, view.service) == (True, 1, FEED, CHAT)
    follower = await desk.store.conversations.membership(FEED, "zhangwei")
    assert follower is not None
    assert follower.role is Role.FOLLOWER
    members = {m.user: m.role for m in await desk.store.conversations.members(CHAT)}
    assert members == {"zhangwei": Role.MEMBER, "@service": Role.MEMBER}
    assert desk.signals == [
        MembershipChanged(CHAT, "zhangwei"),
        MembershipChanged(FEED, "zhangwei"),
    ]


async def test_a_new_follower_can_read_the_past_and_has_nothing_unread(desk: FrontDesk) -> None:
    await send_broadcast(desk)
    await desk.cases.accounts.follow("zhangwei", "@service")
    membership = await desk.store.conversations.membership(FEED, "zhangwei")
    assert membership is not None
    assert (membership.first_seq, membership.read) == (1, 1)


async def test_following_twice_is_following(desk: FrontDesk) -> None:
    for _ in range(2):
        view = await desk.cases.accounts.follow("zhangwei", "@service")
        assert (view.following, view.followers) == (True, 1)


async def test_the_number_of_many_followers_may_be_a_moment_old(
    desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "MANY", 1)
    await desk.cases.accounts.follow("zhangwei", "@service")
    assert (await desk.cases.accounts.follow("lina", "@service")).followers == 1
    desk.clock.move(follow.FRESH_MS / 1000)
    assert (await desk.cases.accounts.view("lina", "@service")).followers == 2


async def test_unfollowing_leaves_the_feed_and_keeps_the_service_conversation(
    desk: FrontDesk,
) -> None:
    await desk.cases.accounts.follow("zhangwei", "@service")
    desk.signals.clear()
    view = await desk.cases.accounts.unfollow("zhangwei", "@service")
    assert (view.following, view.followers) == (False, 0)
    assert desk.signals == [MembershipChanged(FEED, "zhangwei")]
    left = await desk.store.conversations.membership(FEED, "zhangwei")
    assert left is None or left.left_seq is not None
    stays = await desk.store.conversations.membership(CHAT, "zhangwei")
    assert stays is not None
    assert stays.left_seq is None
    assert await desk.cases.accounts.unfollow("zhangwei", "@service") == view
    again = await desk.cases.accounts.follow("zhangwei", "@service")
    assert (again.following, again.followers) == (True, 1)


@pytest.mark.parametrize("user", ["wangfang", "ops", "nobody"])
async def test_only_customers_follow(desk: FrontDesk, user: str) -> None:
    with pytest.raises(Forbidden):
        await desk.cases.accounts.follow(user, "@service")


async def test_what_is_not_there_is_not_found(desk: FrontDesk) -> None:
    accounts = desk.cases.accounts
    for step in (accounts.view, accounts.follow, accounts.unfollow):
        with pytest.raises(NotFound):
            await step("zhangwei", "@nowhere")


async def test_the_directory_shows_menus_to_everyone(desk: FrontDesk) -> None:
    (view,) = await desk.cases.accounts.directory("wangfang")
    assert view.account == SERVICE
    assert not view.following


async def test_registering_again_updates_and_keeps_the_followers(desk: FrontDesk) -> None:
    await desk.cases.accounts.follow("zhangwei", "@service")
    renamed = PublicAccount("@service", "新名字", "", verified=True)
    for _ in range(2):
        await desk.register(renamed, actor="admin")
    view = await desk.cases.accounts.view("zhangwei", "@service")
    assert (view.account, view.followers) == (renamed, 1)
    assert len(await desk.facts("account_put")) == 2


@pytest.mark.parametrize(("account", "name"), [("service", "x"), ("@Up", "x"), ("@ok", " ")])
async def test_an_account_needs_a_proper_id_and_a_name(
    desk: FrontDesk, account: str, name: str
) -> None:
    with pytest.raises(InvalidValue):
        await desk.register(PublicAccount(account, name, "", verified=False), actor="admin")
