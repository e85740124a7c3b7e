"""Counts of what happened, by day and hour of Shanghai: what the statistics endpoints read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec.structs import replace

from chat_server.domain import bodies
from chat_server.domain.message import Event
from chat_server.platform.drawers import Drawer
from chat_server.platform.quotas import SHANGHAI, day_of
from chat_server.ports.clock import Clock
from chat_server.ports.shelf import Shelf

_PAGE = 1000
_OTHER = 6  # links, places and files
_TYPES: Mapping[type, int] = {
    bodies.Text: 1,
    bodies.Image: 2,
    bodies.Voice: 3,
    bodies.Video: 4,
    bodies.Link: 6,
}


class CallbackTally(msgspec.Struct, frozen=True):
    """Of one hour; costs in milliseconds."""

    callback_count: int = 0
    fail_count: int = 0
    total_time_cost: int = 0
    max_time_cost: int = 0


class SaidTally(msgspec.Struct, frozen=True):
    """Of one customer on one day: how many of each type, in all and by hour, and which was
    counted last.
    """

    by_type: Mapping[int, int] = {}
    seq: int = 0
    by_hour: Mapping[int, Mapping[int, int]] = {}


class Tallies:
    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self._clock = clock
        self._callbacks = Drawer(shelf, clock, "tally_callbacks", CallbackTally)
        self._said = Drawer(shelf, clock, "tally_said", SaidTally)

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

    async def heard(self, account: str, customer: str, body: bodies.Body, event: Event) -> None:
        """A message; one that comes again is counted once."""
        kind, hour = _TYPES.get(type(body), _OTHER), int(hour_of(event.ts)[-2:])

        def edit(tally: SaidTally | None) -> SaidTally:
            tally = tally or SaidTally()
            if event.seq <= tally.seq:
                return tally
            then = tally.by_hour.get(hour, {})
            return SaidTally(
                _one_more(tally.by_type, kind),
                event.seq,
                {**tally.by_hour, hour: _one_more(then, kind)},
            )

        await self._said.change(account, f"{day_of(event.ts)}.{customer}", edit)

    async def said(self, account: str, day: str) -> Mapping[str, SaidTally]:
        """Of each customer who said something that day."""
        found: dict[str, SaidTally] = {}
        after = f"{day}."
        while page := await self._said.page(account, after=after, limit=_PAGE):
            found |= {
                name.removeprefix(f"{day}."): tally
                for name, tally in page
                if name.startswith(f"{day}.")
            }
            after = page[-1][0]
            if not after.startswith(f"{day}."):
                break
        return found

    async def callbacks(self, account: str, day: str) -> dict[int, CallbackTally]:
        """By hour, of that day; hours without any are left out."""
        names = [f"{day}.{hour:02d}" for hour in range(24)]
        found = await self._callbacks.get_many(account, names)
        return {int(name[-2:]): tally for name, tally in found.items()}


def _one_more(counts: Mapping[int, int], kind: int) -> Mapping[int, int]:
    return {**counts, kind: counts.get(kind, 0) + 1}


def hour_of(at_ms: int) -> str:
    """`2026-11-23.18`."""
    return datetime.fromtimestamp(at_ms / 1000, SHANGHAI).strftime("%Y-%m-%d.%H")
