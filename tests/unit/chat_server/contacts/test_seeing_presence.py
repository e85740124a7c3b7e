"""Whom one may see, and whom not."""

from __future__ import annotations

import pytest

from chat_server.domain.contacts import Audience
from chat_server.usecases.contacts.change import ChangeTie, Move
from chat_server.usecases.contacts.see import SeePresence
from tests.front_desk import FrontDesk

EVERYBODY = ("zhangwei", "lina", "wangfang", "ops", "nobody", "@service")


@pytest.fixture
def see(desk: FrontDesk) -> SeePresence:
    return SeePresence(desk.store)


async def show(desk: FrontDesk, user: str, audience: Audience) -> None:
    await desk.cases.contacts.privacy.change(user, findable=False, audience=audience)


async def befriend(desk: FrontDesk, user: str, peer: str) -> None:
    ties = ChangeTie(desk.store, desk.bus, desk.clock)

    async def plan(tie):
        return Move("contact_added", tie.befriended(1))

    await ties(user, user, peer, plan)


async def test_one_sees_oneself_and_whom_one_talks_to(see):
    assert await see("zhangwei", EVERYBODY) == {"zhangwei", "wangfang"}
    assert await see("wangfang", EVERYBODY) == {"zhangwei", "wangfang"}
    assert await see("lina", EVERYBODY) == {"lina"}
    assert await see("lina", []) == frozenset()


async def test_a_shared_group_is_a_shared_conversation_until_one_leaves_it(desk, see):
    await desk.assign("lina", "wangfang", actor="test")
    group = await desk.cases.groups.create("wangfang", "周五", ["zhangwei", "lina"])
    assert "lina" in await see("zhangwei", EVERYBODY)
    await show(desk, "lina", Audience.CONTACTS)
    assert "lina" not in await see("zhangwei", EVERYBODY)
    await show(desk, "lina", Audience.CONVERSATIONS)
    await desk.cases.groups.leave("lina", group.conv)
    assert "lina" not in await see("zhangwei", EVERYBODY)


@pytest.mark.parametrize(
    ("audience", "seen"),
    [(Audience.CONVERSATIONS, True), (Audience.CONTACTS, True), (Audience.NOBODY, False)],
)
async def test_contacts_are_seen_unless_they_hide_from_all(desk, see, audience, seen):
    await befriend(desk, "zhangwei", "lina")
    await show(desk, "lina", audience)
    assert ("lina" in await see("zhangwei", EVERYBODY)) is seen


async def test_a_block_hides_both_from_each_other(desk, see):
    await befriend(desk, "zhangwei", "lina")
    await desk.cases.contacts.contacts.block("lina", "zhangwei")
    assert "lina" not in await see("zhangwei", EVERYBODY)
    assert "zhangwei" not in await see("lina", EVERYBODY)


async def test_staff_are_seen_by_their_customers_and_hide_from_nobody_of_them(desk, see):
    await show(desk, "wangfang", Audience.NOBODY)
    assert "wangfang" in await see("zhangwei", EVERYBODY)
    assert "wangfang" not in await see("lina", EVERYBODY)
