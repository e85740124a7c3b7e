"""A search index that looks at every message, in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from chat_server.domain.searching import Entry, Readable, Rewrite, Term, matches, rewritten
from chat_server.ports.search import SearchIndex


class MemorySearchIndex:
    def __init__(self) -> None:
        self._position = 0
        self._entries: dict[tuple[str, int], Entry] = {}

    async def position(self) -> int:
        return self._position

    async def index(self, after: int, found: Sequence[Entry | Rewrite], up_to: int) -> int:
        if after == self._position:
            for one in found:
                self._take(one)
            self._position = up_to
        return self._position

    async def find(
        self,
        terms: Sequence[Term],
        readable: Sequence[Readable],
        *,
        files: bool = False,
        before: int | None = None,
        limit: int,
    ) -> Sequence[Entry]:
        ranges = {one.conv: one for one in readable}
        hits = [
            entry
            for entry in self._entries.values()
            if entry.conv in ranges
            and ranges[entry.conv].holds(entry)
            and entry.file >= files
            and (before is None or entry.position < before)
            and matches(terms, entry.text)
        ]
        return sorted(hits, key=lambda hit: -hit.position)[: max(limit, 0)]

    async def clear(self) -> None:
        self._entries.clear()
        self._position = 0

    def _take(self, one: Entry | Rewrite) -> None:
        key = (one.conv, one.seq)
        if isinstance(one, Entry):
            self._entries[key] = one
        elif key in self._entries:
            self._entries[key] = rewritten(self._entries[key], one)


@asynccontextmanager
async def open_search(_: str) -> AsyncIterator[SearchIndex]:
    yield MemorySearchIndex()
