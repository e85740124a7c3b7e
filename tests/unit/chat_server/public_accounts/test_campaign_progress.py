from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chat_server.domain.accounts.campaigns import REACHED, Recipient, RecipientState
from chat_server.domain.accounts.progress import Mark, Step, is_first, stepped

STATES = st.sampled_from(RecipientState)
MARKS = st.builds(
    Mark,
    st.just("c"),
    st.just("a"),
    st.sampled_from(Step),
    st.integers(1, 99),
    seq=st.integers(0, 5),
    fen=st.integers(1, 10**6),
    position=st.integers(1, 20),
)
ORDER = ["sent", "delivered", "read", "clicked", "converted"]


def row(state: RecipientState, seq: int = 3) -> Recipient:
    return Recipient("c", "a", 0, state, seq=seq, at_ms=1)


def walked(one: Recipient, marks: list[Mark]) -> Recipient:
    for mark in marks:
        one = stepped(one, mark)
    return one


@given(STATES, st.lists(MARKS, max_size=12))
def test_a_row_only_goes_forward_and_later_steps_prove_earlier_ones(
    state: RecipientState, marks: list[Mark]
) -> None:
    one = row(state)
    for mark in marks:
        after = stepped(one, mark)
        for field in ("delivered_ms", "read_ms", "clicked_ms", "converted_ms", "left_ms"):
            assert getattr(one, field) in {0, getattr(after, field)}
        assert after.revenue >= one.revenue
        assert after.paid_to >= one.paid_to
        if one.state in ORDER:
            assert ORDER.index(after.state) >= ORDER.index(one.state)
        elif one.state is not RecipientState.QUEUED:
            assert after.state is one.state
        assert bool(after.clicked_ms) <= bool(after.read_ms) <= bool(after.delivered_ms)
        one = after
    if one.state not in REACHED:
        assert (one.delivered_ms, one.left_ms) == (0, 0)
    if one.state is RecipientState.QUEUED:
        assert one == row(state)


@given(STATES, st.lists(MARKS, max_size=8))
def test_what_is_told_again_changes_nothing(state: RecipientState, marks: list[Mark]) -> None:
    one = row(state)
    for mark in marks:
        one = stepped(one, mark)
        assert stepped(one, mark) is one


@given(STATES, st.lists(MARKS, max_size=8))
def test_a_first_step_is_told_of_once(state: RecipientState, marks: list[Mark]) -> None:
    one, firsts = row(state), []
    for mark in marks * 2:
        after = stepped(one, mark)
        firsts += [mark.step] if is_first(one, after, mark.step) else []
        one = after
    assert len(firsts) == len(set(firsts))


@given(st.lists(MARKS.filter(lambda mark: mark.step is not Step.CONVERTED), max_size=4))
def test_whatever_order_steps_are_told_in_the_state_is_the_same(marks: list[Mark]) -> None:
    ends = {walked(row(RecipientState.SENT), list(order)).state for order in permutations(marks)}
    assert len(ends) == 1


@given(st.lists(st.integers(1, 99), unique=True, max_size=9))
def test_every_purchase_counts_once_however_often_the_outbox_is_read(paid: list[int]) -> None:
    marks = [Mark("c", "a", Step.CONVERTED, 5, fen=at, position=at) for at in sorted(paid)]
    one = row(RecipientState.HELD_OUT)
    for again in range(len(marks)):
        one = walked(one, marks[again // 2 :])
    assert one.revenue == sum(paid)
    assert one.state is RecipientState.HELD_OUT


def test_a_click_proves_that_what_is_still_queued_was_sent() -> None:
    queued = row(RecipientState.QUEUED, seq=0)
    clicked = stepped(queued, Mark("c", "a", Step.CLICKED, 9, seq=4))
    assert (clicked.state, clicked.seq, clicked.at_ms) == (RecipientState.CLICKED, 4, 9)
    assert stepped(queued, Mark("c", "a", Step.READ, 9)) is queued
    assert stepped(queued, Mark("c", "a", Step.CONVERTED, 9, position=1)) is queued


def test_who_is_suppressed_buys_without_having_been_reached() -> None:
    bought = stepped(
        row(RecipientState.SUPPRESSED), Mark("c", "a", Step.CONVERTED, 9, fen=5, position=1)
    )
    assert bought == replace(row(RecipientState.SUPPRESSED), converted_ms=9, revenue=5, paid_to=1)
