"""What every store does alike with desks and cases: pure steps, inside the adapter's commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from chat_server.domain.conversation import Membership, Role
from chat_server.domain.desk.case import Case, CaseState
from chat_server.domain.desk.choosing import AgentStatus
from chat_server.domain.desk.settings import Desk
from chat_server.domain.desk.step import CaseStep
from chat_server.domain.errors import (
    AgentUnavailable,
    AlreadyExists,
    InvalidValue,
    VersionConflict,
)
from chat_server.domain.message import Event


def check_desk(desk: Desk, stored: Iterable[Desk]) -> None:
    known = {each.desk: each for each in stored}
    former = known.get(desk.desk)
    if (former.version if former else 0) != desk.version - 1:
        raise VersionConflict(desk.desk)
    if any(each.account == desk.account and each.desk != desk.desk for each in known.values()):
        raise AlreadyExists(f"{desk.account} has another desk")


def check_case(case: Case, stored: Case | None, latest: Case | None) -> None:
    """Whether the step is made of what is stored; raises VersionConflict."""
    if (stored.version if stored else 0) != case.version - 1:
        raise VersionConflict(case.case_id)
    if stored is None and latest and (latest.open or latest.heard_seq >= case.opened_seq):
        raise VersionConflict(case.conv)


def check_room(step: CaseStep, serving: int) -> None:
    seating = step.seating
    if seating and seating.capacity and serving >= seating.capacity:
        raise AgentUnavailable(f"{seating.user} serves {serving} of {seating.capacity}")


def seated(
    step: CaseStep, former: Mapping[str, Membership], events: Sequence[Event]
) -> Sequence[Membership]:
    """The memberships that the step leaves behind."""
    if not events and (step.seating or step.leaving):
        raise InvalidValue("whoever sits down or leaves does so with an event")
    kept: list[Membership] = []
    case = step.case
    for user in step.leaving:
        was = former.get(user)
        if was is not None and was.left_seq is None:
            kept.append(replace(was, left_seq=events[0].seq))
    if step.seating:
        was = former.get(step.seating.user)
        seat = was or Membership(case.conv, step.seating.user, Role.MEMBER)
        read = max(case.opened_seq - 1, seat.read)
        kept.append(
            replace(
                seat,
                first_seq=case.first_seq,  # not what was said between two of their cases
                left_seq=None,
                read=read,
                delivered=max(read, seat.delivered),
            )
        )
    return kept


def with_assignment(step: CaseStep, former: AgentStatus | None) -> AgentStatus:
    user = step.seating.user if step.seating else ""
    return replace(former or AgentStatus(user), assigned_ms=step.case.assigned_ms)


def in_order(cases: Iterable[Case], state: CaseState) -> list[Case]:
    match state:
        case CaseState.WAITING:
            return sorted(cases, key=lambda each: each.place)
        case CaseState.SERVING:
            return sorted(cases, key=lambda each: (each.assigned_ms, each.case_id))
        case CaseState.CLOSED:
            return sorted(cases, key=lambda each: (-each.closed_ms, each.case_id))
