"""What agents and supervisors do with a case: claim, pass on, give back, close, note."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from msgspec.structs import replace

from chat_server.domain.desk.case import (
    MAX_NOTE,
    Case,
    CaseState,
    Note,
    Outcome,
    Reason,
    closed,
    may_act,
    passed_on,
    queued,
    taken,
)
from chat_server.domain.desk.choosing import AgentStatus, Status
from chat_server.domain.desk.settings import DeskRole, DeskStaff
from chat_server.domain.desk.step import CaseStep, Seating
from chat_server.domain.errors import (
    AgentUnavailable,
    CaseClosed,
    CaseTaken,
    Forbidden,
    InvalidValue,
    TooLong,
    VersionConflict,
)
from chat_server.domain.facts import Fact
from chat_server.domain.message import EventKind
from chat_server.domain.people import StaffRole
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.desk.assign import AssignCases
from chat_server.usecases.desk.change import ChangeCase, Turn
from chat_server.usecases.desk.floor import Floor, Floors

_TRIES = 8
_STAFF = frozenset({StaffRole.AGENT, StaffRole.SUPERVISOR, StaffRole.MANAGER})


class Asked(msgspec.Struct, frozen=True):
    """A case as it stands, and who wants to do something with it."""

    floor: Floor
    member: DeskStaff
    case: Case

    @property
    def supervisor(self) -> bool:
        return self.member.role is DeskRole.SUPERVISOR


Plan = Callable[[Asked], Awaitable[Turn]]


class Attend:
    """Each raises NotFound or Forbidden for who has no business there, CaseClosed when the case
    is in no state for it, and is decided again when somebody else was faster.
    """

    def __init__(
        self,
        store: Store,
        floors: Floors,
        change: ChangeCase,
        assign: AssignCases,
        clock: Clock,
    ) -> None:
        self._store, self._floors = store, floors
        self._change, self._assign, self._clock = change, assign, clock

    async def claim(self, user: str, case_id: str) -> Case:
        """Take a waiting case. CaseTaken names who was faster; AgentUnavailable: enough cases, or
        not the skills of its queue.
        """

        async def plan(asked: Asked) -> Turn:
            after = taken(asked.case, user, why="claimed", now_ms=self._clock.now_ms())
            queue = asked.floor.queue_of(asked.case)
            if not asked.supervisor and not asked.member.serves(queue):
                raise AgentUnavailable(f"{queue.name} needs {', '.join(queue.skills)}")
            return Turn(
                kind="case_claimed",
                actor=user,
                after=after,
                detail={"agent": user},
                seating=Seating(user, asked.member.capacity),
            )

        try:
            return await self._act(user, case_id, plan)
        except CaseTaken:
            case = await self._store.cases.case(case_id)
            name = await self._change.name(case.agent) if case else ""
            raise CaseTaken(f"{name or 'somebody else'} serves this customer") from None

    async def transfer(
        self, user: str, case_id: str, *, agent: str = "", queue: str = "", note: str
    ) -> Case:
        """To an agent or to a queue, with a note for who comes next."""
        words = _note(note, needed=True)
        if bool(agent) == bool(queue):
            raise InvalidValue("transfer: to an agent or to a queue, one of them")

        async def plan(asked: Asked) -> Turn:
            may_act(asked.case, user, supervisor=asked.supervisor)
            if queue:
                return await self._to_queue(asked, user, queue, words)
            return await self._to_agent(asked, user, agent, words)

        return await self._then_assign(await self._act(user, case_id, plan))

    async def give_back(self, user: str, case_id: str, note: str) -> Case:
        """Into its queue again, where its first asking puts it."""

        async def plan(asked: Asked) -> Turn:
            may_act(asked.case, user, supervisor=asked.supervisor)
            if asked.case.state is not CaseState.SERVING:
                raise CaseClosed("nobody serves the case")
            after = queued(asked.case, asked.case.queue, reason=Reason.RETURNED)
            return Turn(kind="case_returned", actor=user, after=after, note=_note(note))

        return await self._act(user, case_id, plan)

    async def hand_back(self, user: str, case_id: str, note: str) -> Case:
        """The bot goes on."""

        async def plan(asked: Asked) -> Turn:
            may_act(asked.case, user, supervisor=asked.supervisor)
            account = await self._store.accounts.account(asked.case.account)
            if account is None or not account.bot:
                raise InvalidValue("this account has no bot")
            after = await self._ended(asked.case, Outcome.BOT, "")
            return Turn(kind="case_handed_back", actor=user, after=after, note=_note(note))

        return await self._then_next(await self._act(user, case_id, plan))

    async def close(self, user: str, case_id: str, note: str, *, ask_rating: bool) -> Case:
        """It is done; the customer may say how it was."""

        async def plan(asked: Asked) -> Turn:
            may_act(asked.case, user, supervisor=asked.supervisor)
            card = f"rating:{asked.case.case_id}:{asked.case.reopened}"
            after = await self._ended(asked.case, Outcome.RESOLVED, card if ask_rating else "")
            further = []
            if after.rating_card:
                words = await self._change.words(after)
                named = await self._change.name(after.agent)
                body = words.rating_card(after, named)
                drawn = self._change.draft(after, "rating", body, EventKind.MESSAGE)
                further = [replace(drawn, mid=after.rating_card)]
            return Turn(
                kind="case_closed", actor=user, after=after, note=_note(note), further=further
            )

        return await self._then_next(await self._act(user, case_id, plan))

    async def note(self, user: str, case_id: str, text: str) -> Note:
        """For colleagues only, at any time, also after the end."""
        words = _note(text, needed=True)
        for _ in range(_TRIES):
            floor, _member, case = await self._floors.case(user, case_id)
            now = self._clock.now_ms()
            note = Note(case_id, user, now, words)
            after = replace(case, version=case.version + 1)
            fact = Fact("case_noted", user, case_id, now, {"desk": case.desk})
            try:
                await self._store.cases.commit(CaseStep(case=after, facts=[fact], note=note))
            except VersionConflict:
                continue
            await self._change.tell(floor, None)
            return note
        raise VersionConflict("the case is being changed by many at once")

    async def say_status(self, user: str, status: Status) -> AgentStatus:
        """Available, busy or away: until they say otherwise, restarts and all."""
        person = await self._store.people.person(user)
        if person is None or person.role not in _STAFF:
            raise Forbidden("only for those who serve customers")
        now = self._clock.now_ms()
        said = AgentStatus(user, status, now)
        fact = Fact("agent_status_changed", user, user, now, {"status": status.value})
        await self._store.cases.set_status(said, fact)
        for floor in await self._floors.all():
            if floor.desk.member(user):
                await self._change.tell(floor)
                if status is Status.AVAILABLE:
                    await self._assign.all(floor)
        return said

    async def status(self, user: str) -> AgentStatus:
        """What they said; a manager who said nothing is there in business hours."""
        said = await self._store.cases.statuses([user])
        if said:
            return said[0]
        person = await self._store.people.person(user)
        if person is None or person.role is not StaffRole.MANAGER:
            return AgentStatus(user)
        covering = (each for each in await self._floors.all() if each.desk.covers_managers)
        floor = next(covering, None)
        there = floor is None or floor.hours.is_open(self._clock.now_ms())
        return AgentStatus(user, Status.AVAILABLE if there else Status.AWAY)

    async def _act(self, user: str, case_id: str, plan: Plan) -> Case:
        for _ in range(_TRIES):
            floor, member, case = await self._floors.case(user, case_id)
            turn = await plan(Asked(floor, member, case))
            try:
                return await self._change(floor, turn)
            except VersionConflict:
                continue
        raise VersionConflict("the case is being changed by many at once")

    async def _to_queue(self, asked: Asked, user: str, queue: str, note: str) -> Turn:
        if asked.floor.desk.queue(queue) is None:
            raise InvalidValue("queue: no such queue at this desk")
        after = queued(asked.case, queue, reason=Reason.TRANSFERRED)
        return Turn(
            kind="case_transferred",
            actor=user,
            after=after,
            detail={"from": asked.case.agent, "to_queue": queue},
            note=note,
        )

    async def _to_agent(self, asked: Asked, user: str, agent: str, note: str) -> Turn:
        member = asked.floor.desk.member(agent)
        if member is None:
            raise InvalidValue("agent: nobody of that name at this desk")
        (status,) = await self._store.cases.statuses([agent]) or [AgentStatus(agent)]
        if status.status is Status.AWAY and agent != user:
            raise AgentUnavailable(f"{await self._change.name(agent)} is away")
        own = asked.case.agent == user
        after = passed_on(
            asked.case,
            agent,
            why="transferred" if own else "reassigned",
            now_ms=self._clock.now_ms(),
        )
        return Turn(
            kind="case_transferred" if own else "case_reassigned",
            actor=user,
            after=after,
            detail={"from": asked.case.agent, "agent": agent},
            seating=Seating(agent, member.capacity),
            note=note,
            passed_on=asked.case.state is CaseState.SERVING,
        )

    async def _ended(self, case: Case, outcome: Outcome, card: str) -> Case:
        """All that was said until now belongs to the case."""
        head = await self._store.messages.head(case.conv)
        after = closed(case, outcome, rating_card=card, now_ms=self._clock.now_ms())
        return replace(after, heard_seq=max(after.heard_seq, head.seq))

    async def _then_assign(self, case: Case) -> Case:
        if case.state is not CaseState.WAITING:
            return case
        return await self._assign(await self._floors.named(case.desk), case)

    async def _then_next(self, case: Case) -> Case:
        """There is room for somebody who waits."""
        await self._assign.all(await self._floors.named(case.desk))
        return case


def _note(text: str, *, needed: bool = False) -> str:
    words = text.strip()
    if len(words) > MAX_NOTE:
        raise TooLong(f"note: at most {MAX_NOTE} characters")
    if needed and not words:
        raise InvalidValue("note: at least one character")
    return words
