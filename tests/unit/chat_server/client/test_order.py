from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from chat_server.client.order import Order
from chat_server.wire.frames import Event


def event(seq: int) -> Event:
    body = Raw(b"{}")
    return Event("c", seq, f"m{seq}", from_="ann", ts=1, kind="message", n=seq, body=body)


@given(
    arrivals=st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=80),
    start=st.integers(0, 5),
)
def test_whatever_arrives_is_handed_on_once_and_in_order(arrivals, start):
    order = Order(start)
    handed: list[int] = []
    own: dict[int, bool] = {}
    for seq, drawn in arrivals:
        mine = own.setdefault(seq, drawn)
        handed += [one.seq for one in order.arrive(seq, None if mine else event(seq))]
        assert order.missing == any(s > order.cursor for s in own)
    assert handed == [s for s in range(start + 1, order.cursor + 1) if not own[s]]
    assert order.cursor + 1 not in own or order.cursor + 1 <= start


def test_until_the_cursor_is_known_nothing_is_handed_on():
    order = Order()
    assert list(order.arrive(8, event(8))) == []
    assert list(order.arrive(7, event(7))) == []
    assert not order.missing
    assert order.first_early == 7
    assert [one.seq for one in order.begin(6)] == [7, 8]
    assert order.cursor == 8


def test_a_later_beginning_skips_what_lies_before():
    order = Order(0)
    order.arrive(3, event(3))
    order.arrive(9, event(9))
    assert list(order.begin(5)) == []
    assert order.cursor == 5
    assert order.missing
