"""The one thread that writes: everything that waits goes into one commit.

Called on the event loop, answers on the event loop; the thread between sees neither. A
commit that fails fails for all that were in it, and the thread goes on with the next.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from asyncio import AbstractEventLoop, Future
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

import structlog

from chat_server.adapters.sqlite.batch import Batch, Waiting, commit
from chat_server.adapters.sqlite.connection import connect
from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.positions import Move
from chat_server.domain.conversation import Positions
from chat_server.domain.errors import Overloaded, StoreUnavailable
from chat_server.domain.message import Appended, Draft, Event
from chat_server.ports.store import Ring

T = TypeVar("T")

MOST_WAITING = 20_000  # operations
MOST_BYTES = 64 * 1024 * 1024  # of message bodies among them
_BATCH = 2_000  # operations of one kind in one commit

_log = structlog.get_logger()


class Writer:
    def __init__(
        self,
        path: Path,
        loop: AbstractEventLoop,
        *,
        most_waiting: int = MOST_WAITING,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._path = path
        self._loop = loop
        self._most_waiting = most_waiting
        self._most_bytes = most_bytes
        self._waiting = 0
        self._waiting_bytes = 0
        self._rings: list[Ring] = []
        self._drafts: deque[Waiting[Draft]] = deque()
        self._moves: deque[Waiting[Move]] = deque()
        self._works: deque[Waiting[Callable[[Log], Any]]] = deque()
        self._bell: SimpleQueue[None] = SimpleQueue()
        self._bell_rung = False
        self._closing = False
        self._ended: Future[None] = loop.create_future()
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    async def close(self) -> None:
        """Write out what waits, then end."""
        self._closing = True
        self._bell.put(None)
        await asyncio.shield(self._ended)

    def watch(self, ring: Ring) -> None:
        self._rings.append(ring)

    # --- on the loop: take what is asked

    def append(self, draft: Draft) -> Future[Appended]:
        size = len(draft.body)
        if self._waiting_bytes + size > self._most_bytes:
            return self._refused(Overloaded(retry_after_s=1.0))
        self._waiting_bytes += size
        return self._put(self._drafts, draft)

    def move(self, move: Move) -> Future[Positions | None]:
        return self._put(self._moves, move)

    def submit(self, work: Callable[[Log], T]) -> Future[T]:
        """Run `work` in the next commit; if it raises, nothing of it stays."""
        return self._put(self._works, work)

    def _put(self, waiting: deque[Waiting[Any]], asked: object) -> Future[Any]:
        if self._closing:
            return self._refused(StoreUnavailable("the store is closing"))
        if self._waiting >= self._most_waiting:
            return self._refused(Overloaded(retry_after_s=1.0))
        self._waiting += 1
        future: Future[Any] = self._loop.create_future()
        waiting.append((future, asked))
        if not self._bell_rung:
            self._bell_rung = True
            self._bell.put(None)
        return future

    def _refused(self, error: Exception) -> Future[Any]:
        future: Future[Any] = self._loop.create_future()
        future.set_exception(error)
        return future

    def _deliver(self, batch: Batch, appended: Sequence[Event], answers: Sequence[object]) -> None:
        self._waiting -= len(answers)
        self._waiting_bytes -= batch.body_bytes
        if appended:
            for ring in self._rings:
                try:
                    ring(appended)
                except Exception:  # noqa: BLE001 - a watcher's fault must not become a sender's
                    _log.exception("ring_failed", events=len(appended))
        for future, answer in zip(batch.futures, answers, strict=True):
            if future.done():
                continue  # the caller gave up
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    # --- in the thread: commit what waits

    def _run(self) -> None:
        log: Log | None = None
        try:
            while batch := self._next():
                try:
                    log = log or Log(connect(self._path))
                    answers = commit(log, batch)
                    appended = log.appended
                except Exception as exc:  # noqa: BLE001 - told to all who wait; the thread must live
                    _log.error("commit_failed", operations=len(batch.futures), error=repr(exc))
                    _close(log)  # after a disk error a connection may not be trusted
                    log, appended = None, []
                    answers = [StoreUnavailable("the store cannot write") for _ in batch.futures]
                self._loop.call_soon_threadsafe(self._deliver, batch, appended, answers)
        finally:
            _close(log)
            self._loop.call_soon_threadsafe(_end, self._ended)

    def _next(self) -> Batch | None:
        """All that waits, up to a limit; None once closed and empty."""
        while not (self._drafts or self._moves or self._works):
            if self._closing:
                return None
            self._bell.get()
            self._bell_rung = False
        return Batch(_take(self._drafts), _take(self._moves), _take(self._works))


def _take(waiting: deque[Waiting[T]]) -> list[Waiting[T]]:
    return [waiting.popleft() for _ in range(min(len(waiting), _BATCH))]


def _close(log: Log | None) -> None:
    if log is not None:
        try:
            log.conn.close()
        except sqlite3.Error as exc:
            _log.warning("connection_not_closed", error=repr(exc))


def _end(ended: Future[None]) -> None:
    if not ended.done():
        ended.set_result(None)
