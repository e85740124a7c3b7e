"""What only the MongoDB store has to stand: a server that dies, rows that cannot be stored,
a queue that is full, several who stamp at once, and a set-up that could not keep its promises.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.mongodb.appender import Appender
from chat_server.adapters.mongodb.database import Database
from chat_server.adapters.mongodb.driver import connect_pymongo
from chat_server.adapters.mongodb.log import Log
from chat_server.adapters.mongodb.schema import MIGRATIONS, migrate
from chat_server.adapters.mongodb.store import open_store
from chat_server.domain.errors import ConfigError, InvalidValue, Overloaded, StoreUnavailable
from chat_server.domain.message import Appended, Draft, Event
from chat_server.ports.store import Store
from tests.contracts.store_samples import CONV, append_many, draft, fact, open_direct, seqs
from tests.servers import RunningServer, free_port, mongo_command, running

CLOCK = SystemClock()
IMPATIENT = "timeoutMS=1000"


@pytest.fixture
def url(mongo_url: str) -> str:
    return f"{mongo_url}/alone-{uuid.uuid4().hex}"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with open_store(url, clock=CLOCK) as opened:
        yield opened


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[RunningServer]:
    """A server of this test's own, which may be killed and started again on its data."""
    port = free_port()
    with running(mongo_command(port, tmp_path), port) as server:
        yield server


class TestAServerThatDies:
    @pytest.mark.crash
    async def test_nothing_that_was_acknowledged_is_lost_or_doubled(
        self, mortal: RunningServer
    ) -> None:
        url = f"mongodb://127.0.0.1:{mortal.port}/chat?{IMPATIENT}"
        async with open_store(url, clock=CLOCK) as store:
            answers: dict[str, Appended] = {}
            drafts = [draft(f"{n}", mid=f"m-{n}", conv=f"d:a:{n % 3}") for n in range(600)]
            sending = asyncio.create_task(_send_until_answered(store, drafts, answers))
            while len(answers) < 100:  # noqa: ASYNC110 - looks from outside, as a client would
                await asyncio.sleep(0.001)
            acknowledged = dict(answers)
            mortal.kill()
            await asyncio.sleep(0.3)
            mortal.start()
            async with asyncio.timeout(30):
                await sending
            assert {mid: answers[mid].event for mid in acknowledged} == {
                mid: one.event for mid, one in acknowledged.items()
            }
            for number in range(3):
                stored = await store.messages.events(f"d:a:{number}", after=0, limit=1000)
                assert seqs(stored) == list(range(1, 201))
                assert len({event.mid for event in stored}) == 200

    @pytest.mark.crash
    async def test_while_it_is_away_every_call_says_so(self, mortal: RunningServer) -> None:
        url = f"mongodb://127.0.0.1:{mortal.port}/chat?{IMPATIENT}"
        async with open_store(url, clock=CLOCK) as store:
            await open_direct(store)
            await append_many(store, 3)
            mortal.kill()
            calls = (
                store.ping(),
                store.messages.append(draft()),
                store.messages.head(CONV),
                store.messages.heads([CONV]),
                store.changes.changes(0, 9),
                store.audit.record(fact()),
                store.conversations.advance(CONV, "bob", read=2),
                store.conversations.leave(CONV, "bob", fact()),
            )
            answers = await asyncio.gather(*calls, return_exceptions=True)
            assert [type(one) for one in answers] == [StoreUnavailable] * len(calls)
            mortal.start()
            assert (await store.messages.append(draft())).event.seq in (4, 5)
            await store.ping()


async def _send_until_answered(
    store: Store, drafts: list[Draft], answers: dict[str, Appended]
) -> None:
    async def send(one: Draft) -> None:
        while one.mid not in answers:
            try:
                answers[one.mid] = await store.messages.append(one)
            except StoreUnavailable:
                await asyncio.sleep(0.05)

    for start in range(0, len(drafts), 30):  # as clients do: some at a time
        await asyncio.gather(*(send(one) for one in drafts[start : start + 30]))


class TestWhatCannotBeStored:
    async def test_an_unstorable_draft_fails_alone(self, store: Store) -> None:
        odd = replace(draft(), mid="\ud800")  # no UTF-8 for this
        futures = [store.messages.append(one) for one in (draft("a"), odd, draft("b"))]
        one, refused, two = await asyncio.gather(*futures, return_exceptions=True)
        assert isinstance(refused, InvalidValue)
        assert isinstance(one, Appended)
        assert isinstance(two, Appended)
        assert (one.event.seq, two.event.seq) == (1, 2)

    async def test_a_body_beyond_what_a_document_holds_is_refused(self, store: Store) -> None:
        with pytest.raises(InvalidValue):
            await store.messages.append(replace(draft(), body=b"x" * (17 * 1024 * 1024)))
        assert (await store.messages.append(draft())).event.seq == 1

    async def test_numbers_beyond_what_bson_holds_are_refused(self, store: Store) -> None:
        with pytest.raises(InvalidValue):
            await store.messages.events(CONV, after=10**30, limit=5)

    async def test_a_full_queue_refuses_at_once_and_recovers(self, url: str) -> None:
        async with _appender(url, max_waiting_bytes=5000) as appender:
            futures = [appender.append(draft("x" * 488)) for _ in range(6)]
            assert [future.done() for future in futures] == [False] * 5 + [True]
            with pytest.raises(Overloaded) as caught:
                await futures[5]
            assert caught.value.retry_after_s == 1.0
            assert seqs([(await future).event for future in futures[:5]]) == [1, 2, 3, 4, 5]
            assert (await appender.append(draft())).event.seq == 6

    async def test_a_failing_listener_does_not_disturb_the_writer(self, store: Store) -> None:
        heard: list[int] = []

        def fail(appended: Sequence[Event]) -> None:
            raise RuntimeError(appended)

        store.watch(fail)
        store.watch(lambda appended: heard.extend(seqs(appended)))
        await append_many(store, 3)
        assert heard == [1, 2, 3]


class TestSeveralProcesses:
    async def test_stampers_at_once_leave_no_hole_and_no_double(
        self, store: Store, url: str
    ) -> None:
        async with open_store(url, clock=CLOCK) as second, open_store(url, clock=CLOCK) as third:
            everyone = (store, second, third)
            for _ in range(5):
                await asyncio.gather(*(append_many(one, 20) for one in everyone))
                await asyncio.gather(
                    *(one.audit.record(fact()) for one in everyone),
                    *(one.changes.changes(0, 1000) for one in everyone),
                )
            found = await third.changes.changes(0, 1000)
            assert [change.position for change in found] == list(range(1, 316))

    async def test_what_a_killed_stamper_left_half_done_is_finished_at_once(
        self, store: Store, url: str
    ) -> None:
        await append_many(store, 3)
        assert len(await store.changes.changes(0, 10)) == 3
        await append_many(store, 4)
        async with connect_pymongo(url, {}) as client:
            database = client.get_default_database()
            rows = database["events"].find({"position": 0}, sort=[("order", 1)])
            fourth, fifth, *_ = [row["_id"] for row in await rows.to_list(None)]
            begun = {"pending": [("events", fourth), ("events", fifth)]}
            await database["counters"].update_one({"_id": "position"}, {"$set": begun})
            await database["events"].update_one({"_id": fifth}, {"$set": {"position": 5}})
        assert len(await store.changes.changes(0, 10)) == 5
        found = await store.changes.changes(0, 10)
        assert [change.position for change in found] == list(range(1, 8))
        assert [change.event.seq for change in found if change.event] == list(range(1, 8))

    async def test_one_that_remembers_an_old_head_reads_it_again(
        self, store: Store, url: str
    ) -> None:
        async with open_store(url, clock=CLOCK) as other:
            await append_many(store, 3)
            await append_many(other, 200)
            assert seqs(await append_many(store, 3)) == [204, 205, 206]

    async def test_two_may_bring_the_schema_up_at_once(self, url: str) -> None:
        async with connect_pymongo(url, {}) as client:
            database = Database(client, client.get_default_database().name, CLOCK)
            await asyncio.gather(*(migrate(database) for _ in range(4)))
            found = await client.get_default_database()["meta"].find_one({"_id": "schema"})
            assert found == {"_id": "schema", "version": len(MIGRATIONS)}


class TestOpening:
    async def test_a_schema_of_a_newer_program_is_refused(self, store: Store, url: str) -> None:
        async with connect_pymongo(url, {}) as client:
            meta = client.get_default_database()["meta"]
            await meta.update_one({"_id": "schema"}, {"$inc": {"version": 1}})
        with pytest.raises(ConfigError, match="newer"):
            async with open_store(url, clock=CLOCK):
                pass

    async def test_a_server_without_transactions_is_refused(self, tmp_path: Path) -> None:
        port = free_port()
        with (
            running(mongo_command(port, tmp_path, "--standalone"), port),
            pytest.raises(ConfigError, match="replica set"),
        ):
            async with open_store(f"mongodb://127.0.0.1:{port}/chat", clock=CLOCK):
                pass

    @pytest.mark.parametrize(
        "url",
        ["mongodb://127.0.0.1:27017", "mongodb://127.0.0.1:port/x", "mongodb:///x", "mongodb://"],
    )
    async def test_an_unusable_url_is_a_matter_of_settings(self, url: str) -> None:
        with pytest.raises(ConfigError, match="store URL"):
            async with open_store(url, clock=CLOCK):
                pass

    async def test_a_server_that_is_not_there_is_said_to_be(self) -> None:
        url = f"mongodb://127.0.0.1:{free_port()}/chat?timeoutMS=200"
        with pytest.raises(StoreUnavailable):
            async with open_store(url, clock=CLOCK):
                pass


@asynccontextmanager
async def _appender(url: str, max_waiting_bytes: int) -> AsyncIterator[Appender]:
    async with connect_pymongo(url, {}) as client:
        database = Database(client, client.get_default_database().name, CLOCK)
        await migrate(database)
        appender = Appender(Log(database), max_waiting_bytes)
        yield appender
        await appender.close()
