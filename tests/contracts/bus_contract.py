"""What every bus promises, whatever carries it."""

from __future__ import annotations

import pytest

from chat_server.domain.contacts import Presence
from chat_server.domain.message import Event, EventKind
from chat_server.ports.bus import (
    Bus,
    ContactsChanged,
    MembershipChanged,
    MessageStored,
    PositionsMoved,
    PresenceAsked,
    PresenceTold,
    SessionEnded,
    Signal,
    Typing,
)


def stored(seq: int, conv: str = "d:ann:bob", body: bytes = b'{"type":"text"}') -> MessageStored:
    event = Event(
        conv, seq, f"m{seq}", "ann", 1_700_000_000_000 + seq, EventKind.MESSAGE, seq, body
    )
    return MessageStored(event)


EVERY_KIND: list[Signal] = [
    stored(1, body="余额 ¥1,200.50".encode() + b"\x00\xff"),
    PositionsMoved("d:ann:bob", "bob", 3, 4),
    Typing("d:ann:bob", "ann", on=True),
    MembershipChanged("g:1", "ann"),
    SessionEnded("session-1"),
    ContactsChanged(["ann", "bob"]),
    PresenceAsked("node-1", ["ann"]),
    PresenceTold("node-1", {"ann": Presence.AWAY}, 1_700_000_000_000),
]


class BusContract:
    """The heirs give a fixture `bus`: an open bus."""

    async def test_handlers_have_heard_a_signal_when_publish_returns(self, bus: Bus) -> None:
        heard: list[Signal] = []
        bus.subscribe(heard.append)
        for signal in EVERY_KIND:
            bus.publish(signal)
        assert heard == EVERY_KIND

    async def test_signals_come_in_the_order_they_were_published(self, bus: Bus) -> None:
        heard: list[Signal] = []
        bus.subscribe(heard.append)
        sent = [stored(seq) for seq in range(1, 500)]
        for signal in sent:
            bus.publish(signal)
        assert heard == sent

    async def test_what_a_handler_publishes_comes_after_what_it_was_told(self, bus: Bus) -> None:
        first: list[Signal] = []
        second: list[Signal] = []

        def answer(signal: Signal) -> None:
            first.append(signal)
            if isinstance(signal, Typing):
                bus.publish(stored(1))
                bus.publish(stored(2))

        bus.subscribe(answer)
        bus.subscribe(second.append)
        typing = Typing("d:ann:bob", "ann", on=True)
        bus.publish(typing)
        assert first == second == [typing, stored(1), stored(2)]

    async def test_a_failing_handler_silences_nobody(self, bus: Bus) -> None:
        heard: list[Signal] = []

        def fail(signal: Signal) -> None:
            raise RuntimeError(signal)

        bus.subscribe(fail)
        bus.subscribe(heard.append)
        bus.publish(stored(1))
        bus.publish(stored(2))
        assert heard == [stored(1), stored(2)]

    async def test_a_handler_that_comes_late_hears_what_comes_later(self, bus: Bus) -> None:
        heard: list[Signal] = []
        bus.publish(stored(1))
        bus.subscribe(heard.append)
        bus.publish(stored(2))
        assert heard == [stored(2)]

    async def test_a_bus_without_handlers_takes_signals_all_the_same(self, bus: Bus) -> None:
        bus.publish(stored(1))

    async def test_an_open_bus_answers_a_ping(self, bus: Bus) -> None:
        await bus.ping()

    @pytest.mark.parametrize("size", [0, 64 * 1024])
    async def test_bodies_of_any_size_pass(self, bus: Bus, size: int) -> None:
        heard: list[Signal] = []
        bus.subscribe(heard.append)
        bus.publish(stored(1, body=b"x" * size))
        assert heard == [stored(1, body=b"x" * size)]
