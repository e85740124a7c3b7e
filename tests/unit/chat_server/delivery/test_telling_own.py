"""What a person changed for themselves reaches all their devices, however slow one is."""

from __future__ import annotations

import msgspec

from chat_server.delivery.marking import Marking
from chat_server.delivery.roster import Roster
from chat_server.delivery.seat import Seat
from chat_server.domain.conversation import Membership, Role
from chat_server.domain.own import Unsent
from chat_server.ports.bus import OwnChanged, StarChanged
from chat_server.wire.codec import JSON


class Device:
    """An outbox with room for `room` frames."""

    def __init__(self, roster: Roster, user: str, room: int = 99) -> None:
        self.room = room
        self.frames: list[dict] = []
        self.seat = Seat(user, user, JSON, self, lambda *_: None)
        roster.add(self.seat)

    def push(self, frame: bytes) -> bool:
        if self.room < 1:
            return False
        self.room -= 1
        self.frames.append(msgspec.json.decode(frame[frame.index(b"{") :]))
        return True

    def answer(self, frame: bytes) -> None:
        self.push(frame)


def changed(version: int, text: str = "") -> OwnChanged:
    membership = Membership("c", "ann", Role.MEMBER, version=version, pinned=True)
    return OwnChanged(membership, Unsent("c", "ann", "m", text) if text else None)


def marking(roster: Roster) -> Marking:
    return Marking(roster, monotonic=lambda: 0.0, call_soon=lambda call: call())


def test_all_devices_of_the_person_are_told_and_nobody_else():
    roster = Roster()
    phone, tablet, bob = Device(roster, "ann"), Device(roster, "ann"), Device(roster, "bob")
    marking(roster).own(changed(3, "hi"))
    marking(roster).own(StarChanged("c", "ann", 5, on=True))
    told = {"type": "settings", "conv": "c", "version": 3, "first_seq": 1, "pinned": True}
    star = {"type": "star", "conv": "c", "seq": 5, "on": True}
    for device in (phone, tablet):
        assert device.frames == [told | {"draft": {"mid": "m", "text": "hi"}}, star]
    assert bob.frames == []


def test_a_slow_device_gets_the_newest_when_there_is_room():
    roster = Roster()
    slow = Device(roster, "ann", room=0)
    tell = marking(roster).own
    for version in (3, 5, 4):
        tell(changed(version))
    tell(StarChanged("c", "ann", 5, on=True))
    tell(StarChanged("c", "ann", 5, on=False))
    assert slow.frames == []
    slow.room = 99
    slow.seat.tell_own()
    assert [frame.get("version", frame.get("on")) for frame in slow.frames] == [5, False]
    slow.seat.tell_own()
    assert len(slow.frames) == 2
