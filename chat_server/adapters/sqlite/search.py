"""The search index in a SQLite file of its own: FTS5 over tokens that we make ourselves.

Each row's tokens begin with its conversation's number, so that a search walks only the
conversations of who asks. The file can be made again, so one of another schema is emptied.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TypeVar

from chat_server.adapters.sqlite.connection import connect, path_of
from chat_server.adapters.sqlite.reader import Reader
from chat_server.domain.errors import ConfigError, StoreUnavailable
from chat_server.domain.searching import Entry, Readable, Rewrite, Term, tokens
from chat_server.ports.search import SearchIndex

T = TypeVar("T")

_SCHEMA = 1
_OURS = 0x456C_6973  # application_id: "Elis"
_AT_ONCE = 200  # conversations in one question to FTS5
_NUMBER = "\ue000"  # begins the token of a conversation; no text has such a token
_LOWEST = 19  # the priority of the thread that indexes: whoever chats goes first

_TABLES = """
CREATE TABLE standing (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL);
INSERT INTO standing VALUES (1, 0);
CREATE TABLE convs (number INTEGER PRIMARY KEY, conv TEXT NOT NULL UNIQUE);
CREATE TABLE entries (
  position INTEGER PRIMARY KEY,
  number INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  sender TEXT NOT NULL,
  ts INTEGER NOT NULL,
  text TEXT NOT NULL,
  UNIQUE (number, seq)
);
CREATE VIRTUAL TABLE words USING fts5(
  tokens, content='', columnsize=0, tokenize='ascii', prefix='1 2'
);
"""
_DROPPED = "DROP TABLE IF EXISTS %s"
_FOUND = """
SELECT e.position, e.seq, e.sender, e.ts, e.text, e.number
FROM words CROSS JOIN entries e ON e.position = words.rowid
WHERE words MATCH ? AND words.rowid < ? ORDER BY words.rowid DESC
"""
_NEWEST = 2**62


class SqliteSearchIndex:
    def __init__(self, path: Path, writes: ThreadPoolExecutor, reader: Reader) -> None:
        self._path, self._writes, self._reader = path, writes, reader
        self._conn: sqlite3.Connection | None = None  # of the writing thread alone

    async def position(self) -> int:
        return await self._reader.ask(_position)

    async def index(self, after: int, found: Sequence[Entry | Rewrite], up_to: int) -> int:
        def work(conn: sqlite3.Connection) -> int:
            position = _position(conn)
            if position != after:
                return position
            for one in found:
                _take(conn, one)
            conn.execute("UPDATE standing SET position = ?", (up_to,))
            return up_to

        return await self._commit(work)

    async def find(
        self,
        terms: Sequence[Term],
        readable: Sequence[Readable],
        *,
        before: int | None = None,
        limit: int,
    ) -> Sequence[Entry]:
        wanted = " AND ".join(map(_phrase, terms))
        ranges = {one.conv: one for one in readable}

        def query(conn: sqlite3.Connection) -> Sequence[Entry]:
            numbers = _numbers(conn, ranges)
            hits: list[Entry] = []
            for start in range(0, len(numbers), _AT_ONCE):
                some = dict(islice(numbers.items(), start, start + _AT_ONCE))
                hits += islice(_hits(conn, wanted, some, ranges, before), max(limit, 0))
            return sorted(hits, key=lambda hit: -hit.position)[: max(limit, 0)]

        return await self._reader.ask(query)

    async def clear(self) -> None:
        await self._commit(_begin_anew)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._writes, self._disconnect)

    async def _commit(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def run() -> T:
            try:
                self._conn = self._conn or _connect(self._path)
                return _in_transaction(self._conn, work)
            except sqlite3.Error as exc:
                self._disconnect()
                raise StoreUnavailable("the search index cannot be written") from exc

        return await asyncio.get_running_loop().run_in_executor(self._writes, run)

    def _disconnect(self) -> None:
        if self._conn is not None:
            self._conn.close()
            self._conn = None


@asynccontextmanager
async def open_search(url: str) -> AsyncIterator[SearchIndex]:
    """Open or make the file."""
    path = path_of(url)
    await asyncio.to_thread(_prepare, path)
    reader = Reader(path, asyncio.get_running_loop(), "search-reads")
    reader.start()
    with ThreadPoolExecutor(1, "search-writes", initializer=_give_way) as writes:
        index = SqliteSearchIndex(path, writes, reader)
        try:
            yield index
        finally:
            await reader.close()
            await index.close()


def _give_way() -> None:
    with suppress(OSError):  # some systems have no priority for one thread
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST)


def _prepare(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        conn = _connect(path)
        try:
            _in_transaction(conn, lambda conn: _bring_up_to_date(conn, path))
        finally:
            conn.close()
    except (OSError, sqlite3.Error) as exc:
        raise ConfigError(f"search URL: {path} cannot be opened as an index: {exc}") from exc


def _connect(path: Path) -> sqlite3.Connection:
    """What is lost with the power is indexed again, so nothing waits for the disk."""
    conn = connect(path)
    conn.execute("PRAGMA synchronous = NORMAL")
    return conn


def _in_transaction(conn: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    conn.execute("BEGIN IMMEDIATE")
    try:
        done = work(conn)
        conn.execute("COMMIT")
    finally:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
    return done


def _bring_up_to_date(conn: sqlite3.Connection, path: Path) -> None:
    (owner,) = conn.execute("PRAGMA application_id").fetchone()
    (tables,) = conn.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and owner != _OURS:
        raise ConfigError(f"search URL: {path} is another program's database")
    if conn.execute("PRAGMA user_version").fetchone() != (_SCHEMA,):
        _begin_anew(conn)
        conn.execute(f"PRAGMA application_id = {_OURS}")
        conn.execute(f"PRAGMA user_version = {_SCHEMA}")


def _begin_anew(conn: sqlite3.Connection) -> None:
    for table in ("standing", "convs", "entries", "words"):
        conn.execute(_DROPPED % table)
    for statement in filter(str.strip, _TABLES.split(";")):
        conn.execute(statement)


def _position(conn: sqlite3.Connection) -> int:
    position: int = conn.execute("SELECT position FROM standing").fetchone()[0]
    return position


def _take(conn: sqlite3.Connection, one: Entry | Rewrite) -> None:
    number = _number(conn, one.conv)
    former = conn.execute(
        "SELECT position, text FROM entries WHERE number = ? AND seq = ?", (number, one.seq)
    ).fetchone()
    if isinstance(one, Rewrite) and former is not None:
        position, text = former
        _unmark(conn, number, position, text)
        conn.execute("UPDATE entries SET text = ? WHERE position = ?", (one.text, position))
        _mark(conn, number, position, one.text)
    elif isinstance(one, Entry) and former is None:
        row = (one.position, number, one.seq, one.sender, one.ts, one.text)
        conn.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", row)
        _mark(conn, number, one.position, one.text)


def _number(conn: sqlite3.Connection, conv: str) -> int:
    row = conn.execute("SELECT number FROM convs WHERE conv = ?", (conv,)).fetchone()
    if row is None:
        conn.execute("INSERT INTO convs (conv) VALUES (?)", (conv,))
        row = conn.execute("SELECT last_insert_rowid()").fetchone()
    number: int = row[0]
    return number


def _mark(conn: sqlite3.Connection, number: int, position: int, text: str) -> None:
    row = (position, _indexed(number, text))
    conn.execute("INSERT INTO words (rowid, tokens) VALUES (?, ?)", row)


def _unmark(conn: sqlite3.Connection, number: int, position: int, text: str) -> None:
    """FTS5 keeps no texts here, so it is told what it had."""
    row = (position, _indexed(number, text))
    conn.execute("INSERT INTO words (words, rowid, tokens) VALUES ('delete', ?, ?)", row)


def _indexed(number: int, text: str) -> str:
    return " ".join([f"{_NUMBER}{number}", *tokens(text)])


def _phrase(term: Term) -> str:
    """Tokens are letters and digits, so that nothing of FTS5's language is in them."""
    return f'"{" ".join(term.tokens)}"{" *" if term.prefix else ""}'


def _numbers(conn: sqlite3.Connection, ranges: dict[str, Readable]) -> dict[int, str]:
    """The conversations that have messages, by their numbers."""
    found: dict[int, str] = {}
    for conv in ranges:
        row = conn.execute("SELECT number FROM convs WHERE conv = ?", (conv,)).fetchone()
        if row is not None:
            found[row[0]] = conv
    return found


def _hits(
    conn: sqlite3.Connection,
    wanted: str,
    numbers: dict[int, str],
    ranges: dict[str, Readable],
    before: int | None,
) -> Iterator[Entry]:
    where = " OR ".join(f'"{_NUMBER}{number}"' for number in numbers)
    asked = (f"({where}) AND {wanted}", _NEWEST if before is None else before)
    for position, seq, sender, ts, text, number in conn.execute(_FOUND, asked):
        if ranges[numbers[number]].holds(seq):
            yield Entry(position, numbers[number], seq, sender, ts, text)
