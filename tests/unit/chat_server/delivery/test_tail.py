"""One conversation's tail and the seats at it, against a log that is the truth."""

from __future__ import annotations

import asyncio
import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_server.delivery.seat import Awaited, Seat
from chat_server.delivery.tail import STASH, Tail
from chat_server.domain.message import Event, EventKind
from chat_server.wire.codec import JSON


def event(seq: int, sender: str = "bob") -> Event:
    return Event("c", seq, f"m{seq}", sender, seq, EventKind.MESSAGE, seq, b'{"type":"text"}')


class Device:
    """An outbox that keeps what leaves, with room for `room` pushes."""

    def __init__(self, user: str = "ann", room: int = 10**9) -> None:
        self.room = room
        self.frames: list[dict] = []
        self.seat = Seat(user, "s", JSON, self, lambda *_: None)
        self.seat.convs.add("c")

    def push(self, frame: bytes) -> bool:
        if self.room < 1:
            return False
        self.room -= 1
        self.answer(frame)
        return True

    def answer(self, frame: bytes) -> None:
        self.frames.append(msgspec.json.decode(frame[frame.index(b"{") :]))

    def told(self) -> list[tuple[str, int]]:
        return [(f["type"], f.get("seq", 0)) for f in self.frames]


@pytest.fixture
async def tail() -> Tail:
    tail = Tail("c", asyncio.get_running_loop().create_future())
    tail.open_at(0)
    return tail


def seated(tail: Tail, *devices: Device) -> None:
    for device in devices:
        tail.seats[device.seat] = None


async def test_events_leave_in_order_whatever_order_they_come_in(tail):
    device = Device()
    seated(tail, device)
    for seq in (3, 1, 1, 4, 2, 3):
        tail.arrive(event(seq))
    assert device.told() == [("event", n) for n in range(1, 5)]
    assert not tail.behind


async def test_a_gap_is_known_and_what_is_behind_it_waits(tail):
    tail.arrive(event(2))
    assert tail.behind
    assert tail.head == 0
    for seq in range(3, STASH * 2):
        tail.arrive(event(seq))
    assert len(tail.stash) <= STASH
    assert tail.heard == STASH * 2 - 1


async def test_before_the_head_is_known_nothing_leaves():
    tail = Tail("c", asyncio.get_running_loop().create_future())
    device = Device()
    seated(tail, device)
    tail.arrive(event(6))
    tail.arrive(event(5))
    assert not tail.behind
    tail.open_at(4)
    assert device.told() == [("event", 5), ("event", 6)]


async def test_the_sending_connection_gets_its_ack_in_the_events_place(tail):
    phone, desk = Device("bob"), Device("bob")
    seated(tail, phone, desk)
    awaited = Awaited(phone.seat, "m2", "r2", 0.0)
    tail.expect("bob", awaited)
    tail.arrive(event(1))
    assert tail.arrive(event(2)) == [awaited]
    assert phone.told() == [("event", 1), ("ack", 2)]
    assert desk.told() == [("event", 1), ("event", 2)]
    assert phone.frames[1]["id"] == "r2"
    assert not tail.awaited


async def test_two_connections_that_sent_the_same_get_an_ack_each(tail):
    phone, desk = Device("bob"), Device("bob")
    seated(tail, phone, desk)
    for device in (phone, desk):
        tail.expect("bob", Awaited(device.seat, "m1", "r", 0.0))
    tail.arrive(event(1))
    assert phone.told() == desk.told() == [("ack", 1)]


async def test_a_device_too_far_behind_is_told_once_and_pushed_no_more(tail):
    slow, quick = Device(room=2), Device()
    seated(tail, slow, quick)
    for seq in range(1, 6):
        tail.arrive(event(seq))
    assert slow.told() == [("event", 1), ("event", 2), ("lagging", 0)]
    assert len(quick.told()) == 5
    assert slow.seat.pulls("c")
    tail.expect("ann", Awaited(slow.seat, "m6", "r", 0.0))
    tail.arrive(event(6, "ann"))
    assert slow.told()[-1] == ("ack", 6)


async def test_what_comes_while_held_leaves_at_the_release(tail):
    device = Device()
    seated(tail, device)
    hold = device.seat.hold("c")
    for seq in range(1, 5):
        tail.arrive(event(seq))
    assert device.told() == []
    device.seat.release("c", hold, after=2)
    assert device.told() == [("event", 3), ("event", 4)]
    tail.arrive(event(5))
    assert device.told()[-1] == ("event", 5)


async def test_an_ack_leaves_even_when_a_page_has_shown_its_event(tail):
    device = Device()
    seated(tail, device)
    hold = device.seat.hold("c")
    tail.expect("ann", Awaited(device.seat, "m2", "r", 0.0))
    tail.arrive(event(1))
    tail.arrive(event(2, "ann"))
    device.seat.release("c", hold, after=2)
    assert device.told() == [("ack", 2)]


async def test_leaving_lets_only_acks_through(tail):
    device = Device()
    seated(tail, device)
    hold = device.seat.hold("c")
    tail.expect("ann", Awaited(device.seat, "m2", "r", 0.0))
    tail.arrive(event(1))
    tail.arrive(event(2, "ann"))
    device.seat.drop("c")
    assert device.told() == [("ack", 2)]
    device.seat.release("c", hold, after=0)
    assert device.told() == [("ack", 2)]


@given(
    count=st.integers(1, 30),
    seed=st.integers(0, 10_000),
    own=st.sets(st.integers(1, 30)),
    steps=st.lists(st.sampled_from(["room", "read", "hold", "ring"]), max_size=60),
)
def test_a_device_that_reads_on_has_everything(count, seed, own, steps):  # noqa: C901 - a model
    """Rings come in any order; the device is slow, catches up by pages, and misses nothing."""
    loop = asyncio.new_event_loop()
    tail = Tail("c", loop.create_future())
    loop.close()
    tail.open_at(0)
    device = Device("ann", room=3)
    seated(tail, device)
    log = [event(seq, "ann" if seq in own else "bob") for seq in range(1, count + 1)]
    for one in log:
        if one.sender == "ann":
            tail.expect("ann", Awaited(device.seat, one.mid, "r", 0.0))
    rings = random.Random(seed).sample(log, count)
    held: set[int] = set()

    def cursor() -> int:
        have = held | {f["seq"] for f in device.frames if "seq" in f}
        return next(n for n in range(count + 2) if n + 1 not in have)

    def read_page(limit: int) -> None:
        if not device.seat.pulls("c"):
            return
        hold = device.seat.hold("c")
        if rings and limit % 2:
            tail.arrive(rings.pop())
        after = cursor()
        page = log[after : after + limit]
        held.update(one.seq for one in page)
        last = page[-1].seq if page else after
        if last >= tail.head or all(n in hold.frames for n in range(last + 1, tail.head + 1)):
            device.seat.release("c", hold, last)
        else:
            device.seat.pull("c", hold)

    for number, step in enumerate(steps):
        if step == "ring" and rings:
            tail.arrive(rings.pop())
        elif step == "room":
            device.room += 2
        elif step == "read":
            read_page(number % 5 + 1)
    while rings:
        tail.arrive(rings.pop())
    device.room = 10**9
    while device.seat.pulls("c"):
        read_page(3)
    assert tail.head == count
    assert cursor() == count
    order = [f["seq"] for f in device.frames if "seq" in f]
    assert order == sorted(order)
    assert {f["seq"] for f in device.frames if f["type"] == "ack"} == {
        one.seq for one in log if one.sender == "ann"
    }
