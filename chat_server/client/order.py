"""Order: from what arrives for one conversation, what is handed on, once and in `seq` order.

Pushes, pages and acks come in here in any order and any number of times. No sockets, no
waiting: `missing` tells that a gap is to be read.
"""

from __future__ import annotations

from collections.abc import Sequence

from chat_server.wire.frames import Event

EARLY = 1000  # events kept behind a gap; more are read again from the log


class Order:
    """`cursor` is the largest n with everything up to n held; None until it is known."""

    def __init__(self, cursor: int | None = None) -> None:
        self.cursor = cursor
        self._early: dict[int, Event | None] = {}

    @property
    def missing(self) -> bool:
        return bool(self._early) and self.cursor is not None

    @property
    def first_early(self) -> int:
        return min(self._early, default=1)

    def begin(self, cursor: int) -> Sequence[Event]:
        """Hold everything up to `cursor` from now on; never goes back."""
        self.cursor = max(cursor, self.cursor or 0)
        return self._ready()

    def arrive(self, seq: int, event: Event | None) -> Sequence[Event]:
        """Take an event, or None for one's own acked send. Returns what its turn has come for."""
        if self.cursor is not None and seq <= self.cursor:
            return ()
        if len(self._early) < EARLY or seq < max(self._early):
            self._early.setdefault(seq, event)
        if len(self._early) > EARLY:
            del self._early[max(self._early)]
        return self._ready() if self.cursor is not None else ()

    def _ready(self) -> Sequence[Event]:
        ready: list[Event] = []
        cursor = self.cursor or 0
        while cursor + 1 in self._early:
            cursor += 1
            event = self._early.pop(cursor)
            if event is not None:
                ready.append(event)
        self.cursor = cursor
        self._early = {seq: event for seq, event in self._early.items() if seq > cursor}
        return ready
