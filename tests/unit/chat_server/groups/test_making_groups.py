"""Making a group, and bringing people into it."""

from __future__ import annotations

import pytest

from chat_server.domain.errors import (
    Forbidden,
    GroupFull,
    InvalidValue,
    NotAMember,
    NotFound,
    TooLong,
)
from chat_server.domain.groups import MOST_AT_ONCE, MOST_MEMBERS
from tests.front_desk import PEOPLE


async def test_a_manager_makes_a_group_of_her_customers(club):
    assert club.made.title == "周五 理财"
    assert club.made.size == 3
    assert await club.present() == {"lina": "member", "wangfang": "owner", "zhangwei": "member"}
    assert await club.told() == [("created", "wangfang", ["wangfang", "zhangwei", "lina"])]
    assert [f.detail["count"] for f in await club.desk.facts("group_created")] == [3]


@pytest.mark.parametrize("owner", [user for user in PEOPLE if user != "wangfang"])
async def test_nobody_else_makes_groups(desk, owner):
    with pytest.raises(Forbidden):
        await desk.cases.groups.create(owner, "mine", [])


async def test_customers_of_others_and_unknown_people_are_refused_alike(desk):
    for stranger in ("lina", "nobody", "@service"):
        with pytest.raises(Forbidden, match=f"not {stranger}"):
            await desk.cases.groups.create("wangfang", "mine", ["zhangwei", stranger])
    assert not await desk.facts("group_created")


@pytest.mark.parametrize("title", ["", "  ", "x" * 65])
async def test_a_title_that_cannot_be_is_refused(desk, title):
    with pytest.raises(InvalidValue):
        await desk.cases.groups.create("wangfang", title, [])


async def test_too_many_at_once_are_refused(desk):
    users = [f"u{n}" for n in range(MOST_AT_ONCE + 1)]
    with pytest.raises(TooLong):
        await desk.cases.groups.create("wangfang", "mine", users)


async def test_inviting_adds_those_who_are_not_there_yet(club):
    after = await club.groups.invite("wangfang", club.conv, ["ops", "lina", "ops"])
    assert after.size == 4
    assert (await club.told())[-1] == ("invited", "wangfang", ["ops"])
    again = await club.groups.invite("wangfang", club.conv, ["ops"])
    assert again.revision == after.revision


async def test_members_and_outsiders_do_not_invite(club):
    with pytest.raises(Forbidden):
        await club.groups.invite("lina", club.conv, ["ops"])
    with pytest.raises(NotAMember):
        await club.groups.invite("ops", club.conv, ["ops"])
    with pytest.raises(NotFound):
        await club.groups.invite("wangfang", "g:none", ["ops"])
    with pytest.raises(NotFound):
        await club.groups.invite("wangfang", "d:wangfang:zhangwei", ["ops"])


async def test_an_admin_who_is_a_customer_knows_nobody_to_bring(club):
    await club.groups.govern.set_role("wangfang", club.conv, "lina", "admin")
    with pytest.raises(Forbidden):
        await club.groups.invite("lina", club.conv, ["zhangwei"])


async def test_a_full_group_takes_nobody(club, monkeypatch):
    monkeypatch.setattr("chat_server.usecases.groups.change.MOST_MEMBERS", 3)
    assert MOST_MEMBERS == 5_000
    with pytest.raises(GroupFull):
        await club.groups.invite("wangfang", club.conv, ["ops"])
    assert (await club.state()).size == 3
