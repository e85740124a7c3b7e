"""The reader of the crash tests is itself put to the test: every planted fault is found."""

from __future__ import annotations

import copy
import json
from typing import Any

import msgspec
import pytest

from chat_server.domain.message import Event, EventKind
from tests.integration.reading import broken_promises

CONV = "d:ann:bob"


def event(seq: int, sender: str, mid: str) -> Event:
    body = json.dumps({"type": "text", "text": f"from {sender}: {mid}"}).encode()
    return Event(CONV, seq, mid, sender, 1000 + seq, EventKind.MESSAGE, seq, body)


def line(user: str, what: str, **told: Any) -> dict[str, Any]:
    return {"user": user, "device": "phone", "what": what, **told}


def sent(user: str, mid: str) -> dict[str, Any]:
    body = {"type": "text", "text": f"from {user}: {mid}"}
    return line(user, "send", conv=CONV, mid=mid, body=body)


def acked(user: str, mid: str, seq: int, *, dup: bool = False) -> dict[str, Any]:
    return line(user, "ack", conv=CONV, mid=mid, seq=seq, dup=dup)


def pushed(user: str, seq: int, sender: str, mid: str) -> dict[str, Any]:
    return line(user, "push", conv=CONV, seq=seq, mid=mid, **{"from": sender})


class Story:
    """Ann sends a1 to a3, Bob b1 and b2; the line drops once, and a2 is sent again."""

    def __init__(self) -> None:
        names = [("ann", "a1"), ("bob", "b1"), ("ann", "a2"), ("ann", "a3"), ("bob", "b2")]
        self.log = [event(seq, *name) for seq, name in enumerate(names, start=1)]
        self.ann = [
            line("ann", "connect"),
            line("ann", "sync", cursors={CONV: 0}),
            sent("ann", "a1"),
            acked("ann", "a1", 1),
            sent("ann", "a2"),
            pushed("ann", 2, "bob", "b1"),
            line("ann", "close", code=0, reason=""),
            line("ann", "connect"),
            line("ann", "sync", cursors={CONV: 2}),
            pushed("ann", 4, "ann", "a3"),  # live already, before the sync is answered
            pushed("ann", 3, "ann", "a2"),
            pushed("ann", 4, "ann", "a3"),
            sent("ann", "a2"),
            acked("ann", "a2", 3, dup=True),
            pushed("ann", 5, "bob", "b2"),
        ]
        self.tablet = [
            {**line("ann", "connect"), "device": "tablet"},
            sent("ann", "a3"),
            line("ann", "page", conv=CONV, events=[[n.seq, n.mid, n.sender] for n in self.log[:3]]),
            acked("ann", "a3", 4),
            pushed("ann", 5, "bob", "b2"),
        ]
        self.bob = [
            line("bob", "connect"),
            line("bob", "sync", cursors={CONV: 0}),
            pushed("bob", 1, "ann", "a1"),
            sent("bob", "b1"),
            sent("bob", "b2"),
            acked("bob", "b1", 2),
            pushed("bob", 3, "ann", "a2"),
            pushed("bob", 4, "ann", "a3"),
            acked("bob", "b2", 5),
            sent("bob", "b1"),
            acked("bob", "b1", 2, dup=True),
        ]

    def broken(self) -> list[str]:
        return broken_promises([self.ann, self.tablet, self.bob], {CONV: self.log})

    def plant(self, seq: int, /, **fields: Any) -> None:
        self.log[seq - 1] = msgspec.structs.replace(self.log[seq - 1], **fields)


@pytest.fixture
def story() -> Story:
    return copy.deepcopy(Story())


def only(faults: list[str], promise: str) -> bool:
    return bool(faults) and all(fault.startswith(promise) for fault in faults)


def found(faults: list[str], words: str) -> bool:
    return any(words in fault for fault in faults)


def test_a_story_in_which_every_promise_was_kept_has_no_faults(story: Story) -> None:
    assert story.broken() == []


def test_a_lost_event_is_found(story: Story) -> None:
    del story.log[-1]
    assert found(story.broken(), "I1 acked and lost")


def test_an_ack_without_an_event_is_found(story: Story) -> None:
    story.ann += [sent("ann", "a4"), acked("ann", "a4", 6)]
    assert only(story.broken(), "I1 acked and lost")


def test_an_ack_for_another_ones_event_is_found(story: Story) -> None:
    story.plant(5, mid="b9")
    assert found(story.broken(), "I1 acked, and another event has its seq")


def test_a_changed_body_is_found(story: Story) -> None:
    story.plant(2, body=b'{"type":"text","text":"something else"}')
    assert only(story.broken(), "I1 acked with another body")


def test_a_push_of_what_was_never_stored_is_found(story: Story) -> None:
    story.bob.append(pushed("bob", 6, "ann", "ghost"))
    assert only(story.broken(), "I1 told and not stored")


def test_a_gap_is_found(story: Story) -> None:
    story.plant(5, seq=6)
    assert found(story.broken(), "I2 the log")


def test_time_running_backwards_is_found(story: Story) -> None:
    story.plant(3, ts=1)
    assert only(story.broken(), "I2 time runs backwards")


def test_a_device_that_missed_an_event_is_found(story: Story) -> None:
    story.bob = [line for line in story.bob if line.get("seq") != 3]
    assert only(story.broken(), "I2 bob/phone never got")


def test_a_doubled_event_is_found(story: Story) -> None:
    story.log.append(event(6, "ann", "a2"))
    assert found(story.broken(), "I3 stored 2 times")


def test_a_resend_acked_with_another_seq_is_found(story: Story) -> None:
    story.ann.append(acked("ann", "a2", 4, dup=True))
    assert found(story.broken(), "I3 one send acked with several seqs")


def test_a_send_that_was_never_acked_is_found(story: Story) -> None:
    story.bob.append(sent("bob", "b3"))
    assert only(story.broken(), "I3 sent again and again and never acked")


def test_a_reordered_pair_of_sends_is_found(story: Story) -> None:
    first, second, _ = (i for i, told in enumerate(story.bob) if told["what"] == "send")
    story.bob[first], story.bob[second] = story.bob[second], story.bob[first]
    assert only(story.broken(), "I4 sent later and numbered earlier")


def test_a_reordered_pair_of_pushes_is_found(story: Story) -> None:
    story.bob[6], story.bob[7] = story.bob[7], story.bob[6]
    assert only(story.broken(), "I4 heard 3 after 4")


def test_an_event_pushed_twice_is_found(story: Story) -> None:
    story.bob.append(pushed("bob", 5, "bob", "b2"))
    assert only(story.broken(), "I4 heard 5 after 5")


def test_a_sync_goes_back_once_only(story: Story) -> None:
    story.ann.append(pushed("ann", 3, "ann", "a2"))
    assert only(story.broken(), "I4 heard 3 after 5")
