"""A device that connects while the last other one of a conversation hangs up hears what comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from chat_server.domain.conversation import Membership
from tests.integration.faulty import Memberships
from tests.socket_house import DIRECT, draft, open_house


class Interrupted(Memberships):
    """Something happens while the end of somebody's memberships is read."""

    meanwhile: Callable[[], Awaitable[Any]] | None = None

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
