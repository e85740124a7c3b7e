"""The one way in which a case changes: its record, its event, its seats and its fact at once.

Whoever was faster wins; the others read the case again and see what became of it. After the
commit the desk's staff and those who wait are told to look again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from chat_server.domain.bodies import Assign, Body
from chat_server.domain.desk.case import Case, CaseState, Note, Outcome
from chat_server.domain.desk.clocks import next_look
from chat_server.domain.desk.settings import DeskRole
from chat_server.domain.desk.step import CaseStep, Seating
from chat_server.domain.facts import Fact
from chat_server.domain.message import Draft, EventKind
from chat_server.ports.bus import Bus, CaseMoved
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.desk.floor import Floor, Floors
from chat_server.usecases.desk.words import Words

HashBody = Callable[[bytes], bytes]
Detail = Mapping[str, str | int | bool]
MOST_TOLD = 50  # of those who wait in one line; the rest moves when they come nearer


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What is to happen. `told` turns leave an event that tells the customer of it.

    `further` are drafts that come after that event.
    """

    kind: str  # the fact's
    actor: str
    after: Case
    detail: Detail = {}
    seating: Seating | None = None
    note: str = ""
    told: bool = True
    passed_on: bool = False  # from one agent to another
    further: Sequence[Draft] = ()


class ChangeCase:
    def __init__(
        self, store: Store, floors: Floors, bus: Bus, clock: Clock, hash_body: HashBody
    ) -> None:
        self._store, self._floors, self._bus = store, floors, bus
        self._clock, self._hash_body = clock, hash_body

    async def __call__(self, floor: Floor, turn: Turn) -> Case:
        """Raises VersionConflict: somebody else changed it first. AgentUnavailable: no room."""
        now = self._clock.now_ms()
        case = turn.after
        case = replace(case, look_ms=next_look(case, floor.desk.targets, floor.hours, now))
        former = await self._leaving(floor, case, turn) if turn.told else ()
        drafts: list[Draft] = []
        if turn.told:
            drafts = [await self._event(floor, case, turn, former), *turn.further]
        step = CaseStep(
            case=case,
            facts=self._facts(case, turn, now),
            drafts=drafts,
            seating=turn.seating,
            leaving=former,
            note=Note(case.case_id, turn.actor, now, turn.note) if turn.note else None,
        )
        await self._store.cases.commit(step)
        await self.tell(floor, case)
        return case

    async def quietly(self, case: Case, floor: Floor, facts: Sequence[Fact] = ()) -> Case:
        """What the customer is not told of."""
        now = self._clock.now_ms()
        case = replace(case, look_ms=next_look(case, floor.desk.targets, floor.hours, now))
        await self._store.cases.commit(CaseStep(case=case, facts=facts))
        self._bus.publish(CaseMoved(floor.desk.desk, floor.users, case.case_id))
        return case

    async def tell(self, floor: Floor, case: Case | None = None) -> None:
        """The staff that something moved, and everybody who waits where they stand now."""
        desk, staff = floor.desk.desk, floor.users
        self._bus.publish(CaseMoved(desk, staff, case.case_id if case else ""))
        if case and case.state is not CaseState.WAITING:
            self._bus.publish(CaseMoved(desk, (), case.case_id, case.customer, case.conv, 0, None))
        for each in (await self._floors.standings(floor))[:MOST_TOLD]:
            of = each.case
            self._bus.publish(
                CaseMoved(
                    desk, (), of.case_id, of.customer, of.conv, each.position, each.estimate_s
                )
            )

    def draft(self, case: Case, suffix: str, body: Body, kind: EventKind) -> Draft:
        """What the account says of a case; named by it, so that nothing is said twice."""
        stored = msgspec.json.encode(body)
        return Draft(
            conv=case.conv,
            sender=case.account,
            mid=f"case:{case.case_id}:{suffix}",
            kind=kind,
            body=stored,
            body_hash=self._hash_body(stored),
            at_ms=self._clock.now_ms(),
            counts=kind is EventKind.MESSAGE,
        )

    async def words(self, case: Case) -> Words:
        person = await self._store.people.person(case.customer)
        return Words(person.language if person else "")

    async def name(self, user: str) -> str:
        person = await self._store.people.person(user) if user else None
        return person.name if person else ""

    async def _event(self, floor: Floor, case: Case, turn: Turn, former: Sequence[str]) -> Draft:
        words = await self.words(case)
        match case.state:
            case CaseState.WAITING:
                body = await self._waiting(floor, case, words)
            case CaseState.SERVING:
                name = await self.name(case.agent)
                key = "passed_on" if turn.passed_on else "serving"
                text = words.say(key, name=name)
                body = Assign(case.case_id, "serving", text, agent=case.agent, name=name)
            case CaseState.CLOSED:
                state = "bot" if case.outcome == Outcome.BOT else "closed"
                body = Assign(case.case_id, state, words.say(state))
        told = replace(body, former=former)
        return self.draft(case, str(case.version), told, EventKind.ASSIGN)

    async def _waiting(self, floor: Floor, case: Case, words: Words) -> Assign:
        now = self._clock.now_ms()
        standing = await self._floors.standing(floor, case)
        text = words.waiting(floor, standing, now, await self.name(case.manager))
        return Assign(
            case.case_id,
            "waiting",
            text,
            reason=case.reason,
            position=standing.position,
            estimate_s=standing.estimate_s or 0,
            opens=floor.hours.opens(now) or 0,
        )

    async def _leaving(self, floor: Floor, case: Case, turn: Turn) -> tuple[str, ...]:
        """Staff who sit there and whose business it is no more; a supervisor stays to the end."""
        if case.version == 1:
            return ()
        stays = {case.customer, case.account}
        if turn.seating:
            stays.add(turn.seating.user)
        if case.open:
            stays |= {each.user for each in floor.desk.staff if each.role is DeskRole.SUPERVISOR}
        members = await self._store.conversations.members(case.conv)
        return tuple(each.user for each in members if each.user not in stays)

    def _facts(self, case: Case, turn: Turn, now: int) -> list[Fact]:
        detail: Detail = {"desk": case.desk, "queue": case.queue, **turn.detail}
        return [Fact(turn.kind, turn.actor, case.case_id, now, detail)]
