"""Telling marks: how far people have read and received, at its newest and never twice.

The fan-out hands positions over as they move. In direct and service conversations and in
small groups everybody is told; of a large group only who wrote what was read, and once a
second; of feeds only the reader's own devices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chat_server.delivery.roster import Roster
from chat_server.delivery.seat import Seat
from chat_server.domain.ids import TWO_SIDED
from chat_server.ports.bus import OwnChanged, PositionsMoved, StarChanged
from chat_server.wire.own_frames import Settings, StarMark, settings_frame

LATE_S = 1.0  # between two tellings to an author in a large group


class Marking:
    def __init__(
        self,
        roster: Roster,
        *,
        monotonic: Callable[[], float],
        call_soon: Callable[[Callable[[], None]], object],
    ) -> None:
        self._roster, self._monotonic, self._call_soon = roster, monotonic, call_soon
        self._marked: dict[Seat, None] = {}
        self._late: dict[tuple[str, str], PositionsMoved] = {}  # by author, and whose they are
        self.late_at: float | None = None  # when `tell_late` is due

    def moved(self, moved: PositionsMoved) -> None:
        tail = self._roster.tails.get(moved.conv)
        if tail is None:
            return
        if moved.shared or moved.conv.startswith(TWO_SIDED):
            self._note(list(tail.seats), moved)
            return
        self._note(self._roster.seats_of(moved.user), moved)
        if moved.author and self._roster.seats_of(moved.author):
            self._late[f"{moved.conv} {moved.author}", moved.user] = moved
            if self.late_at is None:
                self.late_at = self._monotonic() + LATE_S

    def own(self, changed: OwnChanged | StarChanged) -> None:
        """To all devices of the person themselves, and to nobody else."""
        if isinstance(changed, StarChanged):
            for seat in self._roster.seats_of(changed.user):
                frame = StarMark(changed.conv, changed.seq, changed.on)
                seat.own[changed.conv, changed.seq] = frame
                seat.tell_own()
            return
        told = settings_frame(changed.membership, changed.unsent)
        for seat in self._roster.seats_of(changed.membership.user):
            waiting = seat.own.get(told.conv)
            if not isinstance(waiting, Settings) or waiting.version < told.version:
                seat.own[told.conv] = told
            seat.tell_own()

    def tell_late(self) -> None:
        """What moved in large groups, to the authors."""
        late, self._late, self.late_at = self._late, {}, None
        for moved in late.values():
            self._note(self._roster.seats_of(moved.author), moved)

    def leave(self, seat: Seat) -> None:
        self._marked.pop(seat, None)

    def _note(self, seats: Iterable[Seat], moved: PositionsMoved) -> None:
        for seat in seats:
            if moved.conv not in seat.convs:
                continue
            read, delivered = seat.marks.get((moved.conv, moved.user), (0, 0))
            newest = (max(read, moved.read), max(delivered, moved.delivered))
            seat.marks[moved.conv, moved.user] = newest
            if not self._marked:
                self._call_soon(self._tell)
            self._marked[seat] = None

    def _tell(self) -> None:
        marked, self._marked = self._marked, {}
        for seat in marked:
            seat.tell_marks()
