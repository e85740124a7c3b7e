"""The clocks of a case: first response, next response, resolution, in business time.

They are computed from the case's own times, so a restart changes nothing; outside business
hours they stand still.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from chat_server.domain.desk.case import Case, CaseState, with_clocks
from chat_server.domain.desk.hours import Hours
from chat_server.domain.desk.settings import Targets

WARNED, BREACHED = "warned", "breached"


class ClockState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    WARNED = "warned"
    BREACHED = "breached"
    MET = "met"


class Clock(msgspec.Struct, frozen=True):
    """`left_s` is business time, below zero once it is late."""

    name: str
    started_ms: int
    due_ms: int
    warn_ms: int
    state: ClockState
    left_s: int
    ended: bool = False

    def mark(self, moment: str) -> str:
        return f"{self.name}:{self.started_ms}:{moment}"


class Telling(msgspec.Struct, frozen=True):
    """`warned` or `breached`, of one clock."""

    name: str
    moment: str


def clocks(case: Case, targets: Targets, hours: Hours, now_ms: int) -> list[Clock]:
    """Those that run, stand still or have ended, as they are now."""
    wanted = [
        ("first_response", targets.first_response_s, case.opened_ms, case.first_response_ms),
        ("resolution", targets.resolution_s, case.opened_ms, case.closed_ms),
    ]
    if case.first_response_ms and case.unanswered_ms:
        wanted.insert(1, ("next_response", targets.next_response_s, case.unanswered_ms, 0))
    if case.state is CaseState.CLOSED and not case.first_response_ms:
        wanted.pop(0)  # nobody is to answer any more
    found = []
    for name, target_s, started, ended in wanted:
        if not target_s:
            continue
        due = hours.deadline(started, target_s * 1000)
        warn = hours.deadline(started, target_s * 10 * targets.warn_percent)
        if due is not None and warn is not None:
            found.append(_clock(name, (started, warn, due), ended, hours, now_ms))
    return found


def look(case: Case, targets: Targets, hours: Hours, now_ms: int) -> tuple[Case, list[Telling]]:
    """The case after what is to be told of its clocks now; the same one when that is nothing."""
    running = _moments(case, targets, hours, now_ms)
    telling = [
        Telling(clock.name, moment)
        for clock, moment, at_ms in running
        if at_ms <= now_ms and clock.mark(moment) not in case.told
    ]
    if not telling:
        return case, []
    told = [clock.mark(moment) for clock, moment, at_ms in running if at_ms <= now_ms]
    breached = [each.name for each in telling if each.moment == BREACHED]
    return with_clocks(case, told=told, breached=breached, now_ms=now_ms), telling


def next_look(case: Case, targets: Targets, hours: Hours, now_ms: int) -> int | None:
    """When something is to be told of the clocks next; it may be past already."""
    moments = [
        at_ms
        for clock, moment, at_ms in _moments(case, targets, hours, now_ms)
        if clock.mark(moment) not in case.told
    ]
    return min(moments, default=None)


def _moments(
    case: Case, targets: Targets, hours: Hours, now_ms: int
) -> list[tuple[Clock, str, int]]:
    running = clocks(case, targets, hours, now_ms) if case.open else []
    return [
        (clock, moment, at_ms)
        for clock in running
        if not clock.ended
        for moment, at_ms in ((WARNED, clock.warn_ms), (BREACHED, clock.due_ms))
    ]


def _clock(name: str, times: Sequence[int], ended_ms: int, hours: Hours, now_ms: int) -> Clock:
    started, warn, due = times
    until = ended_ms or now_ms
    if until > due:
        left, state = -hours.business_ms(due, until), ClockState.BREACHED
    else:
        left = hours.business_ms(until, due)
        state = ClockState.RUNNING if hours.is_open(now_ms) else ClockState.PAUSED
        if until >= warn and state is ClockState.RUNNING:
            state = ClockState.WARNED
        if ended_ms:
            state = ClockState.MET
    return Clock(name, started, due, warn, state, left // 1000, ended=bool(ended_ms))
