"""The tail of a conversation's log on this node: how far it was delivered, and to whom next.

The fan-out keeps one for each conversation that somebody here takes part in. Events enter
in any order and leave in the log's; what is missing is read from the store by the fan-out.
"""

from __future__ import annotations

from asyncio import Future
from typing import Protocol

from chat_server.delivery.seat import Awaited, Seat, Spelt
from chat_server.domain.groups import Passage
from chat_server.domain.message import Event, moves_members

STASH = 256  # early events kept for their turn; more are read from the store again

OPENING = -1  # the head is being read; nothing can be delivered yet


class Doorway(Protocol):
    """Who seats those who come into a group and shows out those who go."""

    def welcome(self, tail: Tail, event: Event) -> Passage: ...

    def dismiss(self, tail: Tail, passage: Passage) -> None: ...


class Tail:
    __slots__ = (
        "awaited", "conv", "doorway", "head", "heard", "opened", "opened_at", "seats", "stash",
    )  # fmt: skip

    def __init__(self, conv: str, opened: Future[None], doorway: Doorway | None = None) -> None:
        self.conv, self.opened, self.doorway = conv, opened, doorway
        self.head = OPENING  # delivered here up to this seq
        self.opened_at = OPENING  # where delivery began: what is older was not delivered here
        self.heard = 0  # the highest seq known to exist
        self.seats: dict[Seat, None] = {}
        self.awaited: dict[tuple[str, str], list[Awaited]] = {}
        self.stash: dict[int, Event] = {}

    def open_at(self, head: int) -> list[Awaited]:
        """The log stood at `head` when it was read; what came meanwhile is delivered."""
        self.head = self.opened_at = head
        self.heard = max(self.heard, head)
        return self._unstash()

    def arrive(self, event: Event) -> list[Awaited]:
        """Deliver the event if its turn has come, and what waited behind it.

        Returns the sends that were acknowledged. `behind` tells of a gap.
        """
        seq = event.seq
        if seq == self.head + 1 and self.head != OPENING:
            answered = self._deliver(event)
            return answered + self._unstash() if self.stash else answered
        if seq > self.head:
            self.heard = max(self.heard, seq)
            if len(self.stash) < STASH:
                self.stash[seq] = event
        return []

    @property
    def behind(self) -> bool:
        return self.heard > self.head != OPENING

    def expect(self, sender: str, awaited: Awaited) -> None:
        self.awaited.setdefault((sender, awaited.mid), []).append(awaited)

    def forget(self, sender: str, awaited: Awaited) -> None:
        waiting = self.awaited.get((sender, awaited.mid), [])
        if awaited in waiting:
            waiting.remove(awaited)
        if not waiting:
            self.awaited.pop((sender, awaited.mid), None)

    def _unstash(self) -> list[Awaited]:
        answered: list[Awaited] = []
        while (event := self.stash.pop(self.head + 1, None)) is not None:
            answered += self._deliver(event)
        if self.stash:
            self.stash = {seq: event for seq, event in self.stash.items() if seq > self.head}
        return answered

    def _deliver(self, event: Event) -> list[Awaited]:
        self.head = event.seq
        self.heard = max(self.heard, event.seq)
        if moves_members(event.kind) and self.doorway is not None:
            passage = self.doorway.welcome(self, event)
            answered = self._tell(event)
            self.doorway.dismiss(self, passage)
            return answered
        return self._tell(event)

    def _tell(self, event: Event) -> list[Awaited]:
        spelt = Spelt(event)
        awaited = self.awaited.pop((event.sender, event.mid), None)
        if awaited is None:
            for seat in self.seats:
                seat.push(spelt)
            return []
        own = {one.seat for one in awaited}
        for one in awaited:
            one.seat.acknowledge(event, one)
            one.answered = True
        for seat in self.seats:
            if seat not in own:
                seat.push(spelt)
        return awaited
