"""Campaigns: who is to get which words, what two others approved, and what became of each.

An approval is of a hash over the exact content and audience; any change voids it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from math import sqrt

import msgspec

from chat_server.domain.accounts.following import Follower
from chat_server.domain.errors import InvalidValue, TooLong

SMALLEST = 20  # a smaller segment says too much of the people in it
MAX_LISTED = 10_000  # customers of an uploaded list
MAX_VARIANTS = 5
MAX_TEXT = 1_000
MAX_HOLD_OUT = 50  # per cent
WEEKLY = 3  # campaigns that reach one customer in seven days
WEEK_MS = 7 * 86_400_000
RECALL_MS = 24 * 3_600_000
_Z = 1.959964  # of the two-sided 95 % interval


class Audience(msgspec.Struct, frozen=True):
    """Followers who have all of `tags`, none of `without`, and are among what is said beside.

    What is empty does not matter. `customers` is an uploaded list.
    """

    tags: Sequence[int] = ()
    without: Sequence[int] = ()
    languages: Sequence[str] = ()
    branches: Sequence[str] = ()
    customers: Sequence[str] = ()

    def meets(self, follower: Follower, language: str, branch: str) -> bool:
        tags = set(follower.tags)
        return (
            follower.following
            and tags.issuperset(self.tags)
            and tags.isdisjoint(self.without)
            and (not self.languages or language in self.languages)
            and (not self.branches or branch in self.branches)
        )


class CampaignPlan(msgspec.Struct, frozen=True):
    """What is approved. `texts` are the variants of a test, one for each customer.

    `hold_out` per cent get nothing. A campaign that is not `service` asks for the consent to
    offers. `at_ms`: not before.
    """

    name: str
    audience: Audience
    texts: Sequence[str]
    hold_out: int = 0
    service: bool = False
    at_ms: int = 0


class CampaignState(StrEnum):
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"  # by one; another releases it
    RUNNING = "running"  # from its time on, outside quiet hours
    PAUSED = "paused"
    DONE = "done"
    REJECTED = "rejected"
    RECALLING = "recalling"
    RECALLED = "recalled"


class Campaign(msgspec.Struct, frozen=True):
    """`enrolled_to` is the last follower that was looked at; `enrolled`: all were."""

    campaign_id: str
    account: str
    plan: CampaignPlan
    content_hash: str
    state: CampaignState
    maker: str
    submitted_ms: int
    size: int  # followers who met the audience when it was submitted
    reviewer: str = ""
    checker: str = ""
    released_ms: int = 0
    reason: str = ""
    enrolled_to: str = ""
    enrolled: bool = False
    version: int = 0


class RecipientState(StrEnum):
    QUEUED = "queued"
    HELD_OUT = "held_out"
    SUPPRESSED = "suppressed"
    SENT = "sent"
    READ = "read"
    RECALLED = "recalled"


class Recipient(msgspec.Struct, frozen=True):
    """One customer of one campaign: there is one at most. `seq` is the message's."""

    campaign: str
    customer: str
    variant: int
    state: RecipientState
    reason: str = ""
    seq: int = 0
    at_ms: int = 0


class Tally(msgspec.Struct, frozen=True):
    variant: int
    state: RecipientState
    reason: str
    count: int


class VariantResult(msgspec.Struct, frozen=True):
    """`low` and `high`: the 95 % Wilson score interval of the share that read it."""

    variant: int
    sent: int
    read: int
    low: float
    high: float


def hash_plan(account: str, plan: CampaignPlan) -> str:
    """SHA-256 over account, content, audience and time: what is approved is this alone."""
    return hashlib.sha256(msgspec.json.encode([account, plan])).hexdigest()


def check_plan(plan: CampaignPlan) -> None:
    """InvalidValue or TooLong, naming the field."""
    if not 1 <= len(plan.name.strip()) <= 64:  # noqa: PLR2004 - as the shape of HTTP says
        raise InvalidValue("name: 1 to 64 characters")
    if not 1 <= len(plan.texts) <= MAX_VARIANTS:
        raise InvalidValue(f"texts: 1 to {MAX_VARIANTS}")
    if any(not 1 <= len(text.strip()) <= MAX_TEXT for text in plan.texts):
        raise InvalidValue(f"texts: each has 1 to {MAX_TEXT} characters")
    if not 0 <= plan.hold_out <= MAX_HOLD_OUT:
        raise InvalidValue(f"hold_out: 0 to {MAX_HOLD_OUT} per cent")
    if len(plan.audience.customers) > MAX_LISTED:
        raise TooLong(f"audience.customers: at most {MAX_LISTED}")


def enrolled(campaign: Campaign, customer: str, at_ms: int) -> Recipient:
    """Where chance puts the customer, which is the same whenever it is asked."""
    mixed = hashlib.sha256(f"{campaign.campaign_id}:{customer}".encode()).digest()
    held = int.from_bytes(mixed[:4]) % 100 < campaign.plan.hold_out
    variant = int.from_bytes(mixed[4:8]) % len(campaign.plan.texts)
    state = RecipientState.HELD_OUT if held else RecipientState.QUEUED
    return Recipient(campaign.campaign_id, customer, variant, state, at_ms=at_ms)


def results(tallies: Sequence[Tally]) -> Sequence[VariantResult]:
    """Of each variant, how many it was sent to and how many read it, with the interval.

    The interval is Wilson's (1927): it holds for small numbers and shares near 0 or 1.
    """
    told: dict[int, list[int]] = {}
    for each in tallies:
        sent = each.state in {RecipientState.SENT, RecipientState.READ, RecipientState.RECALLED}
        if sent:
            counts = told.setdefault(each.variant, [0, 0])
            counts[0] += each.count
            counts[1] += each.count if each.state is RecipientState.READ else 0
    return [
        VariantResult(variant, sent, read, *wilson(read, sent))
        for variant, (sent, read) in sorted(told.items())
    ]


def wilson(hits: int, count: int) -> tuple[float, float]:
    if not count:
        return 0.0, 1.0
    share, z2 = hits / count, _Z * _Z
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = _Z * sqrt(share * (1 - share) / count + z2 / (4 * count * count)) / (1 + z2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def winner(told: Sequence[VariantResult]) -> int | None:
    """The variant that a larger share read, if it certainly is larger than the second's.

    Certainly: the 95 % interval of the difference, by Newcombe's hybrid score method (1998,
    method 10), lies above zero.
    """
    ranked = sorted(
        (each for each in told if each.sent), key=lambda each: each.read / each.sent, reverse=True
    )
    if len(ranked) < 2:  # noqa: PLR2004 - a comparison is of two
        return None
    best, second = ranked[:2]
    ours, theirs = best.read / best.sent, second.read / second.sent
    below = ours - theirs - sqrt((ours - best.low) ** 2 + (second.high - theirs) ** 2)
    return best.variant if below > 0 else None
