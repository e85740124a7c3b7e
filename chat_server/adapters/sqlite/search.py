"""The search index in a SQLite file of its own: FTS5 over tokens that we make ourselves.

Each row's tokens begin with its conversation's number, so that a search walks only the
conversations of who asks. The file can be made again, so one of another schema is emptied.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from msgspec.structs import astuple

from chat_server.adapters.sqlite.connection import connect, path_of
from chat_server.adapters.sqlite.reader import Reader
from chat_server.domain.errors import ConfigError, StoreUnavailable
from chat_server.domain.searching import Entry, Readable, Rewrite, Term, rewritten, tokens
from chat_server.ports.search import SearchIndex

T = TypeVar("T")

_SCHEMA = 1
_OURS = 0x456C_6973  # application_id: "Elis"
_AT_ONCE = 200  # conversations in one question to FTS5
_FEW = 50  # conversations that are walked each
_LOOKED_AT = 1000  # of the newest messages of everybody
_NUMBER, _FILE = "\ue000", "\ue001"  # begin tokens of the conversation and of files: no word's
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
  file INTEGER NOT NULL,
  changed_seq INTEGER NOT NULL,
  UNIQUE (number, seq)
);
CREATE VIRTUAL TABLE words USING fts5(
  tokens, content='', columnsize=0, tokenize='ascii', prefix='1 2'
);
"""
_DROPPED = "DROP TABLE IF EXISTS %s"
_FOUND = """
SELECT c.conv, e.position, e.seq, e.sender, e.ts, e.text, e.file, e.changed_seq
FROM words CROSS JOIN entries e ON e.position = words.rowid
CROSS JOIN convs c ON c.number = e.number
WHERE words MATCH ? AND words.rowid < ? ORDER BY words.rowid DESC
"""
_ENTRY = """
SELECT conv, position, seq, sender, ts, text, file, changed_seq FROM entries NATURAL JOIN convs
"""
_REWRITTEN = "UPDATE entries SET text = ?, file = ?, changed_seq = ? WHERE position = ?"
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
        files: bool = False,
        before: int | None = None,
        limit: int,
    ) -> Sequence[Entry]:
        wanted = " AND ".join([*([f'"{_FILE}"'] if files else []), *map(_phrase, terms)])
        ranges = {one.conv: one for one in readable}

        start = _NEWEST if before is None else before
        return await self._reader.ask(
            lambda conn: _search(conn, wanted, ranges, start, max(limit, 0))
        )

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
    if isinstance(one, Entry):
        row = (one.position, number, *astuple(one)[2:])
        conn.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        _mark(conn, number, one)
        return
    found = conn.execute(f"{_ENTRY} WHERE number = ? AND seq = ?", (number, one.seq)).fetchone()
    if found is not None:
        former = _entry(found)
        _unmark(conn, number, former)
        now = rewritten(former, one)
        conn.execute(_REWRITTEN, (now.text, now.file, now.changed_seq, now.position))
        _mark(conn, number, now)


def _number(conn: sqlite3.Connection, conv: str) -> int:
    row = conn.execute("SELECT number FROM convs WHERE conv = ?", (conv,)).fetchone()
    if row is None:
        conn.execute("INSERT INTO convs (conv) VALUES (?)", (conv,))
        row = conn.execute("SELECT last_insert_rowid()").fetchone()
    number: int = row[0]
    return number


def _mark(conn: sqlite3.Connection, number: int, entry: Entry) -> None:
    row = (entry.position, _indexed(number, entry))
    conn.execute("INSERT INTO words (rowid, tokens) VALUES (?, ?)", row)


def _unmark(conn: sqlite3.Connection, number: int, entry: Entry) -> None:
    """FTS5 keeps no texts here, so it is told what it had."""
    row = (entry.position, _indexed(number, entry))
    conn.execute("INSERT INTO words (words, rowid, tokens) VALUES ('delete', ?, ?)", row)


def _indexed(number: int, entry: Entry) -> str:
    return " ".join([f"{_NUMBER}{number}", *([_FILE] if entry.file else []), *tokens(entry.text)])


def _phrase(term: Term) -> str:
    """Tokens are letters and digits, so that nothing of FTS5's language is in them."""
    return f'"{" ".join(term.tokens)}"{" *" if term.prefix else ""}'


def _numbers(conn: sqlite3.Connection, ranges: Iterable[str]) -> Sequence[int]:
    """Of the conversations that have messages."""
    query = "SELECT number FROM convs WHERE conv = ?"
    rows = (conn.execute(query, (conv,)).fetchone() for conv in ranges)
    return [row[0] for row in rows if row is not None]


def _search(
    conn: sqlite3.Connection,
    wanted: str,
    ranges: Mapping[str, Readable],
    before: int,
    limit: int,
) -> Sequence[Entry]:
    """Who is in many conversations likely finds enough among the newest of all; whoever
    does not, and who is in few, has each of their conversations walked.
    """
    hits: list[Entry] = []
    if len(ranges) > _FEW:
        newest = list(islice(map(_entry, conn.execute(_FOUND, (wanted, before))), _LOOKED_AT))
        hits = [hit for hit in newest if hit.conv in ranges and ranges[hit.conv].holds(hit)]
        if len(hits) >= limit or len(newest) < _LOOKED_AT:
            return hits[:limit]
        before = newest[-1].position
    numbers = _numbers(conn, ranges)
    older: list[Entry] = []
    for start in range(0, len(numbers), _AT_ONCE):
        some = _within(conn, wanted, numbers[start : start + _AT_ONCE], before)
        older += islice((hit for hit in some if ranges[hit.conv].holds(hit)), limit)
    return (hits + sorted(older, key=lambda hit: -hit.position))[:limit]


def _within(
    conn: sqlite3.Connection, wanted: str, numbers: Sequence[int], before: int
) -> Iterator[Entry]:
    where = " OR ".join(f'"{_NUMBER}{number}"' for number in numbers)
    return map(_entry, conn.execute(_FOUND, (f"({where}) AND {wanted}", before)))


def _entry(row: Sequence[Any]) -> Entry:
    conv, position, seq, sender, ts, text, file, changed_seq = row
    return Entry(position, conv, seq, sender, ts, text, bool(file), changed_seq)
