"""Reads: off the event loop, on connections of their own, each of one moment.

A read never waits for the writer and never sees half of a commit.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from bank_bridge.contract import BankRefusal, RefusalCode
from bank_bridge.ledger.database import Connect, open_reading

T = TypeVar("T")
_THREADS = 2


class Readers:
    """A small pool of threads, each with a connection that cannot write."""

    def __init__(self, path: Path, connect: Connect = sqlite3.connect) -> None:
        self._path = path
        self._connect = connect
        self._mine = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._pool = ThreadPoolExecutor(_THREADS, "bank-reader", self._open)

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run the query in one read transaction."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._run, query)

    async def close(self) -> None:
        await asyncio.to_thread(self._pool.shutdown)
        for conn in self._opened:
            conn.close()

    def _open(self) -> None:
        self._mine.conn = open_reading(self._path, self._connect)
        self._opened.append(self._mine.conn)

    def _run(self, query: Callable[[sqlite3.Connection], T]) -> T:
        conn: sqlite3.Connection = self._mine.conn
        try:
            conn.execute("BEGIN")
            try:
                return query(conn)
            finally:
                conn.execute("ROLLBACK")
        except sqlite3.Error as exc:
            raise BankRefusal(RefusalCode.CORE_UNAVAILABLE, "the books cannot be read") from exc
