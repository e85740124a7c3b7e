"""A MongoDB from before there were contacts: who talked to each other are contacts in it."""

from __future__ import annotations

import uuid

from msgspec.structs import replace

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.mongodb.acquainted import tie_acquainted
from chat_server.adapters.mongodb.database import Database
from chat_server.adapters.mongodb.driver import connect_pymongo
from chat_server.adapters.mongodb.store import open_store
from chat_server.domain.contacts import tie_between
from tests.contracts.store_samples import fact, open_direct

CLOCK = SystemClock()


async def test_the_step_may_be_done_twice_and_changes_no_tie(mongo_url: str) -> None:
    url = f"{mongo_url}/test-{uuid.uuid4().hex}"
    async with open_store(url, clock=CLOCK) as store:
        await open_direct(store)
        await open_direct(store, "d:ann:mia", "ann", "mia")
        await store.contacts.put(replace(tie_between("ann", "mia"), revision=1), fact())
        async with connect_pymongo(url, {}) as client:
            database = Database(client, client.get_default_database().name, CLOCK)
            for _ in range(2):
                await tie_acquainted(database)
        bob, mia = await store.contacts.ties("ann")
        assert (bob.peer("ann"), bob.talks, bob.revision) == ("bob", True, 1)
        assert (mia.peer("ann"), mia.talks, mia.revision) == ("mia", None, 1)
