"""What requests and answers about the assist desk look like. Times are milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chat_server.domain.desk.case import BEST_RATING, MAX_COMMENT, MAX_NOTE

Word = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9_-]{0,31}$")]
Text64 = Annotated[str, Meta(min_length=1, max_length=64)]
_Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
_Minute = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
_Note = Annotated[str, Meta(max_length=MAX_NOTE)]
_Seconds = Annotated[int, Meta(ge=0, le=30 * 86_400)]
Period = tuple[_Minute, _Minute]  # 09:00, 18:00


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Answer(msgspec.Struct, frozen=True):
    pass


class ServicePlace(_Answer, frozen=True):
    """Where a customer stands. `state`: none, waiting, serving, closed, bot.

    `opens` is when the desk opens, if it is closed now; `rate`: may be rated, and is not.
    """

    has_desk: bool
    case: str
    state: str
    agent: str
    agent_name: str
    position: int
    estimate_s: int | None
    open: bool
    opens: int | None
    rate: bool


class RatingDraft(_Body, frozen=True):
    score: Annotated[int, Meta(ge=1, le=BEST_RATING)]
    comment: Annotated[str, Meta(max_length=MAX_COMMENT)] = ""


class StatusDraft(_Body, frozen=True):
    status: Literal["available", "busy", "away"]


class StatusItem(_Answer, frozen=True):
    status: str
    since: int


class QueueLine(_Answer, frozen=True):
    queue: str
    name: str
    waiting: int
    longest_wait_s: int


class DeskItem(_Answer, frozen=True):
    """`role` is one's own there: agent, supervisor, administrator."""

    desk: str
    account: str
    account_name: str
    name: str
    role: str
    open: bool
    opens: int | None
    closes: int | None
    queues: Sequence[QueueLine]


class ClockItem(_Answer, frozen=True):
    """`state`: running, paused, warned, breached, met; `left_s` is business time."""

    name: str  # first_response, next_response, resolution
    due: int
    left_s: int
    state: str
    ended: bool


class CaseItem(_Answer, frozen=True):
    """`why`: of a served case why this agent, of a waiting one why nobody yet."""

    case: str
    desk: str
    conv: str
    customer: str
    customer_name: str
    state: str  # waiting, serving, closed
    queue: str
    queue_name: str
    agent: str
    agent_name: str
    urgent: bool
    reason: str
    opened: int
    waiting_since: int
    position: int
    preview: str
    first_seq: int
    opened_seq: int
    why: str
    manager: str
    clocks: Sequence[ClockItem]
    breached: Sequence[str]
    rating: int
    comment: str
    reopened: int
    closed: int
    outcome: str
    version: int


class CaseFact(_Answer, frozen=True):
    at: int
    kind: str
    actor: str
    actor_name: str
    detail: Mapping[str, str | int | bool]


class NoteDraft(_Body, frozen=True):
    text: Annotated[str, Meta(min_length=1, max_length=MAX_NOTE)]


class NoteItem(_Answer, frozen=True):
    author: str
    author_name: str
    at: int
    text: str


class BotStand(_Answer, frozen=True):
    """Where the bot's business with this customer stands; never what was typed."""

    stage: str
    cards: int


class CaseDetail(_Answer, frozen=True):
    """`canned`: what the places of canned replies would be filled with."""

    case: CaseItem
    dialogue: BotStand
    history: Sequence[CaseFact]
    notes: Sequence[NoteItem]
    canned: Mapping[str, str]


class TransferDraft(_Body, frozen=True):
    """To an `agent` or to a `queue`, one of them."""

    note: Annotated[str, Meta(min_length=1, max_length=MAX_NOTE)]
    agent: Annotated[str, Meta(max_length=64)] = ""
    queue: Annotated[str, Meta(max_length=64)] = ""


class NotedDraft(_Body, frozen=True):
    note: _Note = ""


class CloseDraft(_Body, frozen=True):
    note: _Note = ""
    ask_rating: bool = True


class LogEvent(_Answer, frozen=True):
    seq: int
    from_: str = msgspec.field(name="from")
    ts: int
    kind: str
    body: Mapping[str, Any]  # as in the `event` frame


class AgentItem(_Answer, frozen=True):
    user: str
    name: str
    role: str
    status: str
    since: int
    serving: int
    capacity: int
    skills: Sequence[str]
    queues: Sequence[str]


class ReplyDraft(_Body, frozen=True):
    shortcut: Word
    title: Text64
    text: Annotated[str, Meta(min_length=1, max_length=2000)]


class ReplyItem(_Answer, frozen=True):
    reply: str
    shortcut: str
    title: str
    text: str


class FilledReply(_Answer, frozen=True):
    text: str


class AlertItem(_Answer, frozen=True):
    case: str
    customer_name: str
    agent_name: str
    clock: str
    state: str  # warned, breached
    due: int


class DeskFigures(_Answer, frozen=True):
    """`ratings` counts ones, twos … fives of what was closed today."""

    waiting: int
    longest_wait_s: int
    serving: int
    closed_today: int
    breaches_today: int
    rating_average: float | None
    rating_count: int
    ratings: Sequence[int]
    queues: Sequence[QueueLine]
    alerts: Sequence[AlertItem]
    agents: Sequence[AgentItem]


class DayShape(_Body, frozen=True):
    """A date with hours of its own; none: closed."""

    day: _Day
    hours: Sequence[Period] = ()


class QueueShape(_Body, frozen=True):
    queue: Word
    name: Text64
    skills: Sequence[Word] = ()
    language: Literal["", "zh-CN", "en"] = ""
    auto: bool = True


class StaffShape(_Body, frozen=True):
    user: Text64
    role: Literal["agent", "supervisor"]
    skills: Sequence[Word] = ()
    queues: Sequence[Word] = ()
    capacity: Annotated[int, Meta(ge=1, le=50)] = 3


class TargetsShape(_Body, frozen=True):
    """In seconds of business time; 0: nothing is promised."""

    first_response_s: _Seconds
    next_response_s: _Seconds
    resolution_s: _Seconds
    warn_percent: Annotated[int, Meta(ge=1, le=100)] = 80


class DeskSettings(_Body, frozen=True, kw_only=True):
    """The whole of a desk but its canned replies. `version` is the one that was read, 0 for a
    new desk. `calendar_until` is told only: how far the calendar knows holidays.
    """

    version: Annotated[int, Meta(ge=0)]
    account: Text64
    name: Text64
    week: Annotated[Sequence[Sequence[Period]], Meta(min_length=7, max_length=7)]
    queues: Annotated[Sequence[QueueShape], Meta(min_length=1, max_length=20)]
    staff: Annotated[Sequence[StaffShape], Meta(max_length=200)]
    targets: TargetsShape
    timezone: Text64 = "Asia/Shanghai"
    calendar: Literal["", "cn"] = "cn"
    days: Annotated[Sequence[DayShape], Meta(max_length=400)] = ()
    reopen_s: _Seconds = 1800
    typical_s: Annotated[int, Meta(ge=1, le=86_400)] = 300
    covers_managers: bool = False
    calendar_until: str = ""
