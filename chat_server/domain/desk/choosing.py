"""Who gets a case, and why: the same facts always give the same agent.

Somebody who may: available, in that queue, with its skills, below capacity, and not who has
just given it back. Of those, whoever
served the customer last; else the least loaded, then who waits longest for a case, then by id.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from chat_server.domain.desk.case import Case
from chat_server.domain.desk.settings import DeskStaff, Queue


class Status(StrEnum):
    AVAILABLE = "available"
    BUSY = "busy"
    AWAY = "away"


class AgentStatus(msgspec.Struct, frozen=True):
    """What somebody says of themselves, until they say otherwise."""

    user: str
    status: Status = Status.AWAY
    since_ms: int = 0
    assigned_ms: int = 0  # when they were last given a case


class Agent(msgspec.Struct, frozen=True):
    """One of a desk's staff, as they stand now."""

    staff: DeskStaff
    status: AgentStatus
    serving: int = 0

    @property
    def full(self) -> bool:
        return self.serving >= self.staff.capacity


class Choice(msgspec.Struct, frozen=True):
    """`agent` is empty when nobody is there; `why` tells either way."""

    agent: str
    why: str


def choose(case: Case, queue: Queue, agents: Sequence[Agent], *, open_now: bool) -> Choice:
    if not queue.auto:
        return Choice("", "manual")
    if not open_now and not case.urgent:
        return Choice("", "closed_now")
    skilled = [each for each in agents if each.staff.serves(queue)]
    available = [each for each in skilled if each.status.status is Status.AVAILABLE]
    room = [each for each in available if not each.full]
    free = [each for each in room if each.staff.user != case.given_back_by]
    if not free:
        return Choice("", "given_back" if room else _nobody(skilled, available, open_now=open_now))
    if any(each.staff.user == case.agent for each in free):
        return Choice(case.agent, "sticky")
    return Choice(min(free, key=_burden).staff.user, "least_loaded")


def _nobody(skilled: Sequence[Agent], available: Sequence[Agent], *, open_now: bool) -> str:
    if not skilled:
        return "no_skill"
    if available:
        return "all_full"
    return "nobody_available" if open_now else "closed_now"


def estimate_s(position: int, queue: Queue, agents: Sequence[Agent], case_s: float) -> int | None:
    """How long the customer at that position will wait, in whole minutes; None: nobody knows.

    Those who serve the queue finish a case each in `case_s`, one after the other.
    """
    serving = [
        each.staff.capacity
        for each in agents
        if each.staff.serves(queue) and each.status.status is Status.AVAILABLE
    ]
    if not serving:
        return None
    return max(1, math.ceil(position * case_s / sum(serving) / 60)) * 60


def _burden(agent: Agent) -> tuple[float, int, str]:
    return (agent.serving / agent.staff.capacity, agent.status.assigned_ms, agent.staff.user)
