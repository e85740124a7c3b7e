"""How far one person came with a campaign: sent, delivered, read, clicked, bought; or left.

A row only goes forward. A later step proves the ones before it, so who clicked has read. What
is told twice, late or in another order leads to the same row, but for the times.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from chat_server.domain.accounts.campaigns import REACHED, Recipient, RecipientState
from chat_server.domain.facts import Fact


class Step(StrEnum):
    DELIVERED = "delivered"
    READ = "read"
    CLICKED = "clicked"
    CONVERTED = "converted"
    LEFT = "left"  # followed no more, or withdrew the consent to offers


class Mark(msgspec.Struct, frozen=True):
    """Somebody took a step. `seq` is the message's, which a click proves.

    A purchase has its `fen` and its `position` in the bank's outbox: those up to a row's
    `paid_to` are counted already. `fact` is recorded when it is the first of the step.
    """

    campaign: str
    customer: str
    step: Step
    at_ms: int
    seq: int = 0
    fen: int = 0
    position: int = 0
    fact: Fact | None = None


_STATES = {
    Step.DELIVERED: RecipientState.DELIVERED,
    Step.READ: RecipientState.READ,
    Step.CLICKED: RecipientState.CLICKED,
    Step.CONVERTED: RecipientState.CONVERTED,
}
_RANK: Mapping[RecipientState, int] = {
    state: rank
    for rank, state in enumerate([RecipientState.QUEUED, RecipientState.SENT, *_STATES.values()])
}
_TIMES = {step: f"{step.value}_ms" for step in Step}


def stepped(one: Recipient, mark: Mark) -> Recipient:
    """The row after the step; the row itself when nothing is new, or the step is not for it."""
    if one.state is RecipientState.QUEUED and mark.step is Step.CLICKED and mark.seq:
        # Pressed between the message and the row that says that it was sent.
        one = replace(one, state=RecipientState.SENT, seq=mark.seq, at_ms=mark.at_ms)
    if mark.step is Step.CONVERTED:  # of everybody: the hold-out is compared with all others
        return one if one.state is RecipientState.QUEUED else _paid(one, mark)
    if one.state not in REACHED:
        return one
    if mark.step is Step.LEFT:
        return one if one.left_ms else replace(one, left_ms=mark.at_ms)
    steps = list(_STATES)[: list(_STATES).index(mark.step) + 1]
    times = {_TIMES[each]: mark.at_ms for each in steps if not getattr(one, _TIMES[each])}
    return _raised(replace(one, **times), mark.step) if times else one


def is_first(before: Recipient, after: Recipient, step: Step) -> bool:
    return bool(getattr(after, _TIMES[step])) and not getattr(before, _TIMES[step])


def _paid(one: Recipient, mark: Mark) -> Recipient:
    if mark.position <= one.paid_to:
        return one
    after = replace(
        one,
        revenue=one.revenue + mark.fen,
        paid_to=mark.position,
        converted_ms=one.converted_ms or mark.at_ms,
    )
    return _raised(after, Step.CONVERTED)


def _raised(one: Recipient, step: Step) -> Recipient:
    """Who was held out or held back, or whose message was recalled, stays so all the same."""
    state = _STATES[step]
    rank = _RANK.get(one.state)
    return one if rank is None or rank >= _RANK[state] else replace(one, state=state)
