"""A desk as it stands now: its hours, its staff, who waits. Everything here only reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from chat_server.domain.desk.case import Case, CaseState
from chat_server.domain.desk.choosing import Agent, AgentStatus, Choice, choose, estimate_s
from chat_server.domain.desk.hours import Hours, KindOfDay
from chat_server.domain.desk.settings import Desk, DeskRole, DeskStaff, Queue
from chat_server.domain.errors import Forbidden, NotFound
from chat_server.domain.ids import service_parties
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store

MOST_WAITING = 5_000
RECENT = 20  # closed cases that show how long one takes


class Floor(msgspec.Struct, frozen=True):
    desk: Desk
    hours: Hours

    def queue_of(self, case: Case) -> Queue:
        """The case's queue; the first one if the settings have lost it meanwhile."""
        return self.desk.queue(case.queue) or self.desk.queues[0]

    @property
    def users(self) -> list[str]:
        return [each.user for each in self.desk.staff]


class Standing(msgspec.Struct, frozen=True):
    """Where a waiting case stands: 1 is next. `choice` says why nobody has it yet."""

    case: Case
    position: int
    estimate_s: int | None
    choice: Choice


class Floors:
    def __init__(self, store: Store, calendars: Mapping[str, KindOfDay], clock: Clock) -> None:
        self._store, self._calendars, self._clock = store, calendars, clock

    async def all(self) -> Sequence[Floor]:
        return [self.of(desk) for desk in await self._store.desks.desks()]

    async def of_account(self, account: str) -> Floor | None:
        desks = await self._store.desks.desks()
        return next((self.of(desk) for desk in desks if desk.account == account), None)

    async def of_conversation(self, conv: str) -> Floor | None:
        parties = service_parties(conv)
        return await self.of_account(parties[0]) if parties else None

    async def named(self, desk: str) -> Floor:
        found = next((each for each in await self.all() if each.desk.desk == desk), None)
        if found is None:
            raise NotFound("no such desk")
        return found

    async def staffed(self, user: str, desk: str) -> tuple[Floor, DeskStaff]:
        """The desk, for one of its staff; raises NotFound, Forbidden."""
        floor = await self.named(desk)
        member = floor.desk.member(user)
        if member is None:
            raise Forbidden("only for the staff of this desk")
        return floor, member

    async def supervised(self, user: str, desk: str) -> Floor:
        floor, member = await self.staffed(user, desk)
        if member.role is not DeskRole.SUPERVISOR:
            raise Forbidden("only for a supervisor of this desk")
        return floor

    async def case(self, user: str, case_id: str) -> tuple[Floor, DeskStaff, Case]:
        """A case that this member of staff may know of: of their queues, or theirs, or any."""
        case = await self._store.cases.case(case_id)
        if case is None:
            raise NotFound("no such case")
        floor, member = await self.staffed(user, case.desk)
        own = case.agent == user
        waits_here = case.state is CaseState.WAITING and case.queue in member.queues
        if member.role is not DeskRole.SUPERVISOR and not own and not waits_here:
            serving = case.state is CaseState.SERVING and case.queue in member.queues
            if not serving:
                raise NotFound("no such case")
        return floor, member, case

    async def agents(self, floor: Floor) -> Sequence[Agent]:
        users = floor.users
        said = {each.user: each for each in await self._store.cases.statuses(users)}
        serving = await self._store.cases.serving(users)
        return [
            Agent(each, said.get(each.user, AgentStatus(each.user)), serving.get(each.user, 0))
            for each in floor.desk.staff
        ]

    async def standings(self, floor: Floor) -> Sequence[Standing]:
        """All who wait, in the order in which they are served."""
        waiting = await self._waiting(floor)
        if not waiting:
            return []
        agents = await self.agents(floor)
        case_s = await self.case_s(floor)
        return [self._standing(floor, case, waiting, agents, case_s) for case in waiting]

    async def standing(self, floor: Floor, case: Case) -> Standing:
        """Of a case that waits, or is about to."""
        waiting = await self._waiting(floor)
        others = [each for each in waiting if each.case_id != case.case_id]
        line = sorted([*others, case], key=lambda each: each.place)
        case_s = await self.case_s(floor)
        return self._standing(floor, case, line, await self.agents(floor), case_s)

    async def case_s(self, floor: Floor) -> float:
        """How long a case takes: as the last ones did, from an agent's taking it to its end."""
        closed = await self._store.cases.cases(
            floor.desk.desk, CaseState.CLOSED, since_ms=1, limit=RECENT
        )
        took = [each.closed_ms - each.assigned_ms for each in closed if each.assigned_ms]
        return sum(took) / len(took) / 1000 if took else floor.desk.typical_s

    async def _waiting(self, floor: Floor) -> Sequence[Case]:
        waiting = CaseState.WAITING
        return await self._store.cases.cases(floor.desk.desk, waiting, limit=MOST_WAITING)

    def of(self, desk: Desk) -> Floor:
        return Floor(desk, Hours(desk, self._calendars.get(desk.calendar)))

    def _standing(
        self,
        floor: Floor,
        case: Case,
        line: Sequence[Case],
        agents: Sequence[Agent],
        case_s: float,
    ) -> Standing:
        queue = floor.queue_of(case)
        before = [each for each in line if each.queue == case.queue and each.place < case.place]
        open_now = floor.hours.is_open(self._clock.now_ms())
        position = len(before) + 1
        waits_s = estimate_s(position, queue, agents, case_s) if open_now else None
        return Standing(case, position, waits_s, choose(case, queue, agents, open_now=open_now))
