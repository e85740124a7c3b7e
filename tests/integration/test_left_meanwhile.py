"""Who leaves while something of theirs is on its way into the log is told what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from chat_server.adapters.clock import new_uuid7
from chat_server.domain.message import Event
from chat_server.domain.people import Assignment
from chat_server.ports.store import Store
from chat_server.usecases.groups.open import open_groups
from chat_server.usecases.messaging.send import body_hasher
from tests.integration.faulty import Messages
from tests.socket_house import KEY, fact, open_house


class Interrupted(Messages):
    """Somebody does something while a name is looked for."""

    meanwhile: Callable[[], Awaitable[Any]] | None = None

    async def find(self, conv: str, sender: str, mid: str) -> Event | None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        return await self.true.find(conv, sender, mid)


async def test_what_is_stored_is_acked_and_not_refused():
    stores: list[Store] = []

    def spoil(store: Store) -> None:
        Interrupted(store)
        stores.append(store)

    async with open_house(spoil=spoil) as house:
        (store,) = stores
        for customer in ("ann", "bob"):
            assigned = Assignment(customer, "mia", "hq", 1)
            await store.people.assign(assigned, fact("manager_assigned", customer))
        groups = open_groups(store, house.clock, new_uuid7, body_hasher(KEY), link_key=KEY)
        conv = (await groups.create("mia", "Friday", ["ann", "bob"])).conv
        bob, mia = await house.device("bob"), await house.device("mia")
        await mia.say(conv, "m1")
        store.messages.meanwhile = lambda: groups.leave("bob", conv)
        asked = {"type": "react", "target": 2, "emoji": "👍"}
        answer = await bob.ask(id="r1", conv=conv, mid="b1", **asked)
        stored = await store.messages.find(conv, "bob", "b1")
        assert (answer["type"], answer["seq"]) == ("ack", stored.seq)
