"""The search index in a SQLite file of its own: FTS5 over tokens that we make ourselves.

Questions are answered by a thread here; a process of its own takes messages in.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import islice

from chat_server.adapters.sqlite.connection import path_of
from chat_server.adapters.sqlite.indexing import IndexingProcess
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.search_file import FILE, NUMBER, entry_of, position, prepare
from chat_server.domain.searching import Entry, Readable, Term
from chat_server.ports.search import SearchIndex

_AT_ONCE = 200  # conversations in one question to FTS5
_FEW = 50  # conversations that are walked each
_LOOKED_AT = 1000  # of the newest messages of everybody

_FOUND = """
SELECT c.conv, e.position, e.seq, e.sender, e.ts, e.text, e.file, e.changed_seq
FROM words CROSS JOIN entries e ON e.position = words.rowid
CROSS JOIN convs c ON c.number = e.number
WHERE words MATCH ? AND words.rowid < ? ORDER BY words.rowid DESC
"""
_NEWEST = 2**62


class SqliteSearchIndex:
    def __init__(self, indexing: IndexingProcess, reader: Reader) -> None:
        self.index = indexing.index
        self.clear = indexing.clear
        self._reader = reader

    async def position(self) -> int:
        return await self._reader.ask(position)

    async def find(
        self,
        terms: Sequence[Term],
        readable: Sequence[Readable],
        *,
        files: bool = False,
        before: int | None = None,
        limit: int,
    ) -> Sequence[Entry]:
        wanted = " AND ".join([*([f'"{FILE}"'] if files else []), *map(_phrase, terms)])
        ranges = {one.conv: one for one in readable}

        start = _NEWEST if before is None else before
        return await self._reader.ask(
            lambda conn: _search(conn, wanted, ranges, start, max(limit, 0))
        )


@asynccontextmanager
async def open_search(url: str) -> AsyncIterator[SearchIndex]:
    """Open or make the file."""
    path = path_of(url)
    await asyncio.to_thread(prepare, path)
    reader = Reader(path, asyncio.get_running_loop(), "search-reads")
    reader.start()
    indexing = IndexingProcess(path)
    try:
        yield SqliteSearchIndex(indexing, reader)
    finally:
        await reader.close()
        await indexing.close()


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
        newest = list(islice(map(entry_of, conn.execute(_FOUND, (wanted, before))), _LOOKED_AT))
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
    where = " OR ".join(f'"{NUMBER}{number}"' for number in numbers)
    return map(entry_of, conn.execute(_FOUND, (f"({where}) AND {wanted}", before)))
