from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from chat_server.session.outbox import Outbox, Outlet

LIMIT = 100


class Line:
    """A line that takes bytes when it is let."""

    def __init__(self) -> None:
        self.soon: list[Callable[[], None]] = []
        self.written: list[bytes] = []
        self.waiting = 0
        self.outlet = Outlet(self.soon.append)
        self.outbox = Outbox(self.outlet, self.write, lambda: self.waiting, LIMIT)

    def write(self, data: bytes) -> None:
        self.written.append(data)
        self.waiting += len(data)

    def turn(self) -> None:
        soon, self.soon[:] = list(self.soon), []
        for call in soon:
            call()


def test_what_is_put_in_during_one_turn_leaves_in_one_write():
    line = Line()
    assert line.outbox.push(b"one")
    line.outbox.answer(b"two")
    assert line.written == []
    line.turn()
    assert line.written == [b"onetwo"]
    line.turn()
    assert line.written == [b"onetwo"]


def test_what_is_put_in_at_once_leaves_at_the_end_and_asks_for_no_turn():
    line = Line()
    with line.outlet.at_once():
        line.outbox.push(b"one")
        line.outbox.push(b"two")
        assert line.written == []
    assert line.written == [b"onetwo"]
    assert line.soon == []
    line.outbox.push(b"three")
    line.turn()
    assert line.written == [b"onetwo", b"three"]


def test_what_waited_for_its_turn_leaves_with_what_is_put_in_at_once():
    line = Line()
    line.outbox.push(b"early")
    with line.outlet.at_once():
        line.outbox.push(b"late")
    assert line.written == [b"earlylate"]
    line.turn()
    line.outbox.push(b"next")
    line.turn()
    assert line.written == [b"earlylate", b"next"]


def test_what_fails_in_between_keeps_nothing_back():
    line = Line()
    with suppress(KeyError), line.outlet.at_once():
        line.outbox.push(b"one")
        raise KeyError
    assert line.written == [b"one"]


def test_a_push_beyond_the_limit_is_refused_and_an_answer_is_not():
    line = Line()
    assert line.outbox.push(b"x" * 90)
    assert not line.outbox.push(b"x" * 11)
    assert not line.outbox.full
    line.outbox.answer(b"x" * 11)
    assert line.outbox.full
    line.turn()
    assert sum(map(len, line.written)) == 101


def test_what_left_makes_room():
    line = Line()
    line.outbox.push(b"x" * 100)
    line.turn()
    assert not line.outbox.push(b"x")
    line.waiting = 50
    assert line.outbox.push(b"x" * 50)
    assert not line.outbox.push(b"x")


def test_closing_writes_what_waits_and_takes_no_more():
    line = Line()
    line.outbox.push(b"last")
    line.outbox.close()
    assert line.written == [b"last"]
    assert line.outbox.push(b"x")
    line.outbox.answer(b"y")
    line.turn()
    assert line.written == [b"last"]


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["push", "turn", "drain"]), st.integers(1, 60)), max_size=60
    )
)
def test_pushes_never_pile_up_and_none_is_lost_once_taken(steps):
    line, taken = Line(), b""
    for number, (what, size) in enumerate(steps):
        if what == "push":
            frame = bytes([number]) * size
            if line.outbox.push(frame):
                taken += frame
        elif what == "turn":
            line.turn()
        else:
            line.waiting = max(0, line.waiting - size)
        assert line.outbox.size() <= LIMIT
    line.turn()
    assert b"".join(line.written) == taken
