"""Records of public accounts on the shelf: typed, by account, kind and name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

from chat_server.domain.facts import Fact
from chat_server.domain.shelf import Kept
from chat_server.ports.shelf import Shelf

T = TypeVar("T", bound=msgspec.Struct)
NEVER_MS = (1 << 53) - 1  # of what is not swept


class Records(Generic[T]):
    """One kind of record. What is kept has a `version` of its own that the shelf compares."""

    def __init__(self, shelf: Shelf, kind: str, record: type[T]) -> None:
        self._shelf, self.kind = shelf, kind
        self._decode = msgspec.json.Decoder(record).decode

    def kept(
        self, account: str, name: str, record: T, *, version: int = 1, at_ms: int = NEVER_MS
    ) -> Kept:
        body = msgspec.json.encode(record).decode()
        return Kept(account, self.kind, name, body, at_ms, version)

    async def get(self, account: str, name: str) -> T | None:
        found = await self._shelf.get(account, self.kind, name)
        return None if found is None else self._decode(found.body)

    async def put(self, kept: Kept, *facts: Fact) -> None:
        """VersionConflict unless the stored version is the one before."""
        await self._shelf.save([kept], facts=facts)

    async def page(
        self, account: str, *, after: str = "", limit: int, newest: bool = False
    ) -> Sequence[T]:
        found = await self._shelf.page(account, self.kind, after=after, limit=limit, newest=newest)
        return [self._decode(each.body) for each in found]
