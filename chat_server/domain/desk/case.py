"""A case: one customer who is to be answered by a person, from asking to the end.

Each function is one transition: a case in, the case after it out, or an error that says why
not. Nothing here reads or writes; the store commits a step with its event and its seats.

    waiting -> serving      claimed, given by the desk, transferred to an agent
    serving -> waiting      returned, transferred to a queue
    waiting, serving -> closed     resolved, or handed back to the bot
    closed -> waiting       the customer writes again soon after, or asks again
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from chat_server.domain.errors import AlreadyRated, CaseClosed, CaseTaken, Forbidden

MAX_NOTE = 1000
MAX_COMMENT = 500
BEST_RATING = 5
CONTEXT = 20  # events before the case that who serves it may read


class CaseState(StrEnum):
    WAITING = "waiting"
    SERVING = "serving"
    CLOSED = "closed"


class Reason(StrEnum):
    """Why a case waits."""

    ASKED = "asked"  # for a person
    URGENT = "urgent"  # words of fraud or complaint
    NO_BOT = "no_bot"  # nobody else answers for this account
    NOT_UNDERSTOOD = "not_understood"  # by the bot, again and again
    MANAGER_AWAY = "manager_away"
    REOPENED = "reopened"
    RETURNED = "returned"
    TRANSFERRED = "transferred"


class Outcome(StrEnum):
    RESOLVED = "resolved"
    BOT = "bot"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """`version` is compared and set. Times are milliseconds, 0: not yet.

    Who serves it may read from `first_seq` on. `heard_seq` is the last event of the log that
    is in this record. `look_ms` is when its clocks have something to tell.
    """

    case_id: str
    desk: str
    account: str
    conv: str
    customer: str
    queue: str
    state: CaseState
    reason: Reason
    opened_ms: int
    opened_seq: int
    first_seq: int
    queued_ms: int  # its place in the queue
    urgent: bool = False
    heard_seq: int = 0
    agent: str = ""  # who serves it, or served it last
    why: str = ""  # why this agent
    given_back_by: str = ""  # who is not to be given it again, until somebody else had it
    manager: str = ""  # of the customer, when it was their absence that opened the case
    assigned_ms: int = 0
    first_response_ms: int = 0
    unanswered_ms: int = 0  # the customer's first word that nobody answered yet
    told: Sequence[str] = ()  # what was said of the clocks that run
    breached: Sequence[str] = ()  # clocks that were ever missed
    breached_ms: int = 0  # when the last of them was
    look_ms: int | None = None
    closed_ms: int = 0
    outcome: str = ""
    rating_card: str = ""
    rating: int = 0
    comment: str = ""
    rated_ms: int = 0
    reopened: int = 0
    version: int = 1

    @property
    def open(self) -> bool:
        return self.state is not CaseState.CLOSED

    @property
    def place(self) -> tuple[bool, int, str]:
        """Sorts waiting cases: urgent ones first, then who came first."""
        return (not self.urgent, self.queued_ms, self.case_id)


class Note(msgspec.Struct, frozen=True):
    """What staff write for each other. Never in the log, so no customer can ever read it."""

    case_id: str
    author: str
    at_ms: int
    text: str


def hastened(case: Case, seq: int) -> Case:
    """The customer said that it is urgent: to the head of the queue."""
    _need_open(case)
    return _next(case, urgent=True, reason=Reason.URGENT, heard_seq=max(case.heard_seq, seq))


def reopened(case: Case, *, reason: Reason, urgent: bool, seq: int, now_ms: int) -> Case:
    """The clocks begin anew; what was missed before stays missed."""
    if case.open:
        raise CaseClosed("the case is open")
    return _next(
        case,
        state=CaseState.WAITING,
        reason=reason,
        urgent=urgent,
        opened_ms=now_ms,
        queued_ms=now_ms,
        heard_seq=max(case.heard_seq, seq),
        first_response_ms=0,
        unanswered_ms=now_ms,
        told=(),
        closed_ms=0,
        outcome="",
        rating_card="",
        reopened=case.reopened + 1,
    )


def taken(case: Case, agent: str, *, why: str, now_ms: int) -> Case:
    """An agent gets a waiting case. Raises CaseTaken if another one has it."""
    _need_open(case)
    if case.state is CaseState.SERVING:
        raise CaseTaken(f"served by {case.agent}")
    return _served(case, agent, why, now_ms)


def passed_on(case: Case, agent: str, *, why: str, now_ms: int) -> Case:
    """From whoever has it, or from the queue, to that agent."""
    _need_open(case)
    if case.state is CaseState.SERVING and case.agent == agent:
        raise CaseTaken(f"served by {agent}")
    return _served(case, agent, why, now_ms)


def queued(case: Case, queue: str, *, reason: Reason) -> Case:
    """Into a queue, with the place that its first asking gave it."""
    _need_open(case)
    served_by = case.agent if case.state is CaseState.SERVING else case.given_back_by
    return _next(
        case,
        state=CaseState.WAITING,
        queue=queue,
        reason=reason,
        why="",
        given_back_by=served_by,
    )


def closed(case: Case, outcome: Outcome, *, rating_card: str, now_ms: int) -> Case:
    _need_open(case)
    return _next(
        case,
        state=CaseState.CLOSED,
        outcome=outcome,
        closed_ms=now_ms,
        unanswered_ms=0,
        rating_card="" if case.rated_ms else rating_card,
    )


def rated(case: Case, score: int, comment: str, *, now_ms: int) -> Case:
    """Once, after it was closed."""
    if case.rated_ms:
        raise AlreadyRated
    if case.open:
        raise CaseClosed("the case is not closed yet")
    return _next(case, rating=score, comment=comment, rated_ms=now_ms)


def customer_said(case: Case, *, seq: int, at_ms: int) -> Case | None:
    """The clock of the next response starts, unless it runs; None: nothing changes."""
    if not case.open or case.unanswered_ms or seq <= case.heard_seq:
        return None
    return _next(case, unanswered_ms=at_ms, heard_seq=seq)


def staff_said(case: Case, user: str, *, seq: int, at_ms: int) -> Case | None:
    """Whoever serves the case answered; None: nothing changes."""
    if case.state is not CaseState.SERVING or user != case.agent or seq <= case.heard_seq:
        return None
    if case.first_response_ms and not case.unanswered_ms:
        return None
    return _next(
        case,
        first_response_ms=case.first_response_ms or at_ms,
        unanswered_ms=0,
        heard_seq=seq,
    )


def may_act(case: Case, user: str, *, supervisor: bool) -> None:
    """Raises Forbidden unless this person serves the case, or supervises; CaseClosed."""
    _need_open(case)
    if not supervisor and not (case.state is CaseState.SERVING and case.agent == user):
        raise Forbidden("only who serves the case, or a supervisor")


def with_clocks(case: Case, *, told: Sequence[str], breached: Sequence[str], now_ms: int) -> Case:
    """What was told of the clocks is in the record, so that nobody tells it again."""
    late = [*case.breached, *(name for name in breached if name not in case.breached)]
    return _next(
        case,
        told=tuple(told),
        breached=tuple(late),
        breached_ms=now_ms if breached else case.breached_ms,
    )


def _served(case: Case, agent: str, why: str, now_ms: int) -> Case:
    return _next(
        case,
        state=CaseState.SERVING,
        agent=agent,
        why=why,
        assigned_ms=now_ms,
        given_back_by="",
    )


def _need_open(case: Case) -> None:
    if not case.open:
        raise CaseClosed("the case is closed")


def _next(case: Case, **fields: object) -> Case:
    return replace(case, version=case.version + 1, **fields)
