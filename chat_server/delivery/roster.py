"""The roster: who is connected to this node, and which conversations are live here.

The fan-out keeps it. It is filled from a connecting person's own memberships, never from
a conversation's members: a feed may have a million followers.
"""

from __future__ import annotations

from collections.abc import Iterator

from chat_server.delivery.seat import Seat
from chat_server.delivery.tail import Tail


class Roster:
    def __init__(self) -> None:
        self.tails: dict[str, Tail] = {}
        self._of_user: dict[str, dict[Seat, None]] = {}

    def add(self, seat: Seat) -> None:
        self._of_user.setdefault(seat.user, {})[seat] = None

    def remove(self, seat: Seat) -> None:
        """The device is gone: its conversations stay live only for others."""
        seat.gone = True
        for conv in list(seat.convs):
            self.detach(seat, conv)
        seats = self._of_user.get(seat.user)
        if seats is not None:
            seats.pop(seat, None)
            if not seats:
                del self._of_user[seat.user]

    def attach(self, seat: Seat, tail: Tail) -> None:
        tail.seats[seat] = None
        seat.convs.add(tail.conv)

    def detach(self, seat: Seat, conv: str) -> None:
        seat.drop(conv)
        tail = self.tails.get(conv)
        if tail is not None:
            tail.seats.pop(seat, None)
            self.close_if_idle(tail)

    def close_if_idle(self, tail: Tail) -> None:
        """The tail may be of the past already: the one that stands in its place stays."""
        idle = not tail.seats and not tail.awaited and tail.opened.done()
        if idle and self.tails.get(tail.conv) is tail:
            del self.tails[tail.conv]

    def seats_of(self, user: str) -> list[Seat]:
        return list(self._of_user.get(user, ()))

    def of_session(self, user: str, session_id: str) -> list[Seat]:
        return [seat for seat in self.seats_of(user) if seat.session_id == session_id]

    def all(self) -> Iterator[Seat]:
        return (seat for seats in list(self._of_user.values()) for seat in list(seats))
