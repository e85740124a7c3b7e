"""The usher: seats who comes into a group and shows out who goes, at the event that says so.

Tails call it as they deliver an event of kind `member`, in the log's order: so nobody is
pushed what came before they joined or after they left, however the rings arrive. It reads
nothing but the event; who sits down from the store's own word is the fan-out's business.
"""

from __future__ import annotations

from collections.abc import Iterable

from chat_server.delivery.roster import Roster
from chat_server.delivery.seat import Seat
from chat_server.delivery.tail import Tail
from chat_server.domain.groups import Passage, passage_of
from chat_server.domain.message import Event


class Usher:
    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    def welcome(self, tail: Tail, event: Event) -> Passage:
        """Before the event is told: it is the first thing that who joins hears."""
        passage = passage_of(event)
        for seat in self._seats(passage.coming):
            seat.decided.add(tail.conv)
            self._roster.attach(seat, tail)
        return passage

    def dismiss(self, tail: Tail, passage: Passage) -> None:
        """After the event was told: it is the last thing that who goes hears."""
        going = list(tail.seats) if passage.ended else self._seats(passage.going)
        for seat in going:
            seat.decided.add(tail.conv)
            self._roster.detach(seat, tail.conv)

    def awaits(self, event: Event) -> bool:
        """Whether somebody here comes in by the event."""
        return any(self._seats(passage_of(event).coming))

    def outside(self, event: Event) -> set[str]:
        """Who came in by the event and sits here, but not in its conversation."""
        coming = self._seats(passage_of(event).coming)
        return {seat.user for seat in coming if event.conv not in seat.convs}

    def _seats(self, users: Iterable[str]) -> list[Seat]:
        return [seat for user in users for seat in self._roster.seats_of(user)]
