"""The shelf in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from chat_server.adapters.memory.log import MemoryLog
from chat_server.domain.errors import VersionConflict
from chat_server.domain.facts import Fact
from chat_server.domain.shelf import Kept

Key = tuple[str, str, str]


class MemoryShelf:
    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._kept: dict[Key, Kept] = {}

    async def save(
        self, items: Sequence[Kept], gone: Sequence[Kept] = (), facts: Sequence[Fact] = ()
    ) -> None:
        for item in items:
            former = self._kept.get(_key(item))
            if (former.version if former else 0) != item.version - 1:
                raise VersionConflict(f"{item.kind} {item.name}")
        for item in gone:
            self._kept.pop(_key(item), None)
        for item in items:
            self._kept[_key(item)] = item
        for fact in facts:
            self._log.note(fact)

    async def add(self, items: Sequence[Kept]) -> int:
        before = len(self._kept)
        for item in items:
            self._kept.setdefault(_key(item), item)
        return len(self._kept) - before

    async def take(self, owner: str, kind: str, name: str) -> Kept | None:
        return self._kept.pop((owner, kind, name), None)

    async def get(self, owner: str, kind: str, name: str) -> Kept | None:
        return self._kept.get((owner, kind, name))

    async def get_many(self, owner: str, kind: str, names: Iterable[str]) -> Mapping[str, Kept]:
        found = {name: self._kept.get((owner, kind, name)) for name in names}
        return {name: item for name, item in found.items() if item is not None}

    async def page(
        self, owner: str, kind: str, *, after: str = "", limit: int, newest: bool = False
    ) -> Sequence[Kept]:
        of_kind = [each for each in self._kept.values() if (each.owner, each.kind) == (owner, kind)]
        if after:
            of_kind = [one for one in of_kind if (one.name < after if newest else one.name > after)]
        of_kind.sort(key=lambda item: item.name, reverse=newest)
        return of_kind[: max(limit, 0)]

    async def count(self, owner: str, kind: str) -> int:
        return sum((each.owner, each.kind) == (owner, kind) for each in self._kept.values())

    async def bump(self, owner: str, kind: str, name: str, by: int, at_ms: int) -> int:
        former = self._kept.get((owner, kind, name)) or Kept(owner, kind, name, "", at_ms, 0)
        after = replace(former, version=former.version + by)
        self._kept[_key(after)] = after
        return after.version

    async def sweep(self, kind: str, before_ms: int, limit: int) -> int:
        old = [
            key for key, item in self._kept.items() if item.kind == kind and item.at_ms < before_ms
        ][: max(limit, 0)]
        for key in old:
            del self._kept[key]
        return len(old)


def _key(item: Kept) -> Key:
    return item.owner, item.kind, item.name
