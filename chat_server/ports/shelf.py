"""Records by owner, kind and name, and numbers: of the open platform and of public accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from chat_server.domain.facts import Fact
from chat_server.domain.shelf import Kept


class Shelf(Protocol):
    """Every mutating method is one atomic, durable commit."""

    async def save(
        self, items: Sequence[Kept], gone: Sequence[Kept] = (), facts: Sequence[Fact] = ()
    ) -> None:
        """Store all of `items` and `facts` and remove all of `gone`, or raise VersionConflict.

        An item of version 1 must not be there yet; any other replaces the version before its
        own. What is `gone` goes whatever its version, and may be gone already.
        """

    async def add(self, items: Sequence[Kept]) -> int:
        """Store those whose name is not taken; how many were."""

    async def take(self, owner: str, kind: str, name: str) -> Kept | None:
        """Remove it and hand it to this caller alone."""

    async def get(self, owner: str, kind: str, name: str) -> Kept | None: ...

    async def get_many(self, owner: str, kind: str, names: Iterable[str]) -> Mapping[str, Kept]:
        """Those that are there, by name."""

    async def page(
        self, owner: str, kind: str, *, after: str = "", limit: int, newest: bool = False
    ) -> Sequence[Kept]:
        """By name, ascending from `after`; with `newest` descending, from the last or `after`."""

    async def count(self, owner: str, kind: str) -> int: ...

    async def bump(self, owner: str, kind: str, name: str, by: int, at_ms: int) -> int:
        """Add to a number, which is the `version` of a record without body; the new value."""

    async def sweep(self, kind: str, before_ms: int, limit: int) -> int:
        """Remove up to `limit` of that kind from before that time, whoever's; how many."""
