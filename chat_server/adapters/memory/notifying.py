"""Wishes and knocks in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from chat_server.adapters.memory.log import MemoryLog
from chat_server.domain.facts import Fact
from chat_server.domain.notifying import Knock, Wishes, merged, settled


class MemoryPushStore:
    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._wishes: dict[str, Wishes] = {}
        self._knocks: dict[tuple[str, str], Knock] = {}

    async def wishes(self, users: Iterable[str]) -> Mapping[str, Wishes]:
        return {user: self._wishes[user] for user in users if user in self._wishes}

    async def put_wishes(self, wishes: Wishes, fact: Fact) -> None:
        self._wishes[wishes.user] = wishes
        self._log.note(fact)

    async def note(self, knocks: Sequence[Knock]) -> None:
        for knock in knocks:
            key = (knock.user, knock.conv)
            kept = merged(self._knocks.get(key), knock)
            if kept is not None:
                self._knocks[key] = kept

    async def take(self, now_ms: int, lease_ms: int, limit: int) -> Sequence[Knock]:
        due = [
            (knock.due_ms, key)
            for key, knock in self._knocks.items()
            if knock.due_ms is not None and knock.due_ms <= now_ms
        ]
        taken = [key for _, key in sorted(due)[: max(limit, 0)]]
        for key in taken:
            self._knocks[key] = replace(self._knocks[key], due_ms=now_ms + lease_ms)
        return [self._knocks[key] for key in taken]

    async def settle(self, taken: Knock, after: Knock) -> None:
        key = (taken.user, taken.conv)
        if key in self._knocks:
            self._knocks[key] = settled(self._knocks[key], taken, after)
