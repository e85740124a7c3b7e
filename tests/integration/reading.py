"""Whole logs of a store, for tests that ask it after the server is gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.domain.message import Event

Logs = Mapping[str, Sequence[Event]]


async def read_logs(url: str, convs: Iterable[str]) -> Logs:
    """Through the store's port."""
    logs: dict[str, list[Event]] = {}
    async with open_store(url, clock=SystemClock()) as store:
        for conv in convs:
            log = logs[conv] = []
            while page := await store.messages.events(conv, after=_last(log), limit=500):
                log += page
    return logs


def _last(log: Sequence[Event]) -> int:
    return log[-1].seq if log else 0
