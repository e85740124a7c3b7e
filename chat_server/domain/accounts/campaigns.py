"""Campaigns: who is to get which words, what two others approved, and what became of each.

An approval is of a hash over the exact content and audience; any change voids it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from chat_server.domain.accounts.behaviour import Behaviour, Cut, Likely, check_narrowing
from chat_server.domain.accounts.following import Follower
from chat_server.domain.accounts.journey import JourneyStep, check_steps
from chat_server.domain.accounts.spread import MAX_OVER
from chat_server.domain.errors import InvalidValue, TooLong

SMALLEST = 20  # a smaller segment says too much of the people in it
MAX_LISTED = 10_000  # customers of an uploaded list
MAX_VARIANTS = 5
MAX_TEXT = 1_000
MAX_HOLD_OUT = 50  # per cent
WEEKLY = 3  # campaigns that reach one customer in seven days
WEEK_MS = 7 * 86_400_000
RECALL_MS = 24 * 3_600_000
MAX_WINDOW = 30  # days after it was sent in which a purchase counts for a campaign
_PAGE = re.compile(r"https://[^\s/?#@\\]+([/?#]\S{0,1900})?")
MAX_TITLE = 32  # of the button under the words


class Audience(msgspec.Struct, frozen=True):
    """Followers who have all of `tags`, none of `without`, and are among what is said beside.

    What is empty does not matter. `customers` is an uploaded list. Whoever is left is narrowed
    by what they did and what they might want.
    """

    tags: Sequence[int] = ()
    without: Sequence[int] = ()
    languages: Sequence[str] = ()
    branches: Sequence[str] = ()
    customers: Sequence[str] = ()
    behaviours: Sequence[Behaviour] = ()
    likely: Likely | None = None

    def meets(self, follower: Follower, language: str, branch: str) -> bool:
        tags = set(follower.tags)
        return (
            follower.following
            and tags.issuperset(self.tags)
            and tags.isdisjoint(self.without)
            and (not self.languages or language in self.languages)
            and (not self.branches or branch in self.branches)
        )


class Button(msgspec.Struct, frozen=True):
    """What stands under the words and leads to a page; pressing it is a click."""

    title: str
    url: str


class CampaignPlan(msgspec.Struct, frozen=True):
    """What is approved. `texts` are the variants of a test, one for each customer.

    `hold_out` per cent get nothing. A campaign that is not `service` asks for the consent to
    offers. `at_ms`: not before. A purchase within `window_days` after it was sent counts as
    its; 0: none is. Recipients get it evenly over `over_minutes`; 0: as fast as it goes.
    """

    name: str
    audience: Audience
    texts: Sequence[str]
    hold_out: int = 0
    service: bool = False
    at_ms: int = 0
    button: Button | None = None
    window_days: int = 7
    over_minutes: int = 0
    steps: Sequence[JourneyStep] = ()  # after it, for those of whom more is so


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
    queued: int = 0  # how many waited when all were enrolled
    paced_ms: int = 0  # up to when recipients had their turn
    cut: Cut | None = None  # of the recommender's best, found when enrolment begins
    version: int = 0


class RecipientState(StrEnum):
    QUEUED = "queued"
    WAITING = "waiting"  # of a further step, until it is due
    SKIPPED = "skipped"  # of a further step whose condition was not so
    HELD_OUT = "held_out"
    SUPPRESSED = "suppressed"
    FAILED = "failed"  # the store refused the message, for the reason
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    CLICKED = "clicked"
    CONVERTED = "converted"
    RECALLED = "recalled"


OPEN_TO = (  # furthest of those who have the message: what a recall takes back
    RecipientState.SENT,
    RecipientState.DELIVERED,
    RecipientState.READ,
    RecipientState.CLICKED,
    RecipientState.CONVERTED,
)
REACHED = frozenset({*OPEN_TO, RecipientState.RECALLED})


class Recipient(msgspec.Struct, frozen=True):
    """One customer of one campaign: there is one at most. `seq` is the message's.

    `at_ms` is when the customer was sent it, or was enrolled, or held back. `language` and
    `branch` are as at enrolment. The other times are 0 until then; `revenue` is in fen, of
    what the bank's outbox told up to `paid_to`.
    """

    campaign: str
    customer: str
    variant: int
    state: RecipientState
    reason: str = ""
    seq: int = 0
    at_ms: int = 0
    language: str = ""
    branch: str = ""
    delivered_ms: int = 0
    read_ms: int = 0
    clicked_ms: int = 0
    converted_ms: int = 0
    left_ms: int = 0
    revenue: int = 0
    paid_to: int = 0


class Tally(msgspec.Struct, frozen=True):
    """How many there are of these, how many of them took each step, and their fen."""

    variant: int
    state: RecipientState
    reason: str
    count: int
    language: str = ""
    branch: str = ""
    delivered: int = 0
    read: int = 0
    clicked: int = 0
    converted: int = 0
    left: int = 0
    revenue: int = 0


class HourTally(msgspec.Struct, frozen=True):
    """How many took a step (`sent` is one) in the hour that begins at `hour_ms`; their fen."""

    hour_ms: int
    step: str
    count: int
    revenue: int = 0


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
    if not 0 <= plan.window_days <= MAX_WINDOW:
        raise InvalidValue(f"window_days: 0 to {MAX_WINDOW}")
    if not 0 <= plan.over_minutes <= MAX_OVER:
        raise InvalidValue(f"over_minutes: 0 to {MAX_OVER}")
    check_steps(plan.steps, service=plan.service)
    if plan.button and not 1 <= len(plan.button.title.strip()) <= MAX_TITLE:
        raise InvalidValue(f"button.title: 1 to {MAX_TITLE} characters")
    if plan.button and not _PAGE.fullmatch(plan.button.url):
        raise InvalidValue("button.url: an https address, without a name or password in it")
    if len(plan.audience.customers) > MAX_LISTED:
        raise TooLong(f"audience.customers: at most {MAX_LISTED}")
    check_narrowing(plan.audience.behaviours, plan.audience.likely)


def enrolled(
    campaign: Campaign, customer: str, at_ms: int, *, language: str = "", branch: str = ""
) -> Recipient:
    """Where chance puts the customer, which is the same whenever it is asked."""
    mixed = hashlib.sha256(f"{campaign.campaign_id}:{customer}".encode()).digest()
    held = int.from_bytes(mixed[:4]) % 100 < campaign.plan.hold_out
    variant = int.from_bytes(mixed[4:8]) % len(campaign.plan.texts)
    state = RecipientState.HELD_OUT if held else RecipientState.QUEUED
    return Recipient(
        campaign.campaign_id,
        customer,
        variant,
        state,
        at_ms=at_ms,
        language=language,
        branch=branch,
    )
