"""Typed records on the shelf: one drawer for each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

import msgspec

from chat_server.domain.errors import VersionConflict
from chat_server.domain.shelf import Kept
from chat_server.ports.clock import Clock
from chat_server.ports.shelf import Shelf

T = TypeVar("T", bound=msgspec.Struct)
_TRIES = 16


class Drawer(Generic[T]):
    """Records of one kind. `owner` is an account, or empty for what belongs to all."""

    def __init__(self, shelf: Shelf, clock: Clock, kind: str, record: type[T]) -> None:
        self._shelf, self._clock, self._kind = shelf, clock, kind
        self._decode = msgspec.json.Decoder(record).decode

    def kept(self, owner: str, name: str, record: T, *, version: int = 1) -> Kept:
        """As it would be stored: for a commit with others."""
        body = msgspec.json.encode(record).decode()
        return Kept(owner, self._kind, name, body, self._clock.now_ms(), version)

    async def get(self, owner: str, name: str) -> T | None:
        found = await self._shelf.get(owner, self._kind, name)
        return None if found is None else self._decode(found.body)

    async def get_many(self, owner: str, names: Iterable[str]) -> dict[str, T]:
        found = await self._shelf.get_many(owner, self._kind, names)
        return {name: self._decode(item.body) for name, item in found.items()}

    async def new(self, owner: str, name: str, record: T) -> bool:
        """False, changing nothing, if there is one of that name."""
        return await self._shelf.add([self.kept(owner, name, record)]) == 1

    async def put(self, owner: str, name: str, record: T) -> None:
        await self.change(owner, name, lambda _: record)

    async def change(self, owner: str, name: str, edit: Callable[[T | None], T]) -> T:
        """What `edit` makes of the stored one becomes it; `edit` may be asked again."""
        for _ in range(_TRIES):
            found = await self._shelf.get(owner, self._kind, name)
            after = edit(None if found is None else self._decode(found.body))
            version = (found.version if found else 0) + 1
            try:
                await self._shelf.save([self.kept(owner, name, after, version=version)])
            except VersionConflict:
                continue
            return after
        raise VersionConflict(f"{self._kind} {name}")

    async def take(self, owner: str, name: str) -> T | None:
        """Remove it; given to one caller."""
        found = await self._shelf.take(owner, self._kind, name)
        return None if found is None else self._decode(found.body)

    async def page(
        self, owner: str, *, after: str = "", limit: int, newest: bool = False
    ) -> Sequence[tuple[str, T]]:
        page = await self._shelf.page(owner, self._kind, after=after, limit=limit, newest=newest)
        return [(item.name, self._decode(item.body)) for item in page]

    async def count(self, owner: str) -> int:
        return await self._shelf.count(owner, self._kind)
