"""Desks and their cases, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from chat_server.adapters.memory.conversations import MemoryConversationStore
from chat_server.adapters.memory.log import MemoryLog
from chat_server.adapters.rules_desk import (
    check_case,
    check_desk,
    check_room,
    in_order,
    seated,
    with_assignment,
)
from chat_server.domain.desk.case import Case, CaseState, Note
from chat_server.domain.desk.choosing import AgentStatus
from chat_server.domain.desk.settings import Desk
from chat_server.domain.desk.step import CaseStep
from chat_server.domain.facts import Fact
from chat_server.domain.message import Event


class MemoryDeskStore:
    """`DeskStore` and `CaseStore`."""

    def __init__(self, log: MemoryLog, conversations: MemoryConversationStore) -> None:
        self._log, self._conversations = log, conversations
        self._desks: dict[str, Desk] = {}
        self._cases: dict[str, Case] = {}
        self._notes: dict[str, list[Note]] = {}
        self._statuses: dict[str, AgentStatus] = {}

    async def put_desk(self, desk: Desk, fact: Fact) -> None:
        check_desk(desk, self._desks.values())
        self._desks[desk.desk] = desk
        self._log.note(fact)

    async def desks(self) -> Sequence[Desk]:
        return [self._desks[desk] for desk in sorted(self._desks)]

    async def commit(self, step: CaseStep) -> Sequence[Event]:
        case = step.case
        check_case(case, self._cases.get(case.case_id), await self.latest(case.conv))
        if step.seating:
            serving = await self.serving([step.seating.user])
            check_room(step, serving.get(step.seating.user, 0))
        self._log.check(step.drafts)
        users = [*step.leaving, *([step.seating.user] if step.seating else [])]
        found = [await self._conversations.membership(case.conv, user) for user in users]
        events = [self._log.write(draft).event for draft in step.drafts]
        self._cases[case.case_id] = case
        for member in seated(step, {each.user: each for each in found if each}, events):
            self._conversations.keep(member)
        if step.note:
            self._notes.setdefault(case.case_id, []).append(step.note)
        if step.seating:
            former = self._statuses.get(step.seating.user)
            self._statuses[step.seating.user] = with_assignment(step, former)
        for fact in step.facts:
            self._log.note(fact)
        self._log.ring()
        return events

    async def case(self, case_id: str) -> Case | None:
        return self._cases.get(case_id)

    async def latest(self, conv: str) -> Case | None:
        of_it = [each for each in self._cases.values() if each.conv == conv]
        return max(of_it, key=lambda each: each.opened_seq, default=None)

    async def cases(
        self, desk: str, state: CaseState, *, agent: str = "", since_ms: int = 0, limit: int = 500
    ) -> Sequence[Case]:
        wanted = [
            each
            for each in self._cases.values()
            if (each.desk, each.state) == (desk, state)
            and agent in ("", each.agent)
            and each.closed_ms >= since_ms
        ]
        return in_order(wanted, state)[: max(limit, 0)]

    async def due(self, now_ms: int, limit: int) -> Sequence[Case]:
        due = [
            each
            for each in self._cases.values()
            if each.open and each.look_ms is not None and each.look_ms <= now_ms
        ]
        return sorted(due, key=lambda each: (each.look_ms or 0, each.case_id))[: max(limit, 0)]

    async def serving(self, agents: Iterable[str]) -> Mapping[str, int]:
        wanted = set(agents)
        return Counter(
            each.agent
            for each in self._cases.values()
            if each.state is CaseState.SERVING and each.agent in wanted
        )

    async def notes(self, case_id: str) -> Sequence[Note]:
        return list(self._notes.get(case_id, ()))

    async def set_status(self, status: AgentStatus, fact: Fact) -> None:
        former = self._statuses.get(status.user)
        assigned_ms = former.assigned_ms if former else 0
        self._statuses[status.user] = replace(status, assigned_ms=assigned_ms)
        self._log.note(fact)

    async def statuses(self, users: Iterable[str]) -> Sequence[AgentStatus]:
        return [self._statuses[user] for user in sorted(set(users)) if user in self._statuses]
