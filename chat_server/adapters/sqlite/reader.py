"""A thread that reads: all questions that wait are answered from one snapshot.

Two of them run, so that a long page never keeps a membership waiting.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from asyncio import AbstractEventLoop, Future
from collections import deque
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

import structlog

from chat_server.adapters.sqlite.connection import connect
from chat_server.domain.errors import ChatError, InvalidValue, Overloaded, StoreUnavailable

T = TypeVar("T")
Query = Callable[[sqlite3.Connection], T]
Question = tuple[Future[Any], Query[Any]]

_MOST_WAITING = 20_000
_BATCH = 200

_log = structlog.get_logger()


class Reader:
    def __init__(self, path: Path, loop: AbstractEventLoop, name: str) -> None:
        self._path = path
        self._loop = loop
        self._waiting = 0
        self._questions: deque[Question] = deque()
        self._bell: SimpleQueue[None] = SimpleQueue()
        self._bell_rung = False  # ringing wakes the thread, which is dear: once is enough
        self._closing = False
        self._ended: Future[None] = loop.create_future()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    async def close(self) -> None:
        """Answer what was asked, then end."""
        self._closing = True
        self._bell.put(None)
        await asyncio.shield(self._ended)

    def ask(self, query: Query[T]) -> Future[T]:
        """Run the query in the thread; it sees every commit that was answered before."""
        future: Future[T] = self._loop.create_future()
        if self._closing:
            future.set_exception(StoreUnavailable("the store is closing"))
        elif self._waiting >= _MOST_WAITING:
            future.set_exception(Overloaded(retry_after_s=1.0))
        else:
            self._waiting += 1
            self._questions.append((future, query))
            if not self._bell_rung:
                self._bell_rung = True
                self._bell.put(None)
        return future

    def _deliver(self, answered: list[tuple[Future[Any], object]]) -> None:
        self._waiting -= len(answered)
        for future, answer in answered:
            if future.done():
                continue
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    def _run(self) -> None:
        conn: sqlite3.Connection | None = None
        try:
            while questions := self._next():
                try:
                    conn = conn or connect(self._path, read_only=True)
                    answered = _answer_all(conn, questions)
                except Exception as exc:  # noqa: BLE001 - told to all who wait; the thread must live
                    _log.error("read_failed", questions=len(questions), error=repr(exc))
                    if conn is not None:
                        conn.close()
                        conn = None
                    answered = [
                        (future, StoreUnavailable("the store cannot read"))
                        for future, _ in questions
                    ]
                self._loop.call_soon_threadsafe(self._deliver, answered)
        finally:
            if conn is not None:
                conn.close()
            self._loop.call_soon_threadsafe(_end, self._ended)

    def _next(self) -> list[Question]:
        """What waits; nothing once closed and empty."""
        while not self._questions:
            if self._closing:
                return []
            self._bell.get()
            self._bell_rung = False
        waiting = self._questions
        return [waiting.popleft() for _ in range(min(len(waiting), _BATCH))]


def _answer_all(
    conn: sqlite3.Connection, questions: list[Question]
) -> list[tuple[Future[Any], object]]:
    conn.execute("BEGIN")
    try:
        return [(future, _answer(conn, query)) for future, query in questions]
    finally:
        conn.execute("COMMIT")


def _answer(conn: sqlite3.Connection, query: Query[Any]) -> object:
    try:
        return query(conn)
    except (ValueError, OverflowError, sqlite3.InterfaceError, sqlite3.ProgrammingError):
        return InvalidValue("no such value can be stored")
    except ChatError as exc:
        return exc


def _end(ended: Future[None]) -> None:
    if not ended.done():
        ended.set_result(None)
