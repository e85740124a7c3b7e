"""The client library runs groups, each call against a real server in a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest

from chat_server.client.client import Client
from chat_server.client.faults import Refused, Unreached
from chat_server.wire import frames
from chat_server.wire.own_frames import DraftText
from tests.house import ServedHouse, copy_of, loaded_data

__all__ = ["loaded_data"]
PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def served(loaded_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHouse]:
    house = ServedHouse(copy_of(loaded_data, tmp_path_factory.mktemp("groups") / "data"))
    try:
        house.start()
        yield house
    finally:
        house.stop()


class Club:
    """A manager, her two customers, and the group that she made of them."""

    def __init__(self, manager: Client, zhangwei: Client, lina: Client, conv: str) -> None:
        self.manager, self.zhangwei, self.lina, self.conv = manager, zhangwei, lina, conv

    async def users(self) -> list[str]:
        page = await self.manager.groups.members(self.conv)
        return [member.user for member in page.members]


@pytest.fixture
async def club(served: ServedHouse) -> AsyncIterator[Club]:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(asyncio.timeout(PATIENCE_S))
        manager, zhangwei, lina = [
            await stack.enter_async_context(Client(served.url, user, f"demo-{user}"))
            for user in ("wangfang", "zhangwei", "lina")
        ]
        group = await manager.groups.create("周五理财", ["zhangwei"])
        yield Club(manager, zhangwei, lina, group.conv)


async def heard(client: Client, conv: str, what: str) -> frames.Event:
    """The next change of that kind that the client is told of."""
    async for event in client.events():
        if event.conv == conv and msgspec.json.decode(event.body).get("what") == what:
            return event
    raise AssertionError("the client ended")


async def test_a_group_is_made_named_and_seen(club: Club) -> None:
    seen = await club.zhangwei.groups.view(club.conv)
    assert (seen.title, seen.members, seen.role) == ("周五理财", 2, "member")
    changed = await club.manager.groups.change(club.conv, title="周六理财", announcement="三点")
    assert (changed.title, changed.announcement) == ("周六理财", "三点")
    assert (await club.zhangwei.groups.view(club.conv)).announcement == "三点"
    with pytest.raises(Refused, match="forbidden"):
        await club.zhangwei.groups.change(club.conv, title="我的")
    with pytest.raises(Refused, match="not_a_member"):
        await club.lina.groups.view(club.conv)


async def test_a_customer_makes_a_group_of_people_he_knows(club: Club) -> None:
    made = await club.zhangwei.groups.create("我的群", ["wangfang"])
    assert (made.role, made.members) == ("owner", 2)
    with pytest.raises(Refused, match="forbidden"):
        await club.zhangwei.groups.create("我的群", ["lina"])  # no contact of his


async def test_members_are_invited_and_read_by_pages(club: Club) -> None:
    await club.manager.groups.invite(club.conv, ["lina", "zhangwei"])
    first = await club.manager.groups.members(club.conv, limit=2)
    assert ([member.user for member in first.members], first.more) == (["lina", "wangfang"], True)
    then = await club.manager.groups.members(club.conv, after="wangfang", limit=2)
    assert ([member.user for member in then.members], then.more) == (["zhangwei"], False)
    assert (await heard(club.lina, club.conv, "invited")).from_ == "wangfang"


async def test_a_link_is_given_looked_at_and_joined_by(club: Club) -> None:
    link = await club.manager.groups.invite_link(club.conv, days=1)
    seen = await club.lina.groups.look(link.token)
    assert (seen.conv, seen.state, seen.inviter) == (club.conv, "outside", "王芳")
    assert (await club.lina.groups.join(link.token)).state == "inside"
    assert (await club.lina.groups.join(link.token)).state == "inside"
    assert await club.users() == ["lina", "wangfang", "zhangwei"]


async def test_withdrawn_links_lead_nowhere(club: Club) -> None:
    link = await club.manager.groups.invite_link(club.conv)
    await club.manager.groups.withdraw_links(club.conv)
    with pytest.raises(Refused, match="link_expired"):
        await club.lina.groups.look(link.token)


async def test_who_asks_is_let_in_or_not(club: Club) -> None:
    await club.manager.groups.change(club.conv, approval=True)
    link = await club.manager.groups.invite_link(club.conv)
    assert (await club.lina.groups.join(link.token)).state == "asked"
    (waiting,) = await club.manager.groups.requests(club.conv)
    assert (waiting.user, waiting.name, waiting.inviter) == ("lina", "李娜", "王芳")
    await club.manager.groups.refuse(club.conv, "lina")
    assert not await club.manager.groups.requests(club.conv)
    await club.lina.groups.join(link.token)
    await club.manager.groups.approve(club.conv, "lina")
    assert "lina" in await club.users()
    assert (await club.lina.send(club.conv, "大家好")).seq


async def test_roles_are_given_and_the_group_is_handed_over(club: Club) -> None:
    groups = club.manager.groups
    await groups.set_role(club.conv, "zhangwei", "admin")
    assert (await club.zhangwei.groups.view(club.conv)).role == "admin"
    with pytest.raises(Refused, match="last_owner"):
        await groups.leave(club.conv)
    assert (await groups.hand_over(club.conv, "zhangwei")).role == "admin"
    await groups.leave(club.conv)
    assert (await club.zhangwei.groups.view(club.conv)).role == "owner"


async def test_the_silenced_read_on_and_do_not_write(club: Club) -> None:
    groups = club.manager.groups
    await groups.silence(club.conv, "zhangwei")
    with pytest.raises(Refused, match="silenced"):
        await club.zhangwei.send(club.conv, "喂")
    await groups.silence(club.conv, "zhangwei", silenced=False)
    await groups.change(club.conv, silent=True)
    with pytest.raises(Refused, match="silenced"):
        await club.zhangwei.send(club.conv, "喂")
    await groups.change(club.conv, silent=False)
    assert (await club.zhangwei.send(club.conv, "喂")).seq


async def test_who_is_removed_or_leaves_is_gone(club: Club) -> None:
    await club.manager.groups.invite(club.conv, ["lina"])
    await club.manager.groups.remove(club.conv, "zhangwei")
    await club.lina.groups.leave(club.conv)
    assert await club.users() == ["wangfang"]
    await heard(club.zhangwei, club.conv, "removed")
    with pytest.raises(Refused, match="not_a_member"):
        await club.zhangwei.send(club.conv, "我呢")


async def test_who_has_read_a_message_is_told(club: Club) -> None:
    await club.manager.groups.invite(club.conv, ["lina"])
    ack = await club.manager.send(club.conv, "请确认")
    await club.zhangwei.read(club.conv, ack.seq)
    while not (readers := await club.manager.groups.readers(club.conv, ack.seq)).read:  # noqa: ASYNC110 - nothing tells it
        await asyncio.sleep(0.02)
    assert [member.user for member in readers.read] == ["zhangwei"]
    assert [member.user for member in readers.unread] == ["lina"]


async def test_a_dissolved_group_is_gone_for_everybody(club: Club) -> None:
    await club.manager.groups.dissolve(club.conv)
    await heard(club.zhangwei, club.conv, "dissolved")
    with pytest.raises(Refused, match="not_found"):
        await club.manager.groups.view(club.conv)


async def test_what_is_ones_own_is_kept_and_told_to_the_other_device(
    club: Club, served: ServedHouse
) -> None:
    seen: list[object] = []
    async with Client(served.url, "zhangwei", "demo-zhangwei", "tablet") as tablet:
        tablet.own.on_settings(seen.append)
        tablet.own.on_star(seen.append)
        phone, conv = club.zhangwei, club.conv
        ack = await club.manager.send(conv, "收益 3.2%")
        settled = await phone.own.settle(conv, pinned=True, muted=True)
        mid = await phone.own.draft(conv, "明白")
        await phone.own.star(conv, ack.seq)
        (item,) = [one for one in await tablet.conversations() if one.conv == conv]
        assert (item.pinned, item.muted, item.draft) == (True, True, _draft(mid, "明白"))
        (starred,) = (await tablet.own.stars(conv=conv)).items
        assert (starred.seq, starred.state) == (ack.seq, "shown")
        await phone.send(conv, "明白", mid)
        cleared = await phone.own.clear(conv, ack.seq)
        assert (cleared.first_seq, cleared.draft) == (ack.seq + 1, None)
        assert [one.state for one in (await tablet.own.stars(conv=conv)).items] == ["withheld"]
        await phone.own.star(conv, ack.seq, on=False)
        while len(seen) < 5:  # noqa: ASYNC110 - what is waited for is the list
            await asyncio.sleep(0.02)
    assert getattr(seen[0], "version", 0) == settled.version
    assert [type(one).__name__ for one in seen] == [
        "Settings",
        "Settings",
        "StarMark",
        "Settings",
        "StarMark",
    ]


def _draft(mid: str, text: str) -> DraftText:
    return DraftText(mid, text)


async def test_nobody_there_is_said_so(served: ServedHouse) -> None:
    gone = ServedHouse(served.data)
    client = Client(gone.url, "wangfang", token="none")
    with pytest.raises(Unreached):
        await client.groups.create("没有人")
