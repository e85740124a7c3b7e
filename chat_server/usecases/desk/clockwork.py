"""What nobody has to ask for: clocks that run out are told of, and free agents get who waits.

Every node looks; what is to be told is in the case's record, so one commit tells it. A node
that was killed after a customer asked and before anybody was given the case is made up for.
"""

from __future__ import annotations

import structlog
from msgspec.structs import replace

from chat_server.domain.desk.case import Case, CaseState, Reason, queued
from chat_server.domain.desk.clocks import look, next_look
from chat_server.domain.errors import VersionConflict
from chat_server.domain.facts import Fact
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.desk.assign import DESK_ACTOR, AssignCases
from chat_server.usecases.desk.change import ChangeCase, Turn
from chat_server.usecases.desk.floor import Floor, Floors
from chat_server.usecases.rounds import in_rounds

log = structlog.get_logger()

LOOK_S = 1.0
PAGE = 100


class DeskClockwork:
    def __init__(
        self, store: Store, floors: Floors, change: ChangeCase, assign: AssignCases, clock: Clock
    ) -> None:
        self._store, self._floors = store, floors
        self._change, self._assign, self._clock = change, assign, clock
        self._versions: dict[str, int] = {}  # of desks whose cases keep the targets as they are

    async def run(self) -> None:
        """Until cancelled."""
        await in_rounds(self.look, self._clock, every_s=LOOK_S, failed="desk_not_looked_at")

    async def look(self) -> None:
        floors = {each.desk.desk: each for each in await self._floors.all()}
        if not floors:
            return
        for case in await self._store.cases.due(self._clock.now_ms(), PAGE):
            if floor := floors.get(case.desk):
                await self._tell(floor, case)
        for floor in floors.values():
            await self._retime(floor)
            await self._release(floor)
            await self._assign.all(floor)

    async def _retime(self, floor: Floor) -> None:
        """Other targets or hours: the clocks of open cases are looked at when those say."""
        desk, now = floor.desk, self._clock.now_ms()
        if self._versions.get(desk.desk) == desk.version:
            return
        for state in (CaseState.WAITING, CaseState.SERVING):
            for case in await self._store.cases.cases(desk.desk, state):
                if next_look(case, desk.targets, floor.hours, now) != case.look_ms:
                    await self._tell(floor, case)
        self._versions[desk.desk] = desk.version

    async def _release(self, floor: Floor) -> None:
        """Who is no longer of the desk's staff serves nobody, and reads nothing more."""
        staff = set(floor.users)
        for case in await self._store.cases.cases(floor.desk.desk, CaseState.SERVING):
            if case.agent in staff:
                continue
            after = queued(case, case.queue, reason=Reason.RETURNED)
            turn = Turn(kind="case_returned", actor=DESK_ACTOR, after=after)
            try:
                await self._change(floor, turn)
            except VersionConflict:
                log.info("case_returned_elsewhere", case=case.case_id)

    async def _tell(self, floor: Floor, case: Case) -> None:
        now = self._clock.now_ms()
        after, telling = look(case, floor.desk.targets, floor.hours, now)
        if not telling:  # the settings were changed: look when they say
            after = replace(case, version=case.version + 1)
        facts = [
            Fact(
                f"case_clock_{each.moment}",
                DESK_ACTOR,
                case.case_id,
                now,
                {"desk": case.desk, "clock": each.name, "agent": case.agent},
            )
            for each in telling
        ]
        try:
            await self._change.quietly(after, floor, facts)
        except VersionConflict:  # told by another node, or answered meanwhile
            log.info("case_looked_at_elsewhere", case=case.case_id)
