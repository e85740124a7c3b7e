"""The clocks of a case: first response, next response, resolution, in business time.

They are computed from the case's own times, so a restart changes nothing; outside business
hours they stand still.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from chat_server.domain.desk.case import Case, CaseState, with_clocks
from chat_server.domain.desk.hours import Hours
from chat_server.domain.desk.settings import Targets


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

    @property
    def stands(self) -> bool:
        return self.state is ClockState.MET

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
    """The case with what is to be told of its clocks now, and when to look at it again.

    The same case when nothing is to be told and that moment is known already.
    """
    told: list[str] = []
    telling: list[Telling] = []
    moments: list[int] = []
    for clock in clocks(case, targets, hours, now_ms) if case.open else ():
        for moment, at_ms in (("warned", clock.warn_ms), ("breached", clock.due_ms)):
            mark = clock.mark(moment)
            if clock.stands:
                continue
            if mark in case.told:
                told.append(mark)
            elif at_ms <= now_ms:
                told.append(mark)
                telling.append(Telling(clock.name, moment))
            else:
                moments.append(at_ms)
    look_ms = min(moments, default=None)
    if not telling:
        return (case if look_ms == case.look_ms else replace(case, look_ms=look_ms)), []
    breached = [each.name for each in telling if each.moment == "breached"]
    after = with_clocks(case, told=told, breached=breached, now_ms=now_ms)
    return replace(after, look_ms=look_ms), telling


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
    return Clock(name, started, due, warn, state, left // 1000)
