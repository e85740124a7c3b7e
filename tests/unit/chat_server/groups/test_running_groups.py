"""Who may do what to whom in a group."""

from __future__ import annotations

import asyncio

import pytest

from chat_server.domain.conversation import Role
from chat_server.domain.errors import (
    Forbidden,
    InvalidValue,
    LastOwner,
    NotAMember,
    NotFound,
    Silenced,
    TooLong,
)
from chat_server.usecases.messaging.standing import Standings


async def test_the_owner_renames_and_announces(club):
    await club.groups.govern.rename("wangfang", club.conv, "新名字")
    await club.groups.govern.announce("wangfang", club.conv, " 明天十点 ")
    state = await club.state()
    assert (state.title, state.announcement) == ("新名字", "明天十点")
    assert [what for what, _, _ in await club.told()] == ["created", "renamed", "announced"]
    await club.groups.govern.announce("wangfang", club.conv, "")
    assert (await club.state()).announcement == ""


async def test_what_is_so_already_leaves_no_line(club):
    await club.groups.govern.rename("wangfang", club.conv, "周五 理财")
    await club.groups.govern.silence_all("wangfang", club.conv, silent=False)
    await club.groups.govern.silence("wangfang", club.conv, "lina", silenced=False)
    await club.groups.govern.set_role("wangfang", club.conv, "lina", Role.MEMBER)
    assert len(await club.told()) == 1


async def test_an_announcement_has_an_end(club):
    with pytest.raises(TooLong):
        await club.groups.govern.announce("wangfang", club.conv, "x" * 501)


async def test_members_run_nothing(club):
    govern, conv = club.groups.govern, club.conv
    for attempt in (
        govern.rename("lina", conv, "x"),
        govern.announce("lina", conv, "x"),
        govern.silence_all("lina", conv, silent=True),
        govern.ask_approval("lina", conv, approval=True),
        govern.silence("lina", conv, "zhangwei", silenced=True),
        govern.remove("lina", conv, "zhangwei"),
        govern.set_role("lina", conv, "lina", Role.ADMIN),
        govern.hand_over("lina", conv, "lina"),
        club.groups.leave.dissolve("lina", conv),
        club.groups.links.issue("lina", conv, 7),
        club.groups.links.withdraw("lina", conv),
        club.groups.requests.list("lina", conv),
    ):
        with pytest.raises(Forbidden):
            await attempt
    assert len(await club.told()) == 1


async def test_admins_act_on_members_and_not_on_each_other(club):
    govern, conv = club.groups.govern, club.conv
    await club.groups.invite("wangfang", conv, ["ops"])
    for user in ("lina", "zhangwei"):
        await govern.set_role("wangfang", conv, user, Role.ADMIN)
    with pytest.raises(Forbidden):
        await govern.remove("lina", conv, "zhangwei")
    with pytest.raises(Forbidden):
        await govern.silence("lina", conv, "wangfang", silenced=True)
    with pytest.raises(Forbidden):
        await govern.set_role("lina", conv, "ops", Role.ADMIN)
    await govern.remove("lina", conv, "ops")
    assert "ops" not in await club.present()
    with pytest.raises(NotFound):
        await govern.remove("lina", conv, "ops")


async def test_the_silenced_may_read_and_not_write(club):
    store, conv = club.desk.store, club.conv
    await club.groups.govern.silence("wangfang", conv, "lina", silenced=True)
    standing = await Standings(store.conversations).find("lina", conv)
    with pytest.raises(Silenced):
        standing.membership.may_send()
    (await Standings(store.conversations).find("zhangwei", conv)).membership.may_send()
    await club.groups.govern.silence("wangfang", conv, "lina", silenced=False)
    (await Standings(store.conversations).find("lina", conv)).membership.may_send()


async def test_leaving_does_not_end_a_silence(club):
    await club.groups.govern.silence("wangfang", club.conv, "lina", silenced=True)
    token, _ = await club.groups.links.issue("wangfang", club.conv, 7)
    await club.groups.leave("lina", club.conv)
    await club.groups.join("lina", token)
    membership = await club.desk.store.conversations.membership(club.conv, "lina")
    assert membership.silenced


async def test_in_a_silent_group_owner_and_admins_write(club):
    conv, conversations = club.conv, club.desk.store.conversations
    standings = Standings(conversations)
    (await standings.find("lina", conv)).membership.may_send()
    await club.groups.govern.silence_all("wangfang", conv, silent=True)
    standings.forget(conv)
    with pytest.raises(Silenced):
        (await standings.find("lina", conv)).membership.may_send()
    (await standings.find("wangfang", conv)).membership.may_send()


async def test_the_owner_leaves_only_after_handing_over(club):
    with pytest.raises(LastOwner):
        await club.groups.leave("wangfang", club.conv)
    await club.groups.govern.hand_over("wangfang", club.conv, "lina")
    await club.groups.leave("wangfang", club.conv)
    assert await club.present() == {"lina": "owner", "zhangwei": "member"}
    assert (await club.state()).size == 2


async def test_nobody_is_made_owner_by_a_role(club):
    for role in (Role.OWNER, Role.FOLLOWER):
        with pytest.raises(InvalidValue):
            await club.groups.govern.set_role("wangfang", club.conv, "lina", role)


async def test_a_dissolved_group_is_no_more(club):
    token, _ = await club.groups.links.issue("wangfang", club.conv, 7)
    await club.groups.leave.dissolve("wangfang", club.conv)
    assert await club.present() == {}
    assert (await club.told())[-1] == ("dissolved", "wangfang", [])
    membership = await club.desk.store.conversations.membership(club.conv, "lina")
    assert membership.left_seq == 2
    with pytest.raises(NotFound):
        await club.groups.read.view("lina", club.conv)
    with pytest.raises(NotFound):
        await club.groups.invite("wangfang", club.conv, ["ops"])
    assert (await club.state()).size == 0
    del token


async def test_many_at_once_lose_nothing(club):
    """Thirty changes at once: each is made once, and the count is right."""
    conv, govern = club.conv, club.groups.govern
    await club.groups.invite("wangfang", conv, ["ops", "shenhe", "admin"])
    await asyncio.gather(
        *(govern.rename("wangfang", conv, f"n{n}") for n in range(24)),
        *(club.groups.leave(user, conv) for user in ("ops", "shenhe", "admin", "lina")),
        govern.silence("wangfang", conv, "zhangwei", silenced=True),
    )
    state = await club.state()
    assert state.size == len(await club.present()) == 2
    assert state.revision == len(await club.told()) == 31


async def test_who_left_is_asked_nothing_more(club):
    await club.groups.leave("lina", club.conv)
    with pytest.raises(NotAMember):
        await club.groups.leave("lina", club.conv)
    with pytest.raises(NotAMember):
        await club.groups.read.members("lina", club.conv, after="", limit=10)


async def test_members_are_shown_by_page_and_names_of_former_ones(club):
    await club.groups.govern.remove("wangfang", club.conv, "lina")
    found, more = await club.groups.read.members("wangfang", club.conv, after="", limit=1)
    assert [(m.user, m.name, m.role, m.badge) for m in found] == [
        ("wangfang", "王芳", "owner", "manager")
    ]
    assert more
    former = await club.groups.read.people("zhangwei", club.conv, ["lina", "ops"])
    assert [(m.name, m.present) for m in former] == [("李娜", False)]
    with pytest.raises(NotAMember):
        await club.groups.read.people("ops", club.conv, ["lina"])


async def test_who_has_read_a_message(club):
    store, conv = club.desk.store, club.conv
    await store.conversations.advance(conv, "lina", read=1)
    readers = await club.groups.read.readers("wangfang", conv, 1)
    assert [m.user for m in readers.read] == ["lina", "zhangwei"]
    await club.groups.govern.rename("wangfang", conv, "again")
    await store.conversations.advance(conv, "lina", read=2)
    readers = await club.groups.read.readers("wangfang", conv, 2)
    assert ([m.user for m in readers.read], [m.user for m in readers.unread]) == (
        ["lina"],
        ["zhangwei"],
    )
    with pytest.raises(NotFound):
        await club.groups.read.readers("wangfang", conv, 9)
