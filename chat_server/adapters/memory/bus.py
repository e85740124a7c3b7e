"""The bus of a house with one process: a doorbell that rings in the same room.

Signals reach the handlers before `publish` returns, in order, one after the other, even
those that a handler publishes itself. A handler that fails never silences the others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog

from chat_server.ports.bus import Bus, Signal
from chat_server.ports.clock import Clock

log = structlog.get_logger()


class MemoryBus:
    def __init__(self) -> None:
        self._handlers: list[Callable[[Signal], None]] = []
        self._waiting: deque[Signal] = deque()
        self._ringing = False

    def publish(self, signal: Signal) -> None:
        self._waiting.append(signal)
        if self._ringing:  # a handler published this: the loop below comes to it in its turn
            return
        self._ringing = True
        try:
            while self._waiting:
                self._ring(self._waiting.popleft())
        finally:
            self._ringing = False

    def subscribe(self, handler: Callable[[Signal], None]) -> None:
        self._handlers.append(handler)

    def on_reconnect(self, handler: Callable[[], None]) -> None:
        """There is nothing to lose the connection to, so nobody will be called."""

    async def ping(self) -> None:
        """Always connected."""

    def _ring(self, signal: Signal) -> None:
        for handler in tuple(self._handlers):
            try:
                handler(signal)
            except Exception:  # publishing never raises; a handler's bug is its own
                log.exception("bus_handler_failed", signal=type(signal).__name__)


@asynccontextmanager
async def open_bus(url: str, *, clock: Clock) -> AsyncIterator[Bus]:  # noqa: ARG001 - one signature for all openers
    yield MemoryBus()
