"""One kind of the learning's records on the shelf: typed, by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

from chat_server.domain.facts import Fact
from chat_server.domain.learning import OWNER
from chat_server.domain.shelf import Kept
from chat_server.ports.shelf import Shelf

T = TypeVar("T", bound=msgspec.Struct)
NEVER_MS = (1 << 53) - 1  # of what is not swept
_PAGE = 500


class Drawer(Generic[T]):
    def __init__(self, shelf: Shelf, kind: str, record: type[T]) -> None:
        self._shelf, self.kind = shelf, kind
        self._decode = msgspec.json.Decoder(record).decode

    def kept(self, name: str, record: T, version: int, *, at_ms: int = NEVER_MS) -> Kept:
        body = msgspec.json.encode(record).decode()
        return Kept(OWNER, self.kind, name, body, at_ms, version)

    async def save(
        self, name: str, record: T, version: int, *facts: Fact, at_ms: int = NEVER_MS
    ) -> None:
        """VersionConflict unless the stored version is the one before."""
        await self._shelf.save([self.kept(name, record, version, at_ms=at_ms)], facts=facts)

    async def find(self, name: str) -> tuple[T, int] | None:
        """The record and its version."""
        found = await self._shelf.get(OWNER, self.kind, name)
        return None if found is None else (self._decode(found.body), found.version)

    async def get(self, name: str) -> T | None:
        found = await self.find(name)
        return found[0] if found else None

    async def drop(self, name: str) -> bool:
        """False if it was not there."""
        return await self._shelf.take(OWNER, self.kind, name) is not None

    async def count(self) -> int:
        return await self._shelf.count(OWNER, self.kind)

    async def all(
        self, most: int, *, after: str = "", newest: bool = False
    ) -> Sequence[tuple[str, T, int]]:
        """Names, records and versions, by name; with `newest` from the last one back."""
        found: list[tuple[str, T, int]] = []
        while len(found) < most:
            limit = min(_PAGE, most - len(found))
            page = await self._shelf.page(OWNER, self.kind, after=after, limit=limit, newest=newest)
            found += [(each.name, self._decode(each.body), each.version) for each in page]
            if len(page) < limit:
                break
            after = page[-1].name
        return found

    async def sweep(self, before_ms: int, limit: int) -> int:
        return await self._shelf.sweep(self.kind, before_ms, limit)
