"""Who leaves, or is cut off, while something of theirs is on its way into the log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from structlog.testing import capture_logs

from chat_server.adapters.clock import new_uuid7
from chat_server.domain.message import Event
from chat_server.domain.people import Assignment
from chat_server.usecases.groups.open import Groups, open_groups
from chat_server.usecases.messaging.send import body_hasher
from tests.integration.faulty import Messages
from tests.socket_house import KEY, House, draft, fact, open_house


class Interrupted(Messages):
    """Somebody does something while a name is looked for."""

    meanwhile: Callable[[], Awaitable[Any]] | None = None

    async def find(self, conv: str, sender: str, mid: str) -> Event | None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        return await self.true.find(conv, sender, mid)


@asynccontextmanager
async def friday() -> AsyncIterator[tuple[House, Groups, str]]:
    """Mia's group of Ann and Bob, in which Mia has said something."""
    async with open_house(spoil=Interrupted) as house:
        for customer in ("ann", "bob"):
            assigned = Assignment(customer, "mia", "hq", 1)
            await house.store.people.assign(assigned, fact("manager_assigned", customer))
        groups = open_groups(house.store, house.clock, new_uuid7, body_hasher(KEY), link_key=KEY)
        conv = (await groups.create("mia", "Friday", ["ann", "bob"])).conv
        await house.store.messages.append(draft(conv, "mia", "m1"))
        yield house, groups, conv


async def test_what_is_stored_is_acked_and_not_refused():
    async with friday() as (house, groups, conv):
        bob = await house.device("bob")
        house.store.messages.meanwhile = lambda: groups.leave("bob", conv)
        answer = await bob.ask(type="react", id="r1", conv=conv, mid="b1", target=2, emoji="👍")
        stored = await house.store.messages.find(conv, "bob", "b1")
        assert (answer["type"], answer["seq"]) == ("ack", stored.seq)


async def test_a_line_that_is_cut_meanwhile_is_no_failure():
    async with friday() as (house, _, conv):
        bob = await house.device("bob")

        async def cut() -> None:
            for connection in list(house.room.connections):
                connection.cut()
            while house.room.connections:  # noqa: ASYNC110 - the room has no event for it
                await asyncio.sleep(0)

        house.store.messages.meanwhile = cut
        with capture_logs() as logs:
            await bob.send(type="react", id="r1", conv=conv, mid="b1", target=2, emoji="👍")
            async with asyncio.timeout(10):
                while await house.store.messages.true.find(conv, "bob", "b1") is None:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
            await asyncio.sleep(0)
        assert [log for log in logs if log["log_level"] == "error"] == []
