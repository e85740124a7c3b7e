"""What a campaign's ledger says: funnel, variants, segments, and the lift over the hold-out.

Every share of few stands with its interval. Nothing here names a customer, and a segment of
fewer people than a campaign may go to is summed with the other small ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt

import msgspec

from chat_server.domain.accounts.campaigns import REACHED, SMALLEST, RecipientState, Tally

OTHERS = "*"  # the segments that are too small to be told of, together
_Z = 1.959964  # of the two-sided 95 % interval


class Funnel(msgspec.Struct, frozen=True):
    """People who came so far, each counted in every step that they took; `revenue` in fen.

    `unsubscribed` of those it was sent to.
    """

    enrolled: int
    held_out: int
    queued: int
    suppressed: int
    failed: int
    sent: int
    delivered: int
    read: int
    clicked: int
    converted: int
    unsubscribed: int
    revenue: int


class VariantResult(msgspec.Struct, frozen=True):
    """`low` and `high`: the 95 % Wilson score interval of the share that read it."""

    variant: int
    sent: int
    read: int
    low: float
    high: float
    delivered: int = 0
    clicked: int = 0
    converted: int = 0
    unsubscribed: int = 0
    revenue: int = 0


class SegmentResult(msgspec.Struct, frozen=True):
    """Those whose `kind` (language, branch) is `value`; `OTHERS`: the small ones together."""

    kind: str
    value: str
    sent: int
    delivered: int
    read: int
    clicked: int
    converted: int
    unsubscribed: int
    revenue: int


class Lift(msgspec.Struct, frozen=True):
    """The share of buyers among all who were not held out, less the share among the held out.

    Who was not held out counts whether the message reached them or not: chance made the two
    groups alike, what came after did not. `low` and `high`: the 95 % interval of the
    difference by Newcombe's hybrid score method (1998, method 10).
    """

    offered: int
    offered_converted: int
    held: int
    held_converted: int
    difference: float
    low: float
    high: float


class _Sum(msgspec.Struct):
    sent: int = 0
    delivered: int = 0
    read: int = 0
    clicked: int = 0
    converted: int = 0
    unsubscribed: int = 0
    revenue: int = 0

    def add(self, each: Tally) -> None:
        self.sent += each.count
        self.delivered += each.delivered
        self.read += each.read
        self.clicked += each.clicked
        self.converted += each.converted
        self.unsubscribed += each.left
        self.revenue += each.revenue

    def join(self, other: _Sum) -> None:
        for field in self.__struct_fields__:
            setattr(self, field, getattr(self, field) + getattr(other, field))


def funnel(tallies: Sequence[Tally]) -> Funnel:
    told = _summed(_reached(tallies))

    def people(state: RecipientState) -> int:
        return sum(each.count for each in tallies if each.state is state)

    return Funnel(
        enrolled=sum(each.count for each in tallies),
        held_out=people(RecipientState.HELD_OUT),
        queued=people(RecipientState.QUEUED),
        suppressed=people(RecipientState.SUPPRESSED),
        failed=people(RecipientState.FAILED),
        sent=told.sent,
        delivered=told.delivered,
        read=told.read,
        clicked=told.clicked,
        converted=told.converted,
        unsubscribed=told.unsubscribed,
        revenue=told.revenue,
    )


def results(tallies: Sequence[Tally]) -> Sequence[VariantResult]:
    """Of each variant, how many it was sent to and what they did, with the interval of reading.

    The interval is Wilson's (1927): it holds for small numbers and shares near 0 or 1.
    """
    told: dict[int, _Sum] = {}
    for each in _reached(tallies):
        told.setdefault(each.variant, _Sum()).add(each)
    return [
        VariantResult(
            variant,
            one.sent,
            one.read,
            *wilson(one.read, one.sent),
            one.delivered,
            one.clicked,
            one.converted,
            one.unsubscribed,
            one.revenue,
        )
        for variant, one in sorted(told.items())
    ]


def segments(tallies: Sequence[Tally]) -> Sequence[SegmentResult]:
    """By language, then by branch, those with the most people first, the small ones last.

    The small ones together are left out if even so they are too few.
    """
    found = []
    for kind in ("language", "branch"):
        told: dict[str, _Sum] = {}
        for each in _reached(tallies):
            told.setdefault(getattr(each, kind), _Sum()).add(each)
        others = _Sum()
        for value in [value for value, one in told.items() if one.sent < SMALLEST]:
            others.join(told.pop(value))
        ranked = sorted(told.items(), key=lambda item: (-item[1].sent, item[0]))
        if others.sent >= SMALLEST:
            ranked.append((OTHERS, others))
        found += [
            SegmentResult(kind, value, *msgspec.structs.astuple(one)) for value, one in ranked
        ]
    return found


def lift(tallies: Sequence[Tally]) -> Lift | None:
    """None without a hold-out, or while nobody was offered anything."""
    held = [each for each in tallies if each.state is RecipientState.HELD_OUT]
    offered = [each for each in tallies if each.state is not RecipientState.HELD_OUT]
    counts = [sum(each.count for each in group) for group in (offered, held)]
    if not all(counts):
        return None
    bought = [sum(each.converted for each in group) for group in (offered, held)]
    told = newcombe(bought[0], counts[0], bought[1], counts[1])
    return Lift(counts[0], bought[0], counts[1], bought[1], *told)


def winner(told: Sequence[VariantResult]) -> int | None:
    """The variant that a larger share read, if it certainly is larger than the second's.

    Certainly: the 95 % interval of the difference lies above zero.
    """
    ranked = sorted(
        (each for each in told if each.sent), key=lambda each: each.read / each.sent, reverse=True
    )
    if len(ranked) < 2:  # noqa: PLR2004 - a comparison is of two
        return None
    best, second = ranked[:2]
    _, low, _ = newcombe(best.read, best.sent, second.read, second.sent)
    return best.variant if low > 0 else None


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927); all there is when nobody was asked."""
    if not count:
        return 0.0, 1.0
    share, z2 = hits / count, _Z * _Z
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = _Z * sqrt(share * (1 - share) / count + z2 / (4 * count * count)) / (1 + z2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def newcombe(
    hits: int, count: int, other_hits: int, other_count: int
) -> tuple[float, float, float]:
    """The difference of two shares of somebody and its 95 % interval (Newcombe 1998, method 10)."""
    ours, theirs = hits / count, other_hits / other_count
    low, high = wilson(hits, count)
    other_low, other_high = wilson(other_hits, other_count)
    difference = ours - theirs
    below = sqrt((ours - low) ** 2 + (other_high - theirs) ** 2)
    above = sqrt((high - ours) ** 2 + (theirs - other_low) ** 2)
    return difference, difference - below, difference + above


def _reached(tallies: Iterable[Tally]) -> list[Tally]:
    return [each for each in tallies if each.state in REACHED]


def _summed(tallies: Iterable[Tally]) -> _Sum:
    told = _Sum()
    for each in tallies:
        told.add(each)
    return told
