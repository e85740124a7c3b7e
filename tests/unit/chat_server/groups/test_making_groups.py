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


async def test_a_manager_makes_a_group_of_her_customers(club):
    assert club.made.title == "周五 理财"
    assert club.made.size == 3
    assert await club.present() == {"lina": "member", "wangfang": "owner", "zhangwei": "member"}
    assert await club.told() == [("created", "wangfang", ["wangfang", "zhangwei", "lina"])]
    assert [f.detail["count"] for f in await club.desk.facts("group_created")] == [3]


async def test_other_staff_and_strangers_make_no_groups(desk):
    for owner in ("ops", "nobody", "@service"):
        with pytest.raises(Forbidden):
            await desk.cases.groups.create(owner, "mine", [])


@pytest.fixture
async def friends(desk):
    """张伟 and 李娜 are contacts; 张伟's account manager is 王芳."""
    card = await desk.cases.contacts.privacy.card("lina")
    found = await desk.cases.contacts.find.by_card("zhangwei", "192.0.2.1", card)
    await desk.cases.contacts.requests.ask("zhangwei", found.ticket, "")
    await desk.cases.contacts.requests.accept("lina", "zhangwei")
    return desk.cases.contacts


async def test_a_customer_makes_a_group_of_contacts_and_the_account_manager(desk, friends):
    made = await desk.cases.groups.create("zhangwei", "周末爬山", ["lina", "wangfang"])
    members = await desk.store.conversations.members(made.conv)
    roles = {member.user: str(member.role) for member in members}
    assert roles == {"lina": "member", "wangfang": "member", "zhangwei": "owner"}


async def test_a_customer_brings_nobody_in_who_is_no_contact_any_more(desk, friends):
    with pytest.raises(Forbidden, match="not wangfang"):  # 王芳 is 张伟's, not 李娜's
        await desk.cases.groups.create("lina", "mine", ["zhangwei", "wangfang"])
    made = await desk.cases.groups.create("zhangwei", "mine", [])
    await friends.contacts.block("lina", "zhangwei")
    with pytest.raises(Forbidden, match="not lina"):
        await desk.cases.groups.invite("zhangwei", made.conv, ["lina"])
    await friends.contacts.unblock("lina", "zhangwei")
    await friends.contacts.remove("zhangwei", "lina")
    with pytest.raises(Forbidden, match="not lina"):
        await desk.cases.groups.invite("zhangwei", made.conv, ["lina"])


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


async def test_an_admin_who_is_a_customer_brings_only_contacts(club):
    await club.groups.govern.set_role("wangfang", club.conv, "lina", "admin")
    with pytest.raises(Forbidden, match="not ops"):
        await club.groups.invite("lina", club.conv, ["ops"])


async def test_a_full_group_takes_nobody(club, monkeypatch):
    monkeypatch.setattr("chat_server.usecases.groups.change.MOST_MEMBERS", 3)
    assert MOST_MEMBERS == 5_000
    with pytest.raises(GroupFull):
        await club.groups.invite("wangfang", club.conv, ["ops"])
    assert (await club.state()).size == 3
