"""What is a person's own: the rules by themselves."""

from __future__ import annotations

import pytest

from chat_server.domain.bodies import About
from chat_server.domain.conversation import Membership, Role
from chat_server.domain.own import Clear, Settle, carried_over, names, settled

ANN = Membership("g:1", "ann", Role.MEMBER, first_seq=3)


def muted(**fields: object) -> Membership:
    return Membership("g:1", "ann", Role.MEMBER, muted=True, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("about", "called"),
    [
        (None, False),
        (About(reply_to=3), False),
        (About(mentions=("bob",)), False),
        (About(mentions=("bob", "ann")), True),
        (About(mentions=("*",)), True),
    ],
)
def test_a_message_calls_by_name_or_everybody(about, called):
    assert names(about, "ann") == called


@pytest.mark.parametrize(("seq", "first"), [(0, 3), (2, 3), (3, 4), (9, 10), (99, 10)])
def test_clearing_goes_forward_and_not_beyond_the_head(seq, first):
    assert settled(ANN, Clear(seq), 9).first_seq == first


def test_what_is_not_wished_stays():
    pinned = settled(ANN, Settle(pinned=True), 9)
    assert settled(pinned, Settle(), 9) == pinned
    assert settled(pinned, Settle(muted=True), 9).pinned


def test_hiding_lasts_until_the_log_goes_on():
    hidden = settled(ANN, Settle(hidden=True), 9)
    assert hidden.hidden_seq == 10
    assert settled(hidden, Settle(hidden=False), 9).hidden_seq == 0


def test_who_comes_back_is_as_they_wanted_it_but_not_marked():
    former = muted(first_seq=7, pinned=True, marked=True, hidden_seq=9)
    back = carried_over(former, Membership("g:1", "ann", Role.ADMIN, first_seq=5))
    assert (back.role, back.first_seq, back.pinned, back.muted) == (Role.ADMIN, 7, True, True)
    assert (back.marked, back.hidden_seq) == (False, 0)
    assert carried_over(None, ANN) is ANN
