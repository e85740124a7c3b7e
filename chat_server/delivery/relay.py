"""The relay: hands every committed change to what runs behind the outbox, at least once.

One relay is one consumer with its own durable cursor, over the chat store's change feed
or the bank's outbox alike. It never runs inside an append, and a handler that fails
holds its own consumer up for a bounded time and nobody else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

import structlog

from chat_server.domain.facts import Fact
from chat_server.ports.clock import Clock
from chat_server.ports.store import AuditTrail, ChangeFeed

log = structlog.get_logger()

TRIES = 8  # with doubling pauses from 50 ms: about 13 s before an item is set aside


class Positioned(Protocol):
    @property
    def position(self) -> int: ...


Item = TypeVar("Item", bound=Positioned)


class Relay(Generic[Item]):
    """`fetch(after)` reads the next items; `handle` must be idempotent."""

    def __init__(
        self,
        consumer: str,
        fetch: Callable[[int], Awaitable[Sequence[Item]]],
        handle: Callable[[Item], Awaitable[None]],
        *,
        cursors: ChangeFeed,
        audit: AuditTrail,
        clock: Clock,
        idle_s: float,
    ) -> None:
        self._consumer, self._fetch, self._handle = consumer, fetch, handle
        self._cursors, self._audit, self._clock = cursors, audit, clock
        self._idle_s = idle_s

    async def run(self) -> None:
        """Look, hand on, rest for `idle_s`; until cancelled. A store that is away is waited for."""
        position: int | None = None
        while True:
            try:
                if position is None:
                    position = await self._cursors.cursor(self._consumer)
                position = await self._drain(position)
            except Exception:
                log.exception("relay_waits", consumer=self._consumer)
                await self._clock.sleep(1.0)
            else:
                await self._clock.sleep(self._idle_s)

    async def _drain(self, position: int) -> int:
        while True:
            batch = await self._fetch(position)
            if not batch:
                return position
            for item in batch:
                await self._deliver(item)
            position = batch[-1].position
            await self._cursors.advance_cursor(self._consumer, position)

    async def _deliver(self, item: Item) -> None:
        for attempt in range(TRIES):
            try:
                await self._handle(item)
            except Exception:
                log.exception("relay_retries", consumer=self._consumer, position=item.position)
                await self._clock.sleep(0.05 * 2**attempt)
            else:
                return
        await self._audit.record(
            Fact(
                kind="change_set_aside",
                actor=self._consumer,
                subject=str(item.position),
                at_ms=self._clock.now_ms(),
            )
        )
