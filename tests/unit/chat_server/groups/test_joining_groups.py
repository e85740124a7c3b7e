"""Coming in by a link."""

from __future__ import annotations

import asyncio

import pytest

from chat_server.domain.errors import Forbidden, InvalidValue, LinkExpired, NotFound


@pytest.fixture
async def token(club):
    await club.groups.govern.remove("wangfang", club.conv, "lina")
    return (await club.groups.links.issue("wangfang", club.conv, 7))[0]


async def test_a_link_shows_the_group_and_lets_one_in(club, token):
    step = await club.groups.join.look("lina", token)
    assert (step.group.title, step.inviter, step.inside) == ("周五 理财", "wangfang", False)
    group, inside = await club.groups.join("lina", token)
    assert (group.size, inside) == (3, True)
    membership = await club.desk.store.conversations.membership(club.conv, "lina")
    assert (membership.first_seq, membership.left_seq) == (3, None)
    assert (await club.told())[-1] == ("joined", "lina", ["lina"])
    assert (await club.groups.join("lina", token))[0].revision == group.revision


async def test_the_same_person_at_once_joins_once(club, token):
    await asyncio.gather(*(club.groups.join("lina", token) for _ in range(20)))
    assert [what for what, _, _ in await club.told()] == ["created", "removed", "joined"]


async def test_an_old_link_is_none(club, token):
    club.desk.clock.move(7 * 86_400 + 1)
    with pytest.raises(LinkExpired):
        await club.groups.join("lina", token)


async def test_a_withdrawn_link_is_none_and_a_new_one_is(club, token):
    await club.groups.links.withdraw("wangfang", club.conv)
    with pytest.raises(LinkExpired):
        await club.groups.join("lina", token)
    fresh, _ = await club.groups.links.issue("wangfang", club.conv, 1)
    assert (await club.groups.join("lina", fresh))[1]


@pytest.mark.parametrize("text", ["", ".", "a.b", "x" * 1000, "é.ü", "ey.\ud800"])
async def test_what_is_no_link_is_refused(club, text):
    with pytest.raises(LinkExpired):
        await club.groups.join("lina", text)


async def test_a_link_is_not_changed_in_any_letter(club, token):
    for place in range(0, len(token), 7):
        letter = "A" if token[place] != "A" else "B"
        with pytest.raises(LinkExpired):
            await club.groups.join("lina", token[:place] + letter + token[place + 1 :])


async def test_a_link_to_a_dissolved_group_is_none(club, token):
    await club.groups.leave.dissolve("wangfang", club.conv)
    with pytest.raises(LinkExpired):
        await club.groups.join("lina", token)


async def test_links_are_given_out_by_managers_for_a_time(club):
    await club.groups.govern.set_role("wangfang", club.conv, "lina", "admin")
    with pytest.raises(Forbidden):
        await club.groups.links.issue("lina", club.conv, 7)
    for days in (0, 31):
        with pytest.raises(InvalidValue):
            await club.groups.links.issue("wangfang", club.conv, days)


async def test_where_approval_is_wanted_one_waits(club, token):
    await club.groups.govern.ask_approval("wangfang", club.conv, approval=True)
    for _ in range(2):
        group, inside = await club.groups.join("lina", token)
        assert not inside
        assert group.size == 2
    waiting = await club.groups.requests.list("wangfang", club.conv)
    assert [(each.user, each.inviter) for each in waiting] == [("lina", "wangfang")]
    await club.groups.requests.approve("wangfang", club.conv, "lina")
    assert (await club.told())[-1] == ("joined", "wangfang", ["lina"])
    assert not await club.groups.requests.list("wangfang", club.conv)
    with pytest.raises(NotFound):
        await club.groups.requests.approve("wangfang", club.conv, "lina")


async def test_who_is_refused_may_ask_again(club, token):
    await club.groups.govern.ask_approval("wangfang", club.conv, approval=True)
    await club.groups.join("lina", token)
    await club.groups.requests.refuse("wangfang", club.conv, "lina")
    with pytest.raises(NotFound):
        await club.groups.requests.refuse("wangfang", club.conv, "lina")
    await club.groups.join("lina", token)
    assert len(await club.groups.requests.list("wangfang", club.conv)) == 1
