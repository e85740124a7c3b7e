"""What became of each request that may have had an effect: kept on disk, found by its key.

The server comes in here before it repeats anything. A reply is stored before it is sent, so
that whoever lost it finds it, also after a restart; the same key with another request is a
conflict. Requests are kept as keyed digests only, for one of their fields may be a code.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from bank_bridge.contract import BankError
from bank_bridge.gateways.http.shapes import Reply

KEPT = timedelta(days=30)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS requests (
    key TEXT PRIMARY KEY,
    operation TEXT NOT NULL,
    digest BLOB NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    stored_at REAL NOT NULL             -- seconds since 1970
) STRICT, WITHOUT ROWID
"""


class Remembered(msgspec.Struct, frozen=True):
    """A request and what was answered."""

    operation: str
    digest: bytes
    reply: Reply


class RequestLog:
    """One file, one connection, one thread at a time."""

    def __init__(self, conn: sqlite3.Connection, now: Callable[[], datetime]) -> None:
        self._conn, self._now = conn, now
        self._turn = asyncio.Lock()

    async def find(self, key: str) -> Remembered | None:
        async with self._turn:
            row = await asyncio.to_thread(self._find, key)
        if row is None:
            return None
        operation, digest, status, body = row
        return Remembered(operation, digest, Reply(status, body))

    async def remember(self, key: str, remembered: Remembered) -> None:
        """Durable when this returns. The first reply of a key stays."""
        async with self._turn:
            await asyncio.to_thread(self._remember, key, remembered)

    def _find(self, key: str) -> tuple[str, bytes, int, bytes] | None:
        found: tuple[str, bytes, int, bytes] | None = self._conn.execute(
            "SELECT operation, digest, status, body FROM requests WHERE key = ?", (key,)
        ).fetchone()
        return found

    def _remember(self, key: str, remembered: Remembered) -> None:
        reply = remembered.reply
        self._conn.execute(
            "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                key,
                remembered.operation,
                remembered.digest,
                reply.status,
                reply.body,
                self._now().timestamp(),
            ),
        )


@asynccontextmanager
async def open_request_log(path: Path, now: Callable[[], datetime]) -> AsyncIterator[RequestLog]:
    """Open or make the file, and forget what is older than replies are kept."""
    conn = await asyncio.to_thread(_prepare, path, now)
    try:
        yield RequestLog(conn, now)
    finally:
        conn.close()


def _prepare(path: Path, now: Callable[[], datetime]) -> sqlite3.Connection:
    try:
        conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = FULL")
        conn.execute(_SCHEMA)
        oldest = (now() - KEPT).timestamp()
        conn.execute("DELETE FROM requests WHERE stored_at < ?", (oldest,))
    except sqlite3.Error as exc:
        raise BankError(f"cannot open the gateway's file {path}: {exc}") from exc
    return conn
