"""What requests and answers about campaigns look like. Times are milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chat_server.domain.accounts.behaviour import (
    MAX_BEHAVIOURS,
    MAX_DAYS,
    MAX_SUBJECT,
    MAX_TOP,
)
from chat_server.domain.accounts.campaigns import (
    MAX_HOLD_OUT,
    MAX_LISTED,
    MAX_TEXT,
    MAX_TITLE,
    MAX_VARIANTS,
    MAX_WINDOW,
)
from chat_server.domain.accounts.journey import MAX_STEPS, MAX_WAIT, MAX_WORDS
from chat_server.domain.accounts.spread import MAX_OVER

_Tag = Annotated[int, Meta(ge=1, le=2**31)]
_Name = Annotated[str, Meta(min_length=1, max_length=64)]
_Few = Meta(max_length=20)


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Answer(msgspec.Struct, frozen=True):
    pass


class BehaviourDraft(_Body, frozen=True):
    """Who did that in the last `days`, or with `did` false did not.

    `subject` narrows it: the article's id or the menu button's key or page, if any; of a
    campaign, its id.
    """

    deed: Literal[
        "read_article", "read_campaign", "clicked_campaign", "opened_menu", "wrote", "followed"
    ]
    subject: Annotated[str, Meta(max_length=MAX_SUBJECT)] = ""
    days: Annotated[int, Meta(ge=1, le=MAX_DAYS)] = 30
    did: bool = True


class LikelyDraft(_Body, frozen=True):
    """Whom the recommender gives at least that chance of wanting the product; the `top` of them,
    or with 0 all. Who does not allow offers has no score.
    """

    product: Annotated[str, Meta(min_length=1, max_length=64)]
    at_least: Annotated[float, Meta(ge=0, le=1)] = 0.0
    top: Annotated[int, Meta(ge=0, le=MAX_TOP)] = 0


class AudienceDraft(_Body, frozen=True):
    """Followers with all of `tags` and none of `without`, of these languages and branches, of
    this list, who did all of `behaviours` and are `likely`; what is empty does not matter.
    """

    tags: Annotated[Sequence[_Tag], _Few] = ()
    without: Annotated[Sequence[_Tag], _Few] = ()
    languages: Annotated[Sequence[Literal["zh-CN", "en"]], _Few] = ()
    branches: Annotated[Sequence[_Name], _Few] = ()
    customers: Annotated[Sequence[_Name], Meta(max_length=MAX_LISTED)] = ()
    behaviours: Annotated[Sequence[BehaviourDraft], Meta(max_length=MAX_BEHAVIOURS)] = ()
    likely: LikelyDraft | None = None


class CampaignButton(_Body, frozen=True):
    """Stands under the words and opens the page, an https address; pressing it is a click."""

    title: Annotated[str, Meta(min_length=1, max_length=MAX_TITLE)]
    url: Annotated[str, Meta(pattern="^https://", max_length=2048)]


class StepDraft(_Body, frozen=True):
    """A further message: so long after the step before, if that is so of the first message.

    `sms` is for service notices alone, and begins with who sends it: 【工商银行】.
    """

    after_minutes: Annotated[int, Meta(ge=0, le=MAX_WAIT)]
    when: Literal["always", "read", "unread", "clicked", "unclicked"]
    text: Annotated[str, Meta(min_length=1, max_length=MAX_WORDS)]
    via: Literal["chat", "sms"] = "chat"


class StepCount(_Answer, frozen=True):
    """Of a further step, counted from 1. `state`: waiting, sent, skipped (it was not so, or
    `no_phone`), suppressed (`reason`: left, consent, cap, complaint, recalled), failed, recalled.
    """

    step: int
    state: str
    reason: str
    count: int


class CampaignDraft(_Body, frozen=True):
    """`texts`: one for each variant of a test. `hold_out` per cent get nothing.

    Not `service`: only those who allow offers get it. `at`: not before; 0 at once. What a
    recipient pays within `window_days` after it was sent counts as converted. Recipients get it
    evenly over `over_minutes`; 0: as fast as it goes.
    """

    name: _Name
    audience: AudienceDraft
    texts: Annotated[
        Sequence[Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]],
        Meta(min_length=1, max_length=MAX_VARIANTS),
    ]
    hold_out: Annotated[int, Meta(ge=0, le=MAX_HOLD_OUT)] = 0
    service: bool = False
    at: Annotated[int, Meta(ge=0, le=2**53 - 1)] = 0
    button: CampaignButton | None = None
    window_days: Annotated[int, Meta(ge=0, le=MAX_WINDOW)] = 7
    over_minutes: Annotated[int, Meta(ge=0, le=MAX_OVER)] = 0
    steps: Annotated[Sequence[StepDraft], Meta(max_length=MAX_STEPS)] = ()


class AudienceSize(_Answer, frozen=True):
    count: int


class BranchItem(_Answer, frozen=True):
    branch: str
    name: str


class BadRowItem(_Answer, frozen=True):
    """`row` counts from 1, as office programs show it. `fault`: empty, too_long, repeated,
    not_following.
    """

    row: int
    value: str
    fault: str


class CustomerListItem(_Answer, frozen=True):
    """What an uploaded list named: `rows` in all, of which `customers` can be sent to.

    `bad`: the first hundred that cannot; `faults` counts all of them.
    """

    rows: int
    customers: Sequence[str]
    bad: Sequence[BadRowItem]
    faults: Mapping[str, int]


class CampaignStep(_Body, frozen=True):
    """`approve` names the hash that was read: first the reviewer, then a checker who releases."""

    step: Literal["approve", "reject", "pause", "resume", "recall"]
    content_hash: Annotated[str, Meta(max_length=64)] = ""
    reason: Annotated[str, Meta(max_length=200)] = ""


class CampaignItem(_Answer, frozen=True):
    """`state`: submitted, reviewed, running, paused, done, rejected, recalling, recalled.

    `size`: followers who met the audience when it was submitted.
    """

    campaign: str
    plan: CampaignDraft
    content_hash: str
    state: str
    size: int
    maker: str
    submitted: int
    reviewer: str
    checker: str
    released: int
    reason: str


class RecipientCount(_Answer, frozen=True):
    """`state`, the furthest that each came: queued, held_out, suppressed (`reason`: left, consent,
    cap, recalled), failed, sent, delivered, read, clicked, converted, recalled.
    """

    variant: int
    state: str
    reason: str
    count: int


class CampaignFunnel(_Answer, frozen=True):
    """People, each counted in every step that they took. `revenue` in fen, of what they paid
    within the window. `unsubscribed`: who stopped following or allowing offers after it.
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


class VariantShare(_Answer, frozen=True):
    """`low` and `high`: the 95 % Wilson interval of the share that read it. `revenue` in fen."""

    variant: int
    sent: int
    read: int
    low: float
    high: float
    delivered: int
    clicked: int
    converted: int
    unsubscribed: int
    revenue: int


class SegmentShare(_Answer, frozen=True):
    """Recipients whose `kind` (language, branch) is `value`; `*`: all segments of fewer than 20."""

    kind: str
    value: str
    sent: int
    delivered: int
    read: int
    clicked: int
    converted: int
    unsubscribed: int
    revenue: int


class CampaignHour(_Answer, frozen=True):
    """How many took a step in the hour that begins at `hour`. `step`: sent, delivered, read,
    clicked, converted (with `revenue` in fen), left.
    """

    hour: int
    step: str
    count: int
    revenue: int


class CampaignLift(_Answer, frozen=True):
    """The share of buyers among all who were not held out, less that among the held out, with
    its 95 % interval (Newcombe 1998, method 10): certain when 0 is not within it.
    """

    offered: int
    offered_converted: int
    held: int
    held_converted: int
    difference: float
    low: float
    high: float


class CampaignResult(_Answer, frozen=True):
    """`winner`: the variant that certainly is read by the largest share; null while none is.
    `lift`: null without a hold-out.
    """

    counts: Sequence[RecipientCount]
    funnel: CampaignFunnel
    variants: Sequence[VariantShare]
    winner: int | None
    hours: Sequence[CampaignHour]
    segments: Sequence[SegmentShare]
    lift: CampaignLift | None
