"""Which devices are there: noted once a minute for all that are connected to this process.

It is also the second look at log-outs: a ring that was lost on its way here left a device
connected whose session is over, and this closes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from chat_server.domain.errors import StoreUnavailable
from chat_server.ports.bus import Bus, SessionEnded
from chat_server.ports.clock import Clock
from chat_server.ports.store import DeviceStore

EVERY_S = 60.0
CHUNK = 500

log = structlog.get_logger()


class NoteSeen:
    """`connected` gives the sessions of the sockets that are open here."""

    def __init__(
        self,
        devices: DeviceStore,
        bus: Bus,
        clock: Clock,
        connected: Callable[[], Sequence[str]],
    ) -> None:
        self._devices, self._bus, self._clock = devices, bus, clock
        self._connected = connected

    async def run(self) -> None:
        """Until cancelled. A store that is away is asked again in a minute."""
        while True:
            await self._clock.sleep(EVERY_S)
            try:
                await self.note()
            except StoreUnavailable:
                log.warning("devices_not_noted")

    async def note(self) -> None:
        there = self._connected()
        for start in range(0, len(there), CHUNK):
            some = there[start : start + CHUNK]
            for gone in await self._devices.seen(some, self._clock.now_ms()):
                self._bus.publish(SessionEnded(gone))
