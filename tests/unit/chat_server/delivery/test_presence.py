"""Presence on several nodes: what one tells the others, and what is forgotten of who is silent."""

from __future__ import annotations

from collections.abc import Callable, Collection

import msgspec
import pytest

from chat_server.adapters.memory.contacts import MemorySightingStore
from chat_server.delivery.presence import (
    ASK_S,
    CHECK_S,
    FORGET_S,
    LINGER_S,
    SEEN_S,
    PresenceDesk,
)
from chat_server.delivery.roster import Roster
from chat_server.delivery.seat import Seat
from chat_server.domain.errors import StoreUnavailable
from chat_server.ports.bus import ContactsChanged, PresenceTold, Signal
from chat_server.wire.codec import JSON
from tests.front_desk import SteppedClock


class Phone:
    """A device's outbox that shows what it took, and can be full."""

    def __init__(self) -> None:
        self.frames: list[dict[str, object]] = []
        self.full = False

    def push(self, frame: bytes) -> bool:
        if not self.full:
            self.answer(frame)
        return not self.full

    def answer(self, frame: bytes) -> None:
        self.frames.append(msgspec.json.decode(frame[frame.index(b"{") :]))

    def told(self) -> list[tuple[object, object]]:
        found = [(f["user"], f["state"]) for f in self.frames if f["type"] == "presence"]
        self.frames.clear()
        return found


class Line:
    """A bus whose wires can be cut: `cut` nodes neither hear nor are heard."""

    def __init__(self) -> None:
        self.cut: set[str] = set()
        self.sent: list[Signal] = []
        self.handlers: dict[str, Callable[[Signal], None]] = {}

    def of(self, node: str) -> LineEnd:
        return LineEnd(self, node)


class LineEnd:
    def __init__(self, line: Line, node: str) -> None:
        self._line, self._node = line, node

    def publish(self, signal: Signal) -> None:
        self._line.sent.append(signal)
        for node, handler in self._line.handlers.items():
            if node == self._node or not self._line.cut & {node, self._node}:
                handler(signal)

    def subscribe(self, handler: Callable[[Signal], None]) -> None:
        self._line.handlers[self._node] = handler

    def on_reconnect(self, handler: Callable[[], None]) -> None: ...

    async def ping(self) -> None: ...


class Node:
    def __init__(self, name: str, town: Town) -> None:
        self.town, self.roster = town, Roster()
        self.desk = PresenceDesk(
            self.roster,
            town.line.of(name),
            town.sightings,
            town.see,
            town.clock,
            monotonic=lambda: town.clock.ms / 1000,
            node=name,
        )
        town.line.of(name).subscribe(self.desk.on_signal)

    def come(self, user: str) -> tuple[Seat, Phone]:
        phone = Phone()
        seat = Seat(user, "session", JSON, phone, lambda *_: None)
        self.roster.add(seat)
        self.desk.came(seat)
        return seat, phone

    def go(self, seat: Seat) -> None:
        self.desk.left(seat)
        self.roster.remove(seat)


class Town:
    def __init__(self) -> None:
        self.clock, self.line, self.sightings = SteppedClock(), Line(), MemorySightingStore()
        self.hidden: set[str] = set()
        self.north, self.south = Node("north", self), Node("south", self)

    async def see(self, viewer: str, users: Collection[str]) -> frozenset[str]:
        return frozenset(users) - self.hidden

    async def pass_time(self, seconds: float, *nodes: Node) -> None:
        for _ in range(round(seconds / 0.5)):
            self.clock.move(0.5)
            for node in nodes or (self.north, self.south):
                await node.desk.tick()


@pytest.fixture
def town() -> Town:
    return Town()


async def test_who_is_at_another_node_is_told_at_once(town):
    town.south.come("bob")
    seat, phone = town.north.come("ann")
    await town.north.desk.watch(seat, ["bob", "eve"])
    assert phone.told() == [("bob", "online")]
    await town.pass_time(0.5)
    assert phone.told() == [("eve", "offline")]


async def test_changes_at_another_node_are_told_and_blips_are_not(town):
    seat, phone = town.north.come("ann")
    await town.north.desk.watch(seat, ["bob"])
    await town.pass_time(1)
    bob, _ = town.south.come("bob")
    town.south.desk.stepped(bob, away=True)
    assert phone.told() == [("bob", "offline"), ("bob", "online"), ("bob", "away")]
    town.south.go(bob)
    bob, _ = town.south.come("bob")
    assert phone.told() == [("bob", "online")]
    town.south.go(bob)
    await town.pass_time(LINGER_S - 1)
    assert phone.told() == []
    await town.pass_time(1)
    assert phone.told() == [("bob", "offline")]


async def test_who_moves_to_another_node_never_seems_gone(town):
    seat, phone = town.north.come("ann")
    bob, _ = town.south.come("bob")
    await town.north.desk.watch(seat, ["bob"])
    town.south.go(bob)
    town.north.come("bob")
    await town.pass_time(2 * LINGER_S)
    assert phone.told() == [("bob", "online")]


async def test_the_people_of_a_crashed_node_go_offline_in_bounded_time(town):
    seat, phone = town.north.come("ann")
    town.south.come("bob")
    await town.north.desk.watch(seat, ["bob"])
    await town.pass_time(60)
    assert phone.told() == [("bob", "online")]
    town.line.cut.add("south")
    await town.pass_time(FORGET_S + ASK_S, town.north)
    assert phone.told() == [("bob", "offline")]
    assert not town.north.desk._elsewhere


async def test_a_lost_signal_is_made_good_by_asking_again(town):
    seat, phone = town.north.come("ann")
    await town.north.desk.watch(seat, ["bob"])
    await town.pass_time(1)
    town.line.cut.add("south")
    town.south.come("bob")
    assert phone.told() == [("bob", "offline")]
    town.line.cut.clear()
    await town.pass_time(ASK_S)
    assert phone.told() == [("bob", "online")]


async def test_what_nobody_watches_is_not_remembered(town):
    for number in range(100):
        town.south.come(f"u{number}")
    assert not town.north.desk._elsewhere
    seat, phone = town.north.come("ann")
    await town.north.desk.watch(seat, [f"u{n}" for n in range(100)])
    assert len(phone.told()) == 100
    await town.north.desk.watch(seat, ["u1"])
    assert list(town.north.desk._elsewhere) == ["u1"]
    assert list(town.north.desk._watchers) == ["u1"]


async def test_a_change_costs_one_signal_and_goes_to_watchers_only(town):
    seat, phone = town.north.come("ann")
    _, other = town.north.come("eve")
    await town.north.desk.watch(seat, ["bob"])
    await town.pass_time(1)
    town.line.sent.clear()
    town.south.come("bob")
    assert [type(signal) for signal in town.line.sent] == [PresenceTold]
    assert phone.told() == [("bob", "offline"), ("bob", "online")]
    assert other.told() == []


async def test_a_device_that_is_behind_is_told_later_what_is_true_then(town):
    seat, phone = town.north.come("ann")
    await town.north.desk.watch(seat, ["bob"])
    await town.pass_time(1)
    phone.told()
    phone.full = True
    bob, _ = town.north.come("bob")
    town.north.desk.stepped(bob, away=True)
    await town.pass_time(3)
    phone.full = False
    await town.pass_time(2)
    assert phone.told() == [("bob", "away")]
    assert not town.north.desk._owing


async def test_who_hides_looks_gone_and_comes_back(town):
    seat, phone = town.north.come("ann")
    town.south.come("bob")
    await town.north.desk.watch(seat, ["bob"])
    assert phone.told() == [("bob", "online")]
    town.hidden.add("bob")
    town.north.desk.on_signal(ContactsChanged(["bob"]))
    await town.pass_time(0.5)
    assert phone.told() == [("bob", "offline")]
    await town.pass_time(30)
    assert phone.told() == []
    town.hidden.clear()
    town.north.desk.on_signal(ContactsChanged(["bob"]))
    await town.pass_time(0.5)
    assert phone.told() == [("bob", "online")]


async def test_who_may_be_seen_is_asked_again_now_and_then(town):
    seat, phone = town.north.come("ann")
    town.north.come("bob")
    await town.north.desk.watch(seat, ["bob"])
    phone.told()
    town.hidden.add("bob")
    await town.pass_time(CHECK_S + 2 * ASK_S)
    assert phone.told() == [("bob", "offline")]


async def test_a_change_while_it_is_asked_who_may_be_seen_is_not_missed(town, monkeypatch):
    seat, phone = town.north.come("ann")
    town.north.come("bob")
    seen = town.see

    async def hide_after_reading(viewer: str, users: Collection[str]) -> frozenset[str]:
        visible = await seen(viewer, users)
        monkeypatch.undo()
        town.hidden.add("bob")
        town.north.desk.on_signal(ContactsChanged(["bob"]))
        return visible

    monkeypatch.setattr(town.north.desk, "_see", hide_after_reading)
    await town.north.desk.watch(seat, ["bob"])
    await town.pass_time(0.5)
    assert phone.told() == [("bob", "online"), ("bob", "offline")]
    town.hidden.clear()
    town.north.desk.on_signal(ContactsChanged(["bob"]))
    monkeypatch.setattr(town.north.desk, "_see", hide_after_reading)
    await town.pass_time(1)
    assert phone.told() == [("bob", "online"), ("bob", "offline")]
    assert not town.north.desk._doubted


async def test_a_store_that_is_away_leaves_the_doubt_standing(town, monkeypatch):
    seat, phone = town.north.come("ann")
    town.north.come("bob")
    await town.north.desk.watch(seat, ["bob"])
    phone.told()

    async def fail(viewer: str, users: Collection[str]) -> frozenset[str]:
        raise StoreUnavailable

    town.hidden.add("bob")
    town.north.desk.on_signal(ContactsChanged(["bob"]))
    with monkeypatch.context() as broken:
        broken.setattr(town.north.desk, "_see", fail)
        with pytest.raises(StoreUnavailable):
            await town.pass_time(0.5, town.north)
    await town.pass_time(0.5)
    assert phone.told() == [("bob", "offline")]


async def test_when_people_were_last_there_is_kept_coarsely_and_at_the_end(town):
    bob, _ = town.south.come("bob")
    began = town.clock.ms
    await town.pass_time(SEEN_S / 2)
    first = (await town.sightings.last_seen(["bob"]))["bob"]
    assert first - began <= 1000
    await town.pass_time(SEEN_S)
    second = (await town.sightings.last_seen(["bob"]))["bob"]
    assert second > first
    left = town.clock.ms
    town.south.go(bob)
    await town.pass_time(LINGER_S + 1)
    assert await town.sightings.last_seen(["bob"]) == {"bob": left}


async def test_a_node_that_stops_keeps_when_its_people_were_there(town):
    town.south.come("bob")
    town.clock.move(30)
    await town.south.desk.close()
    assert await town.sightings.last_seen(["bob"]) == {"bob": town.clock.ms}
