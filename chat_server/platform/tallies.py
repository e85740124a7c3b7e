"""Counts of what happened, by day and hour of Shanghai: what the statistics endpoints read."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from chat_server.platform.drawers import Drawer
from chat_server.platform.quotas import SHANGHAI
from chat_server.ports.clock import Clock
from chat_server.ports.shelf import Shelf


class CallbackTally(msgspec.Struct, frozen=True):
    """Of one hour; costs in milliseconds."""

    callback_count: int = 0
    fail_count: int = 0
    total_time_cost: int = 0
    max_time_cost: int = 0


class Tallies:
    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self._clock = clock
        self._callbacks = Drawer(shelf, clock, "tally_callbacks", CallbackTally)

    async def called_back(self, account: str, took_ms: int, *, failed: bool) -> None:
        def edit(tally: CallbackTally | None) -> CallbackTally:
            tally = tally or CallbackTally()
            return replace(
                tally,
                callback_count=tally.callback_count + 1,
                fail_count=tally.fail_count + failed,
                total_time_cost=tally.total_time_cost + took_ms,
                max_time_cost=max(tally.max_time_cost, took_ms),
            )

        await self._callbacks.change(account, hour_of(self._clock.now_ms()), edit)

    async def callbacks(self, account: str, day: str) -> dict[int, CallbackTally]:
        """By hour, of that day; hours without any are left out."""
        names = [f"{day}.{hour:02d}" for hour in range(24)]
        found = await self._callbacks.get_many(account, names)
        return {int(name[-2:]): tally for name, tally in found.items()}


def hour_of(at_ms: int) -> str:
    """`2026-11-23.18`."""
    return datetime.fromtimestamp(at_ms / 1000, SHANGHAI).strftime("%Y-%m-%d.%H")
