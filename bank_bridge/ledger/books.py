"""The books, open: one writer and a few readers over one file.

Opened by a gateway, handed to the desks of `instructions`, closed with the bank.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from bank_bridge.contract import BankError
from bank_bridge.ledger.database import Connect, migrate, open_writing
from bank_bridge.ledger.readers import Readers
from bank_bridge.ledger.writer import Operation, Writer

T = TypeVar("T")


class Books:
    """Write with `write`, read with `read`; see Writer and Readers for what they promise."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    async def write(self, about: str, operation: Operation[T]) -> T:
        return await self._writer.write(about, operation)

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        return await self._readers.read(query)


@asynccontextmanager
async def open_books(
    path: Path, now: Callable[[], datetime], connect: Connect = sqlite3.connect
) -> AsyncIterator[Books]:
    """Open the file, making it and its tables when they are not there."""
    conn = await asyncio.to_thread(_prepare, path, connect)
    writer = Writer(conn, now)
    readers = Readers(path, connect)
    try:
        yield Books(writer, readers)
    finally:
        await readers.close()
        await writer.close()


def _prepare(path: Path, connect: Connect) -> sqlite3.Connection:
    try:
        conn = open_writing(path, connect)
        migrate(conn)
    except sqlite3.Error as exc:
        raise BankError(f"cannot open the bank's file {path}: {exc}") from exc
    return conn
