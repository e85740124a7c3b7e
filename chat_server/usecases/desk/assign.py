"""Give waiting cases to agents, the most pressing first, and leave word of why."""

from __future__ import annotations

import structlog

from chat_server.domain.desk.case import Case, taken
from chat_server.domain.desk.choosing import choose
from chat_server.domain.desk.step import Seating
from chat_server.domain.errors import AgentUnavailable, CaseClosed, CaseTaken, VersionConflict
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.desk.change import ChangeCase, Turn
from chat_server.usecases.desk.floor import Floor, Floors

log = structlog.get_logger()

DESK_ACTOR = "desk"  # what the desk does by itself
_TRIES = 4


class AssignCases:
    """Two nodes may try the same case: one commit is made, the other sees that it is done."""

    def __init__(self, store: Store, floors: Floors, change: ChangeCase, clock: Clock) -> None:
        self._store, self._floors = store, floors
        self._change, self._clock = change, clock

    async def all(self, floor: Floor) -> None:
        """Every case that waits and for which somebody is free."""
        for standing in await self._floors.standings(floor):
            if standing.choice.agent:
                await self(floor, standing.case)

    async def __call__(self, floor: Floor, case: Case) -> Case:
        """The case as it is then: served, or waiting still."""
        for _ in range(_TRIES):
            now = self._clock.now_ms()
            agents = await self._floors.agents(floor)
            queue = floor.queue_of(case)
            choice = choose(case, queue, agents, open_now=floor.hours.is_open(now))
            member = floor.desk.member(choice.agent)
            if member is None:
                return case
            try:
                after = taken(case, choice.agent, why=choice.why, now_ms=now)
                turn = Turn(
                    kind="case_assigned",
                    actor=DESK_ACTOR,
                    after=after,
                    detail={"agent": choice.agent, "why": choice.why},
                    seating=Seating(choice.agent, member.capacity),
                )
                return await self._change(floor, turn)
            except AgentUnavailable:  # given something else meanwhile
                continue
            except (VersionConflict, CaseTaken, CaseClosed):
                log.info("case_assigned_elsewhere", case=case.case_id)
                return await self._store.cases.case(case.case_id) or case
        return case
