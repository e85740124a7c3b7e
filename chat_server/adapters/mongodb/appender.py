"""Appending: one writer for each conversation in this process, which writes what waits in
one ordered insert.

It remembers where the log stood, and tries. The unique indexes tell when another process
was faster, or when a draft was there before; then it reads both and goes on with the rest.
An uncertain write is never repeated here: the sender's resend finds what became of it.
"""

from __future__ import annotations

import asyncio
import random
from asyncio import Future
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog
from bson import ObjectId
from pymongo.errors import BulkWriteError

from chat_server.adapters.mongodb.database import answered, lost_race, translated
from chat_server.adapters.mongodb.driver import Document
from chat_server.adapters.mongodb.log import Found, Log, Standing
from chat_server.domain.errors import (
    ChatError,
    InvalidValue,
    MidReused,
    Overloaded,
    StoreUnavailable,
)
from chat_server.domain.message import Appended, Draft, Event
from chat_server.ports.store import Ring

MAX_WAITING_BYTES = 64 * 1024 * 1024
LARGEST_BODY = 15 * 1024 * 1024  # a document holds 16 MiB
ROW_BYTES = 512  # what a draft weighs beside its body
BATCH_BYTES = 4 * 1024 * 1024
PATIENCE = 60  # rounds in which other processes were always faster
LANES = 10_000  # conversations whose standing is remembered

log = structlog.get_logger()


class Waiting:
    """A draft in the queue. Its document's id is fixed here, so that a write which the
    driver repeated is known as our own.
    """

    __slots__ = ("draft", "future", "id", "weight")

    def __init__(self, draft: Draft, future: Future[Appended]) -> None:
        self.id = ObjectId()
        self.draft = draft
        self.future = future
        self.weight = len(draft.body) + ROW_BYTES

    def answer(self, appended: Appended) -> None:
        if not self.future.done():  # the caller may have given up
            self.future.set_result(appended)

    def fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class Lane:
    """The way into one conversation: one at a time, in order of arrival."""

    def __init__(self) -> None:
        self.standing: Standing | None = None  # None: to be read
        self.waiting: deque[Waiting] = deque()
        self.writing = False
        self.users = 0
        self.turn = asyncio.Lock()

    def batch(self) -> list[Waiting]:
        taken: list[Waiting] = []
        room = BATCH_BYTES
        while self.waiting and room > 0:
            one = self.waiting.popleft()
            room -= one.weight
            taken.append(one)
        return taken


class Appender:
    def __init__(self, log: Log, max_waiting_bytes: int = MAX_WAITING_BYTES) -> None:
        self._log = log
        self._max_bytes = max_waiting_bytes
        self._bytes = 0
        self._lanes: dict[str, Lane] = {}
        self._writers: set[asyncio.Task[None]] = set()
        self._rings: list[Ring] = []

    def watch(self, ring: Ring) -> None:
        self._rings.append(ring)

    def append(self, draft: Draft) -> Future[Appended]:
        one = Waiting(draft, asyncio.get_running_loop().create_future())
        if len(draft.body) > LARGEST_BODY:
            one.fail(InvalidValue("body: larger than a document can hold"))
            return one.future
        if self._bytes + one.weight > self._max_bytes:
            one.fail(Overloaded("too many messages wait to be stored", retry_after_s=1.0))
            return one.future
        self._bytes += one.weight
        lane = self._lane(draft.conv)
        lane.waiting.append(one)
        if not lane.writing:
            lane.writing = True
            writer = asyncio.create_task(self._drain(draft.conv, lane))
            self._writers.add(writer)
            writer.add_done_callback(self._writers.discard)
        return one.future

    async def close(self) -> None:
        """Write out what waits."""
        while self._writers:
            await asyncio.wait(self._writers)

    @asynccontextmanager
    async def alone(self, conv: str) -> AsyncIterator[Lane]:
        """Nobody else of this process writes to the conversation meanwhile."""
        lane = self._lane(conv)
        lane.users += 1
        try:
            async with lane.turn:
                yield lane
        finally:
            lane.users -= 1

    def ring(self, events: Sequence[Event]) -> None:
        for ring in self._rings if events else ():
            try:
                ring(events)
            except Exception:  # the events are stored, whatever a listener makes of them
                log.exception("ring_failed", conv=events[0].conv, count=len(events))

    def _lane(self, conv: str) -> Lane:
        lane = self._lanes.get(conv)
        if lane is None:
            if len(self._lanes) >= LANES:
                self._lanes = {
                    name: one for name, one in self._lanes.items() if one.users or one.writing
                }
            lane = self._lanes[conv] = Lane()
        return lane

    async def _drain(self, conv: str, lane: Lane) -> None:
        async with self.alone(conv):
            while batch := lane.batch():
                await self._attempt(conv, lane, batch)
                self._bytes -= sum(one.weight for one in batch)
            lane.writing = False

    async def _attempt(self, conv: str, lane: Lane, batch: Sequence[Waiting]) -> None:
        """Write the batch; whatever happens, everyone in it gets an answer."""
        try:
            await self._write(conv, lane, batch)
        except InvalidValue as exc:  # one of them cannot be stored: not the others' fault
            lane.standing = None
            for one in batch:
                if len(batch) == 1:
                    one.fail(exc)
                elif not one.future.done():
                    await self._attempt(conv, lane, [one])
        except Exception as exc:
            lane.standing = None
            if not isinstance(exc, ChatError):
                log.exception("append_failed", conv=conv, count=len(batch))
            for one in batch:
                one.fail(StoreUnavailable("it is not certain what was stored"))

    async def _write(self, conv: str, lane: Lane, batch: Sequence[Waiting]) -> None:
        rounds = 0
        while True:
            standing = lane.standing
            if standing is None:
                standing = await answered(self._log.standing(conv))
            stored: list[tuple[Waiting, Appended]] = []
            rows: list[Document] = []
            for one in batch:
                event, row, standing = self._log.next(standing, one.id, one.draft)
                stored.append((one, Appended(event)))
                rows.append(row)
            count = await self._insert(rows)
            lane.standing = standing if count == len(rows) else None
            self._settle(stored[:count])
            batch = batch[count:]
            if not batch:
                return
            left = await self._settle_found(conv, batch)
            if not left:
                return
            rounds = 0 if count or len(left) < len(batch) else rounds + 1
            if rounds > PATIENCE:
                raise StoreUnavailable("other processes write to this conversation without pause")
            if rounds:
                await asyncio.sleep(random.uniform(0, 0.001 * rounds))  # noqa: S311 - parts two rivals
            batch = left

    async def _insert(self, rows: Sequence[Document]) -> int:
        """How many, from the first on, are stored; the next one met a duplicate key."""
        with translated():
            try:
                await self._log.insert(rows)
            except BulkWriteError as exc:
                if not lost_race(exc):
                    raise
                count: int = exc.details["nInserted"]
                return count
        return len(rows)

    async def _settle_found(self, conv: str, batch: Sequence[Waiting]) -> list[Waiting]:
        """Answer those that are in the log already; the others, in their order."""
        found = await answered(self._log.found(conv, [one.draft for one in batch]))
        left: list[Waiting] = []
        ours: list[tuple[Waiting, Appended]] = []
        for one in batch:
            former = found.get((one.draft.sender, one.draft.mid))
            if former is None:
                left.append(one)
            elif former.id == one.id:
                ours.append((one, Appended(former.event)))
            else:
                _answer_again(one, former)
        self._settle(ours)
        return left

    def _settle(self, stored: Sequence[tuple[Waiting, Appended]]) -> None:
        self.ring([appended.event for _, appended in stored])
        for one, appended in stored:
            one.answer(appended)


def _answer_again(one: Waiting, former: Found) -> None:
    try:
        one.answer(former.answer(one.draft))
    except MidReused as exc:
        one.fail(exc)
