"""The checker is put to the test: each fault that is planted into a true history is found.

Ann writes from a phone and a tablet, Bob from a phone, to each other and in a group of Mia's
that Bob leaves. The line of Ann's phone drops once, and her tablet lags once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chat_server.history import lines
from chat_server.history.check import check
from chat_server.history.verdict import Verdict, in_words
from chat_server.history.witness import Unreadable

DIRECT, GROUP = "d:ann:bob", "g:friday"
Line = dict[str, Any]


def body(mid: str) -> str:
    return lines.digest(msgspec.json.encode({"type": "text", "text": f"this is {mid}"}))


def told(seq: int, mid: str, sender: str) -> list[Any]:
    return [seq, mid, sender, 1000 + seq, seq, "message", body(mid)]


DIRECT_LOG = [
    told(seq, mid, {"a": "ann", "b": "bob"}[mid[0]])
    for seq, mid in enumerate(["a1", "b1", "a2", "a3", "b2", "a4"], start=1)
]
GROUP_LOG: list[list[Any]] = [
    [1, "x1", "mia", 1001, 0, "member", "", ["mia", "ann", "bob"], []],
    [2, "g1", "bob", 1002, 1, "message", body("g1")],
    [3, "x2", "bob", 1003, 1, "member", "", [], ["bob"]],
    [4, "g2", "ann", 1004, 2, "message", body("g2")],
]


def push(event: list[Any], conv: str = DIRECT) -> Line:
    return {"what": "push", "conv": conv, "event": event}


def send(mid: str, conv: str = DIRECT) -> Line:
    return {"what": "send", "conv": conv, "mid": mid, "body": body(mid)}


def ack(mid: str, seq: int, conv: str = DIRECT, *, dup: bool = False) -> Line:
    return {"what": "ack", "conv": conv, "mid": mid, "seq": seq, "ts": 1000 + seq, "dup": dup}


def history(conv: str, after: int, request: str) -> Line:
    return {"what": "history", "conv": conv, "id": request, "after": after}


def page(conv: str, events: list[list[Any]], request: str, **more: Any) -> Line:
    head = max([0, *(event[0] for event in events)])
    said = {"conv": conv, "id": request, "events": events, "head": head, "first_seq": 1}
    return {"what": "page", **said, **more}


def marks(user: str, read: int, delivered: int) -> Line:
    return {"what": "marks", "mark": [DIRECT, user, read, delivered]}


def begin(user: str, device: str) -> list[Line]:
    return [
        {"what": "client", "user": user, "device": device, "format": 1},
        {"what": "open"},
        {"what": "hello"},
        {"what": "sync", "cursors": {DIRECT: 0, GROUP: 0}},
        {"what": "synced"},
    ]


def end(*, group: int = 4) -> list[Line]:
    """All is quiet: what is stored is read."""
    positions = [[DIRECT, "ann", 5, 6], [DIRECT, "bob", 6, 6]]
    return [
        {"what": "final"},
        {"what": "sync", "cursors": {DIRECT: 6, GROUP: group}},
        {"what": "synced", "marks": positions},
        history(DIRECT, 0, "r8"),
        page(DIRECT, DIRECT_LOG, "r8"),
        history(GROUP, 0, "r9"),
        page(GROUP, GROUP_LOG[:group], "r9"),
    ]


class Story:
    """In which every promise is kept, until a test plants something."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        a1, b1, a2, a3, b2, a4 = DIRECT_LOG
        g0, g1, g2, g3 = GROUP_LOG
        self.phone = [
            *begin("ann", "phone"),
            *(push(event, GROUP) for event in (g0, g1, g2)),
            send("a1"),
            ack("a1", 1),
            push(b1),
            send("a2"),
            {"what": "close", "code": 0, "reason": ""},
            {"what": "open"},
            {"what": "hello"},
            {"what": "sync", "cursors": {DIRECT: 2, GROUP: 3}},
            push(a3),  # live already, before the sync is answered
            push(a2),
            push(a3),
            {"what": "synced", "marks": [[DIRECT, "ann", 0, 0], [DIRECT, "bob", 1, 3]]},
            send("a2"),
            ack("a2", 3, dup=True),
            push(b2),
            marks("bob", 5, 5),
            {"what": "move", "conv": DIRECT, "read": 5},
            marks("ann", 5, 5),
            send("a4"),
            send("g2", GROUP),
            ack("a4", 6),
            ack("g2", 4, GROUP),
            marks("bob", 6, 6),
            *end(),
        ]
        self.tablet = [
            *begin("ann", "tablet"),
            *(push(event, GROUP) for event in (g0, g1, g2)),
            push(a1),
            send("a3"),
            {"what": "lagging", "conv": DIRECT},
            ack("a3", 4),
            history(DIRECT, 1, "r1"),
            page(DIRECT, DIRECT_LOG[1:5], "r1", more=True, head=6),
            history(DIRECT, 5, "r2"),
            page(DIRECT, DIRECT_LOG[5:], "r2"),
            push(g3, GROUP),
            {"what": "move", "conv": DIRECT, "delivered": 6},
            marks("ann", 5, 6),
            *end(),
        ]
        self.bob = [
            *begin("bob", "phone"),
            push(g0, GROUP),
            send("g1", GROUP),
            ack("g1", 2, GROUP),
            push(g2, GROUP),
            push(a1),
            {"what": "move", "conv": DIRECT, "read": 1},
            send("b1"),
            send("b2"),
            ack("b1", 2),
            push(a2),
            push(a3),
            ack("b2", 5),
            push(a4),
            {"what": "move", "conv": DIRECT, "read": 6},
            marks("bob", 6, 6),
            send("b1"),
            ack("b1", 2, dup=True),
            *end(group=3),
        ]

    def check(self, cut: str = "") -> Verdict:
        for name in ("phone", "tablet", "bob"):
            timed = [{"t": float(t), **line} for t, line in enumerate(getattr(self, name))]
            text = "".join(json.dumps(line) + "\n" for line in timed)
            (self.folder / f"{name}.jsonl").write_text(text + (cut if name == "bob" else ""))
        return check(self.folder)

    def everywhere(self, change: Callable[[list[Any]], list[list[Any]]], conv: str) -> None:
        """Another log of that conversation: in every push and page."""
        for name in ("phone", "tablet", "bob"):
            changed: list[Line] = []
            for line in getattr(self, name):
                if line["what"] == "push" and line["conv"] == conv:
                    changed += [push(event, conv) for event in change(line["event"])]
                elif line["what"] == "page" and line["conv"] == conv:
                    events = [other for one in line["events"] for other in change(one)]
                    changed.append({**line, "events": events})
                else:
                    changed.append(line)
            setattr(self, name, changed)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def at(history: list[Line], **wanted: Any) -> int:
    """Where the first line is that says so."""
    return next(
        number
        for number, line in enumerate(history)
        if all(line.get(name) == value for name, value in wanted.items())
    )


def at_push(history: list[Line], seq: int, conv: str = DIRECT) -> int:
    """The last push of it."""
    return max(
        number
        for number, line in enumerate(history)
        if line["what"] == "push" and (line["conv"], line["event"][0]) == (conv, seq)
    )


def final_page(history: list[Line], conv: str) -> Line:
    return [line for line in history if line["what"] == "page" and line["conv"] == conv][-1]


def found(verdict: Verdict, invariant: str, words: str) -> bool:
    """Told, with a line that shows it."""
    return any(
        shown.invariant == invariant and words in shown.what and shown.proof
        for shown in verdict.violations
    )


def only(verdict: Verdict, invariant: str, words: str) -> bool:
    return set(verdict.broken) == {invariant} and found(verdict, invariant, words)


def test_a_true_history_held(story: Story) -> None:
    verdict = story.check()
    assert verdict.held, in_words(verdict)
    counts = verdict.counts
    assert (counts.clients, counts.finished, counts.connections) == (3, 3, 4)
    assert (counts.events, counts.acked_events, counts.unread_acks) == (10, 8, 0)
    assert (counts.joined, counts.left) == (3, 1)


# --- I1


def test_a_lost_event_is_found(story: Story) -> None:
    """Acked, and gone after the server was killed."""
    for history in (story.phone, story.tablet, story.bob):
        last = final_page(history, DIRECT)
        last["events"], last["head"] = DIRECT_LOG[:5], 5
    assert found(story.check(), "I1", "a4 of ann was acked, and is not in the log of 5")


def test_an_ack_before_the_write_is_found(story: Story) -> None:
    """Another event got the seq that was promised."""
    story.everywhere(lambda event: [told(6, "b9", "bob") if event[0] == 6 else event], DIRECT)
    assert found(story.check(), "I1", "a4 of ann was acked, and b9 of bob has its seq")


def test_an_event_that_was_pushed_and_is_another_in_the_end_is_found(story: Story) -> None:
    changed = [told(6, "b9", "bob") if event[0] == 6 else event for event in DIRECT_LOG]
    for history in (story.phone, story.tablet, story.bob):
        final_page(history, DIRECT)["events"] = changed
    verdict = story.check()
    assert found(verdict, "I1", "another event has the seq of one that was told")
    assert found(verdict, "I1", "a4 of ann was acked, and b9 of bob has its seq")


def test_another_body_under_an_acked_mid_is_found(story: Story) -> None:
    story.everywhere(lambda event: [[*event[:6], body("else")] if event[0] == 3 else event], DIRECT)
    assert only(story.check(), "I1", "a2 was acked, and has another body")


def test_a_body_that_changes_is_found(story: Story) -> None:
    event = story.bob[at_push(story.bob, 3)]["event"]
    story.bob[at_push(story.bob, 3)] = push([*event[:6], body("else")])
    assert found(story.check(), "I1", "another body than before")


def test_a_body_that_the_server_told_in_its_ack_is_the_right_one(story: Story) -> None:
    masked = body("masked")
    story.everywhere(lambda event: [[*event[:6], masked] if event[0] == 6 else event], DIRECT)
    story.phone[at(story.phone, what="ack", mid="a4")]["body"] = masked
    assert story.check().held


def test_a_message_that_was_recalled_since_has_no_body_to_compare(story: Story) -> None:
    for history in (story.phone, story.tablet, story.bob):
        page = final_page(history, DIRECT)
        page["events"] = [[*e[:6], ""] if e[0] == 2 else e for e in page["events"]]
    assert story.check().held


def test_an_ack_that_nobody_could_read_back_is_counted(story: Story) -> None:
    for name in ("phone", "tablet", "bob"):
        history = getattr(story, name)
        setattr(story, name, history[: at(history, what="final")])
    verdict = story.check()
    assert verdict.held
    assert (verdict.counts.finished, verdict.counts.unread_acks) == (0, 8)


def test_an_ack_without_a_send_is_found(story: Story) -> None:
    del story.bob[at(story.bob, what="send", mid="b2")]
    assert only(story.check(), "I1", "b2 was acked and never sent")


# --- I2


def test_a_gap_in_the_log_is_found(story: Story) -> None:
    story.everywhere(lambda event: [] if event[0] == 2 else [event], DIRECT)
    assert found(story.check(), "I2", "a page has 3 where 2 belongs")


def test_a_page_that_ends_before_the_head_is_found(story: Story) -> None:
    last = final_page(story.phone, DIRECT)
    last["events"] = DIRECT_LOG[:5]
    assert only(story.check(), "I2", "a last page ends at 5 of 6")


def test_a_page_that_knows_less_than_was_seen_is_found(story: Story) -> None:
    where = at_push(story.bob, 6) + 1
    story.bob[where:where] = [history(DIRECT, 0, "r5"), page(DIRECT, DIRECT_LOG[:4], "r5")]
    assert only(story.check(), "I2", "a page knows 4, and 6 was seen")


def test_an_event_that_a_device_never_got_is_found(story: Story) -> None:
    del story.bob[at_push(story.bob, 4)]
    verdict = story.check()
    assert only(verdict, "I2", "was connected, and never got 4")
    assert verdict.violations[0].client == "bob/phone"


def test_a_group_that_a_device_was_never_told_of_is_found(story: Story) -> None:
    quiet = [line for line in story.bob if line.get("conv") != GROUP]
    story.bob = [
        {**line, "cursors": {DIRECT: line["cursors"][DIRECT]}} if "cursors" in line else line
        for line in quiet
    ]
    story.everywhere(lambda event: [] if event[0] in {3, 4} else [event], GROUP)
    assert found(story.check(), "I2", "never got 1 to 4")


def test_time_running_backwards_is_found(story: Story) -> None:
    story.everywhere(
        lambda event: [[*event[:3], 5, *event[4:]] if event[0] == 2 else event], DIRECT
    )
    assert found(story.check(), "I2", "time or count runs wrong from 1 to 2")


# --- I3


def test_a_doubled_event_is_found(story: Story) -> None:
    for history in (story.phone, story.tablet, story.bob):
        page = final_page(history, DIRECT)
        page["events"] = [*DIRECT_LOG, told(7, "a2", "ann")]
        page["head"] = 7
    assert found(story.check(), "I3", "a2 of ann is stored twice, as 3 and as 7")


def test_two_events_with_one_seq_are_found(story: Story) -> None:
    story.bob[at_push(story.bob, 4)] = push(told(4, "a9", "ann"))
    for name in ("phone", "tablet", "bob"):
        history = getattr(story, name)
        setattr(story, name, history[: at(history, what="final")])
    assert found(story.check(), "I3", "two events have one seq")


def test_a_resend_acked_with_another_seq_is_found(story: Story) -> None:
    story.phone[at(story.phone, what="ack", mid="a2")]["seq"] = 5
    assert found(story.check(), "I1", "a2 of ann was acked, and b2 of bob has its seq")


def test_two_acks_with_two_seqs_are_found(story: Story) -> None:
    story.bob[at(story.bob, what="ack", mid="b1", dup=True)]["seq"] = 5
    assert found(story.check(), "I3", "b1 was acked as 2 and as 5")


def test_a_send_that_was_never_answered_is_found(story: Story) -> None:
    where = at(story.bob, what="final")
    story.bob.insert(where, send("b3"))
    assert only(story.check(), "I3", "b3 was sent and never answered")


def test_a_send_that_was_refused_and_stored_is_found(story: Story) -> None:
    where = at(story.bob, what="ack", mid="b2")
    refused = {"what": "refused", "conv": DIRECT, "mid": "b2", "code": "too_long"}
    story.bob[where : where + 1] = [refused, push(DIRECT_LOG[4])]
    assert only(story.check(), "I3", "b2 was refused each time, and is stored")


def test_a_send_whose_refusal_was_not_sure_may_be_stored(story: Story) -> None:
    where = at(story.bob, what="ack", mid="b2")
    unsure = {"code": "store_unavailable", "sure": False}
    refused = {"what": "refused", "conv": DIRECT, "mid": "b2", **unsure}
    story.bob[where:where] = [refused, send("b2")]
    story.bob[at(story.bob, what="ack", mid="b2")]["dup"] = True
    where = at(story.bob, what="ack", mid="b2")
    story.bob.insert(where, push(DIRECT_LOG[4]))
    assert story.check().held


def test_a_resend_refused_as_another_body_is_found(story: Story) -> None:
    where = at(story.bob, what="ack", mid="b1", dup=True)
    refused = {"what": "refused", "conv": DIRECT, "mid": "b1", "code": "mid_reused"}
    story.bob[where] = refused
    assert only(story.check(), "I3", "b1 was refused as another body's")


# --- I4


def test_a_reordered_pair_of_sends_is_found(story: Story) -> None:
    first, second = (at(story.bob, what="send", mid=mid) for mid in ("b1", "b2"))
    story.bob[first], story.bob[second] = story.bob[second], story.bob[first]
    assert only(story.check(), "I4", "b1 was sent after b2, and numbered before it")


def test_a_refused_send_does_not_move_the_order_of_others(story: Story) -> None:
    where = at(story.bob, what="send", mid="b1")
    refused = {"what": "refused", "conv": DIRECT, "mid": "b0", "code": "too_long"}
    story.bob.insert(where, send("b0"))
    story.bob.insert(at(story.bob, what="send", mid="b2"), refused)
    assert story.check().held


def test_a_send_that_an_earlier_connection_may_have_brought_has_no_order(story: Story) -> None:
    where = at(story.phone, what="ack", mid="a2")
    story.phone[where]["dup"] = False
    story.phone[where : where + 1] = []
    story.phone[at_push(story.phone, 3)] = ack("a2", 3)
    assert story.check().held


def test_a_reordered_pair_of_pushes_is_found(story: Story) -> None:
    third, fourth = at_push(story.bob, 3), at_push(story.bob, 4)
    story.bob[third], story.bob[fourth] = story.bob[fourth], story.bob[third]
    assert only(story.check(), "I4", "3 came after 4 on one connection")


def test_an_event_pushed_twice_is_found(story: Story) -> None:
    story.bob.insert(at_push(story.bob, 6), push(DIRECT_LOG[5]))
    assert only(story.check(), "I4", "6 came after 6")


def test_two_sends_of_one_name_under_way_are_both_acked(story: Story) -> None:
    where = at(story.bob, what="send", mid="b2")
    story.bob.insert(where + 1, send("b2"))
    where = at(story.bob, what="ack", mid="b2")
    story.bob.insert(where + 1, ack("b2", 5))
    assert story.check().held


def test_a_sync_goes_back_once_only(story: Story) -> None:
    where = at_push(story.phone, 4)
    story.phone[where + 1 : where + 1] = [push(DIRECT_LOG[2]), push(DIRECT_LOG[3])]
    assert only(story.check(), "I4", "3 came after 4")


# --- I5


def test_a_lag_that_was_never_made_good_is_found(story: Story) -> None:
    asked = at(story.tablet, what="history", id="r1")
    del story.tablet[asked : asked + 4]
    verdict = story.check()
    assert only(verdict, "I5", "was told that it lags, and never got 5 to 6")
    assert any('"lagging"' in quoted.text for quoted in verdict.violations[0].proof)


def test_a_connection_closed_for_slowness_is_found(story: Story) -> None:
    where = at(story.phone, what="close")
    story.phone[where]["code"] = 4408
    assert only(story.check(), "I5", "closed as silent")


def test_a_connection_that_was_silent_may_be_closed(story: Story) -> None:
    where = at(story.phone, what="close")
    story.phone[where] |= {"code": 4408, "t": where + 61.0}
    assert story.check().held


# --- I6


def test_a_position_that_goes_back_is_found(story: Story) -> None:
    where = at(story.phone, what="marks", mark=[DIRECT, "bob", 5, 5])
    story.phone.insert(where + 1, marks("bob", 4, 5))
    assert only(story.check(), "I6", "the read position of bob went back from 5 to 4")


def test_a_position_that_is_less_after_a_restart_is_found(story: Story) -> None:
    synced = [number for number, line in enumerate(story.phone) if line["what"] == "synced"]
    story.phone[synced[0]] = {"what": "synced", "marks": [[DIRECT, "bob", 2, 3]]}
    assert only(story.check(), "I6", "the read position of bob went back from 2 to 1")


def test_a_mark_on_its_way_while_a_sync_is_answered_does_not_go_back(story: Story) -> None:
    where = at(story.phone, what="synced", marks=[[DIRECT, "ann", 0, 0], [DIRECT, "bob", 1, 3]])
    story.phone.insert(where, marks("bob", 2, 3))
    assert story.check().held


def test_a_position_beyond_the_head_is_found(story: Story) -> None:
    where = at(story.bob, what="marks")
    story.bob[where] = marks("bob", 9, 9)
    verdict = story.check()
    assert found(verdict, "I6", "bob's position 9/9 is beyond the head 6")


def test_a_position_that_does_not_reach_the_own_other_device_is_found(story: Story) -> None:
    last = [line for line in story.tablet if line["what"] == "synced"][-1]
    last["marks"] = [[DIRECT, "ann", 4, 6], [DIRECT, "bob", 6, 6]]
    assert found(story.check(), "I6", "ann's devices end with read positions [4, 5]")


def test_a_position_that_was_moved_and_not_kept_is_found(story: Story) -> None:
    for history in (story.phone, story.tablet, story.bob):
        history[:] = [line for line in history if line != marks("bob", 6, 6)]
        last = [line for line in history if line["what"] == "synced"][-1]
        last["marks"] = [[DIRECT, "ann", 5, 6], [DIRECT, "bob", 5, 5]]
    assert found(story.check(), "I6", "bob moved the read position to 6, and it ends at 5")


# --- I7


def test_a_push_after_leaving_is_found(story: Story) -> None:
    story.bob.insert(at(story.bob, what="final"), push(GROUP_LOG[3], GROUP))
    verdict = story.check()
    assert only(verdict, "I7", "bob had left by 3, and got 4")
    assert {quoted.file for shown in verdict.violations for quoted in shown.proof} == {"bob.jsonl"}


def test_a_page_after_leaving_is_found(story: Story) -> None:
    last = final_page(story.bob, GROUP)
    last["events"], last["head"] = GROUP_LOG, 4
    assert only(story.check(), "I7", "bob had left by 3, and got 4")


def test_who_left_while_they_wrote_is_acked_beyond_what_they_may_read(story: Story) -> None:
    last = [5, "g3", "bob", 1005, 3, "message", body("g3")]
    for history in (story.phone, story.tablet):
        history.insert(at(history, what="final"), push(last, GROUP))
        page = final_page(history, GROUP)
        page["events"], page["head"] = [*GROUP_LOG, last], 5
    where = at(story.bob, what="final")
    story.bob[where:where] = [send("g3", GROUP), ack("g3", 5, GROUP)]
    verdict = story.check()
    assert verdict.held, in_words(verdict)


def test_who_comes_back_may_read_on_from_there(story: Story) -> None:
    back: list[Any] = [5, "x3", "mia", 1005, 2, "member", "", ["bob"], []]
    for history in (story.phone, story.tablet):
        history.insert(at(history, what="final"), push(back, GROUP))
        last = final_page(history, GROUP)
        last["events"], last["head"] = [*GROUP_LOG, back], 5
    story.bob.insert(at(story.bob, what="final"), push(back, GROUP))
    last = final_page(story.bob, GROUP)
    last |= {"events": [back], "head": 5, "first_seq": 5}
    verdict = story.check()
    assert verdict.held, in_words(verdict)


# --- files


def test_the_line_that_a_killed_client_did_not_finish_is_left_out(story: Story) -> None:
    verdict = story.check(cut='{"what":"push","conv":"d:ann')
    assert verdict.held
    assert verdict.counts.cut_lines == 1


@pytest.mark.parametrize(
    "spoilt",
    [
        "no json\n",
        '{"what":"nobody knows this","t":1}\n',
        '{"what":"push","conv":"c","event":[1],"t":1}\n',
        '{"what":"client","t":1,"user":"eve","device":"phone","format":1}\n',
        '{"what":"client","t":1,"user":"bob","device":"phone","format":2}\n',
    ],
)
def test_a_line_that_is_none_makes_a_history_unreadable(story: Story, spoilt: str) -> None:
    with pytest.raises(Unreadable, match=r"bob\.jsonl:\d+"):
        story.check(cut=spoilt)


def test_a_history_begins_with_its_client(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"what":"open","t":1}\n')
    with pytest.raises(Unreadable, match="begins with a `client` line"):
        check(tmp_path)


def test_a_folder_without_histories_is_unreadable(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(Unreadable, match="no histories"):
            check(folder)


def test_many_violations_are_counted_and_some_are_shown(story: Story) -> None:
    where = at(story.bob, what="final")
    story.bob[where:where] = [push(DIRECT_LOG[0])] * 50
    verdict = story.check()
    assert verdict.broken == {"I4": 50}
    assert len(verdict.violations) == 20
    assert "I4: 30 more" in in_words(verdict)
