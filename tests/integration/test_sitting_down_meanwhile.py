"""A device that connects while the last other one of a conversation hangs up hears what comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from chat_server.domain.conversation import Membership
from chat_server.ports.bus import MembershipChanged
from tests.integration.faulty import Memberships
from tests.socket_house import DIRECT, draft, open_house


class Interrupted(Memberships):
    """Something happens while the end of somebody's memberships is read, or one of them."""

    meanwhile: Callable[[], Awaitable[Any]] | None = None
    meanwhile_one: Callable[[], Awaitable[Any]] | None = None

    async def membership(self, conv: str, user: str) -> Membership | None:
        found = await self.true.membership(conv, user)
        if user == "bob" and self.meanwhile_one is not None:
            meanwhile, self.meanwhile_one = self.meanwhile_one, None
            await meanwhile()
        return found

    async def memberships(self, user: str, **page: Any) -> Sequence[Membership]:
        found = await self.true.memberships(user, **page)
        if not found and self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        return found


async def test_it_hears_what_comes_then():
    async with open_house(spoil=Interrupted) as house:
        await house.device("ann", "phone")

        async def hang_up() -> None:
            for connection in list(house.room.connections):
                if connection.seat.session_id == "ann-phone":
                    connection.cut()
            while len(house.room.connections) > 1:  # noqa: ASYNC110 - the room has no event for it
                await asyncio.sleep(0)

        house.store.conversations.meanwhile = hang_up
        tablet = await house.device("ann", "tablet")
        await house.store.messages.append(draft(DIRECT, "bob", "b1"))
        assert (await tablet.wait_for("event"))["seq"] == 1
        assert (await tablet.say(DIRECT, "a1"))["seq"] == 2


async def test_who_is_let_in_again_while_the_other_writes_is_told_and_the_other_has_an_ack():
    """Both memberships change: the tail that was opened for one is closed with the other."""
    async with open_house(spoil=Interrupted) as house:
        ann, bob = await house.device("ann", "phone"), await house.device("bob", "tablet")
        fanout, said = house.room.fanout, []

        async def change_and_write() -> None:
            fanout.on_signal(MembershipChanged(DIRECT, "ann"))
            said.append(asyncio.create_task(ann.say(DIRECT, "a1")))
            while DIRECT not in fanout.roster.tails:  # noqa: ASYNC110 - nothing rings for it
                await asyncio.sleep(0)

        house.store.conversations.meanwhile_one = change_and_write
        fanout.on_signal(MembershipChanged(DIRECT, "bob"))
        async with asyncio.timeout(10):
            while not said:  # noqa: ASYNC110 - nothing rings for it
                await asyncio.sleep(0)
            assert (await said[0])["seq"] == 1
            assert (await ann.say(DIRECT, "a2"))["seq"] == 2
            assert (await bob.wait_for("lagging"))["conv"] == DIRECT  # and reads on from there
