"""What is to be seen of a desk: cases for agents, figures for supervisors, one's own place for
the customer. Every view is authorised when it is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

import msgspec

from chat_server.domain import bodies
from chat_server.domain.desk.case import BEST_RATING, Case, CaseState, Note, Outcome
from chat_server.domain.desk.choosing import Agent
from chat_server.domain.desk.clocks import Clock as CaseClock
from chat_server.domain.desk.clocks import clocks
from chat_server.domain.desk.replies import CannedReply, filled, found
from chat_server.domain.desk.settings import DeskRole, Queue
from chat_server.domain.errors import NotFound
from chat_server.domain.facts import Fact
from chat_server.domain.ids import service_parties
from chat_server.domain.message import Event
from chat_server.domain.people import Person
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.desk.floor import Floor, Floors, Standing
from chat_server.usecases.desk.words import Words

MOST_CLOSED_TODAY = 5_000
MOST_ALERTS = 50
MOST_HISTORY = 200
MOST_LOG = 200
PREVIEW = 80
_decode_body = msgspec.json.Decoder(bodies.Body).decode


class CaseView(msgspec.Struct, frozen=True):
    """A case as staff see it; `why` of one that waits says why nobody has it."""

    case: Case
    customer_name: str
    agent_name: str
    queue_name: str
    why: str
    position: int
    preview: str
    clocks: Sequence[CaseClock]


class CaseFile(msgspec.Struct, frozen=True):
    """A case with all that belongs to it. `stage` is where the bot's business stands."""

    view: CaseView
    open_cards: int
    stage: str
    history: Sequence[Fact]
    notes: Sequence[Note]
    names: Mapping[str, str]
    canned: Mapping[str, str]


class Line(msgspec.Struct, frozen=True):
    """One queue, now."""

    queue: Queue
    waiting: int
    longest_wait_s: int


class DeskView(msgspec.Struct, frozen=True):
    floor: Floor
    account_name: str
    role: str
    open: bool
    opens_ms: int | None
    closes_ms: int | None
    lines: Sequence[Line]


class Alert(msgspec.Struct, frozen=True):
    view: CaseView
    clock: CaseClock


class Figures(msgspec.Struct, frozen=True):
    """`ratings` counts ones, twos … fives of today's closed cases."""

    lines: Sequence[Line]
    serving: int
    closed_today: int
    breaches_today: int
    ratings: Sequence[int]
    alerts: Sequence[Alert]


class Place(msgspec.Struct, frozen=True):
    """Where a customer stands; `state` is none, waiting, serving, closed or bot."""

    has_desk: bool
    case: Case | None = None
    state: str = "none"
    agent_name: str = ""
    standing: Standing | None = None
    open: bool = False
    opens_ms: int | None = None


class Look:
    def __init__(self, store: Store, floors: Floors, clock: Clock) -> None:
        self._store, self._floors, self._clock = store, floors, clock

    async def desks(self, user: str, *, administrator: bool) -> Sequence[DeskView]:
        """Those on whose staff one is; all for an administrator."""
        views = []
        for floor in await self._floors.all():
            member = floor.desk.member(user)
            if member or administrator:
                views.append(await self._desk(floor, member.role if member else "administrator"))
        return views

    async def cases(self, user: str, desk: str, state: CaseState, limit: int) -> Sequence[CaseView]:
        """Of a supervisor all; of an agent who waits in their queues, and their own."""
        floor, member = await self._floors.staffed(user, desk)
        every = member.role is DeskRole.SUPERVISOR
        if state is CaseState.WAITING:
            standings = await self._floors.standings(floor)
            mine = [each for each in standings if every or each.case.queue in member.queues]
            return [await self._view(floor, each.case, each) for each in mine[:limit]]
        agent = "" if every else user
        listed = await self._store.cases.cases(desk, state, agent=agent, limit=limit)
        return [await self._view(floor, case) for case in listed]

    async def case(self, user: str, case_id: str) -> CaseView:
        floor, _, case = await self._floors.case(user, case_id)
        return await self._view(floor, case)

    async def shown(self, case: Case) -> CaseView:
        """What somebody has just done with a case, who may have lost sight of it by that."""
        return await self._view(await self._floors.named(case.desk), case)

    async def file(self, user: str, case_id: str) -> CaseFile:
        floor, _, case = await self._floors.case(user, case_id)
        changes = await self._store.audit.facts(subject=case_id, limit=MOST_HISTORY)
        history = [change.fact for change in changes if change.fact]
        notes = await self._store.cases.notes(case_id)
        dialogue = await self._store.dialogues.dialogue(case.conv)
        cards = dialogue.cards if dialogue else ()
        users = [*(fact.actor for fact in history), *(note.author for note in notes)]
        return CaseFile(
            view=await self._view(floor, case),
            open_cards=len(cards),
            stage=cards[-1].card_id.partition(":")[0] if cards else "",
            history=history,
            notes=notes,
            names=await self._names(users),
            canned=await self._canned(floor, case, user),
        )

    async def log(self, user: str, case_id: str, *, after: int, limit: int) -> Sequence[Event]:
        """For a supervisor who does not sit there, up to the case's end; leaves a fact."""
        floor, _, case = await self._floors.case(user, case_id)
        await self._floors.supervised(user, floor.desk.desk)
        first = max(after, case.first_seq - 1)
        fact = Fact("case_viewed", user, case_id, self._clock.now_ms(), {"after": first})
        await self._store.audit.record(fact)
        limit = min(limit, MOST_LOG)
        events = await self._store.messages.events(case.conv, after=first, limit=limit)
        return [each for each in events if case.open or each.seq <= case.heard_seq]

    async def agents(self, user: str, desk: str) -> Sequence[tuple[Agent, str]]:
        """The staff of one's desk, each with their name."""
        floor, _ = await self._floors.staffed(user, desk)
        return await self._agents(floor)

    async def replies(
        self, user: str, desk: str, typed: str, *, administrator: bool = False
    ) -> Sequence[CannedReply]:
        floor = await self._floors.named(desk)
        if not administrator:
            floor, _ = await self._floors.staffed(user, desk)
        return found(floor.desk.replies, typed)

    async def fill(self, user: str, case_id: str, reply: str) -> str:
        """A canned reply for this case; raises MissingVariable, NotFound."""
        floor, _, case = await self._floors.case(user, case_id)
        known = next((each for each in floor.desk.replies if each.reply == reply), None)
        if known is None:
            raise NotFound("no such reply")
        return filled(known, await self._canned(floor, case, user))

    async def figures(self, user: str, desk: str) -> tuple[Figures, Sequence[tuple[Agent, str]]]:
        floor = await self._floors.supervised(user, desk)
        cases, now = self._store.cases, self._clock.now_ms()
        standings = await self._floors.standings(floor)
        serving = await cases.cases(desk, CaseState.SERVING)
        midnight = _midnight(floor, now)
        closed = await cases.cases(
            desk, CaseState.CLOSED, since_ms=midnight, limit=MOST_CLOSED_TODAY
        )
        alive = [*(each.case for each in standings), *serving]
        ratings = Counter(each.rating for each in closed if each.rated_ms)
        figures = Figures(
            lines=_lines(floor, standings, now),
            serving=len(serving),
            closed_today=len(closed),
            breaches_today=sum(each.breached_ms >= midnight for each in (*alive, *closed)),
            ratings=[ratings[score] for score in range(1, BEST_RATING + 1)],
            alerts=await self._alerts(floor, alive),
        )
        return figures, await self._agents(floor)

    async def place(self, customer: str, conv: str) -> Place:
        """Of one's own service conversation; raises NotFound."""
        parties = service_parties(conv)
        if parties is None or parties[1] != customer:
            raise NotFound("no such conversation of yours")
        floor = await self._floors.of_account(parties[0])
        if floor is None:
            return Place(has_desk=False)
        now = self._clock.now_ms()
        case = await self._store.cases.latest(conv)
        waits = case is not None and case.state is CaseState.WAITING
        return Place(
            has_desk=True,
            case=case,
            state=_state(case),
            agent_name=await self._name(case.agent) if case and _served(case) else "",
            standing=await self._floors.standing(floor, case) if case and waits else None,
            open=floor.hours.is_open(now),
            opens_ms=floor.hours.opens(now),
        )

    async def _desk(self, floor: Floor, role: str) -> DeskView:
        now = self._clock.now_ms()
        account = await self._store.accounts.account(floor.desk.account)
        return DeskView(
            floor=floor,
            account_name=account.name if account else floor.desk.account,
            role=role,
            open=floor.hours.is_open(now),
            opens_ms=floor.hours.opens(now),
            closes_ms=floor.hours.closes(now),
            lines=_lines(floor, await self._floors.standings(floor), now),
        )

    async def _view(self, floor: Floor, case: Case, standing: Standing | None = None) -> CaseView:
        waits = case.state is CaseState.WAITING
        if waits and standing is None:
            standing = await self._floors.standing(floor, case)
        now = self._clock.now_ms()
        return CaseView(
            case=case,
            customer_name=await self._name(case.customer),
            agent_name=await self._name("" if waits else case.agent),
            queue_name=floor.queue_of(case).name,
            why=standing.choice.why if standing else case.why,
            position=standing.position if standing else 0,
            preview=await self._preview(case),
            clocks=clocks(case, floor.desk.targets, floor.hours, now),
        )

    async def _preview(self, case: Case) -> str:
        """The words that opened the case."""
        event = await self._store.messages.event(case.conv, case.opened_seq)
        if event is None or event.sender != case.customer:
            return ""
        forms = await self._store.messages.forms(case.conv, [event.seq])
        form = forms.get(event.seq)
        body = _decode_body(event.body)
        if (form and form.recalled) or not isinstance(body, bodies.Text | bodies.Menu):
            return ""
        return (body.text if isinstance(body, bodies.Text) else body.title)[:PREVIEW]

    async def _alerts(self, floor: Floor, cases: Sequence[Case]) -> Sequence[Alert]:
        now = self._clock.now_ms()
        late = [
            (clock, case)
            for case in cases
            for clock in clocks(case, floor.desk.targets, floor.hours, now)
            if not clock.ended and (clock.due_ms <= now or clock.warn_ms <= now)
        ]
        late.sort(key=lambda each: (each[0].due_ms, each[1].case_id))
        return [Alert(await self._view(floor, case), clock) for clock, case in late[:MOST_ALERTS]]

    async def _agents(self, floor: Floor) -> Sequence[tuple[Agent, str]]:
        names = await self._names(floor.users)
        agents = await self._floors.agents(floor)
        return [(each, names.get(each.staff.user, each.staff.user)) for each in agents]

    async def _canned(self, floor: Floor, case: Case, user: str) -> Mapping[str, str]:
        """What the places of canned replies may be filled with; what is not known is left out."""
        now = self._clock.now_ms()
        person = await self._store.people.person(case.customer)
        assignment = await self._store.people.assignment(case.customer)
        account = await self._store.accounts.account(case.account)
        opens_ms = floor.hours.opens(now)
        words = Words(person.language if person else "")
        values = {
            "customer_name": person.name if person else "",
            "agent_name": await self._name(user),
            "account_name": account.name if account else "",
            "queue_name": floor.queue_of(case).name,
            "desk_name": floor.desk.name,
            "manager_name": await self._name(assignment.manager) if assignment else "",
            "opens_at": words.opens(floor, opens_ms, now) if opens_ms else "",
        }
        return {name: value for name, value in values.items() if value}

    async def _name(self, user: str) -> str:
        return (await self._names([user])).get(user, "") if user else ""

    async def _names(self, users: Sequence[str]) -> Mapping[str, str]:
        people: Sequence[Person] = await self._store.people.people(set(users))
        return {each.user: each.name for each in people}


def _lines(floor: Floor, standings: Sequence[Standing], now_ms: int) -> Sequence[Line]:
    lines = []
    for queue in floor.desk.queues:
        since = [each.case.queued_ms for each in standings if floor.queue_of(each.case) == queue]
        longest_ms = now_ms - min(since) if since else 0
        lines.append(Line(queue, len(since), longest_ms // 1000))
    return lines


def _midnight(floor: Floor, now_ms: int) -> int:
    zone = ZoneInfo(floor.desk.timezone)
    today = datetime.fromtimestamp(now_ms / 1000, zone).date()
    return int(datetime.combine(today, time(), zone).timestamp() * 1000)


def _served(case: Case) -> bool:
    return case.state is not CaseState.WAITING


def _state(case: Case | None) -> str:
    if case is None:
        return "none"
    return "bot" if case.outcome == Outcome.BOT else case.state.value
