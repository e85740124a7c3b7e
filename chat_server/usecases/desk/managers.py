"""A customer wrote to an account manager who is away: the desk takes over, and says so.

What was written stays between the two; the desk's case is opened in the customer's service
conversation, and the direct one gets a notice that leads there.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chat_server.domain.bodies import Notice
from chat_server.domain.desk.case import Reason
from chat_server.domain.desk.choosing import Status
from chat_server.domain.facts import Change
from chat_server.domain.ids import direct_peer, service_conversation
from chat_server.domain.message import Draft, Event, EventKind
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.desk.change import ChangeCase, HashBody
from chat_server.usecases.desk.floor import Floor, Floors
from chat_server.usecases.desk.opening import OpenCase
from chat_server.usecases.desk.words import Words

PAGE = 500
STALE_MS = 3_600_000
DIRECT_PREFIX = "d:"


class StandIn:
    """Behind the outbox; reads direct conversations only while some desk covers managers."""

    def __init__(
        self,
        store: Store,
        floors: Floors,
        change: ChangeCase,
        open_: OpenCase,
        clock: Clock,
        hash_body: HashBody,
    ) -> None:
        self._store, self._floors = store, floors
        self._change, self._open = change, open_
        self._clock, self._hash_body = clock, hash_body

    async def fetch(self, after: int) -> Sequence[Change]:
        if await self._covering() is None:
            return []
        return await self._store.changes.changes(after, PAGE, only=DIRECT_PREFIX)

    async def on_change(self, change: Change) -> None:
        event = change.event
        if event is None or event.kind is not EventKind.MESSAGE:
            return
        if self._clock.now_ms() - event.ts > STALE_MS:
            return  # from before the desk covered managers
        manager = direct_peer(event.conv, event.sender)
        assignment = await self._store.people.assignment(event.sender) if manager else None
        floor = await self._covering()
        if floor is None or assignment is None or assignment.manager != manager:
            return
        if await self._away(floor, manager):
            await self._take_over(floor, event, manager)

    async def _take_over(self, floor: Floor, event: Event, manager: str) -> None:
        """The notice first: what is repeated after a crash says nothing twice."""
        conv = service_conversation(floor.desk.account, event.sender)
        latest = await self._store.cases.latest(conv)
        if latest and (latest.open or latest.opened_ms >= event.ts):
            return  # opened for this word, or after it
        await self._say(floor, event, manager)
        await self._open(conv, Reason.MANAGER_AWAY, manager=manager)

    async def _say(self, floor: Floor, event: Event, manager: str) -> None:
        person = await self._store.people.person(event.sender)
        words = Words(person.language if person else "")
        text = words.say("manager_away_notice", manager=await self._change.name(manager))
        body = msgspec.json.encode(Notice(text, "system"))
        await self._store.messages.append(
            Draft(
                conv=event.conv,
                sender=floor.desk.account,
                mid=f"away:{event.seq}",
                kind=EventKind.MESSAGE,
                body=body,
                body_hash=self._hash_body(body),
                at_ms=self._clock.now_ms(),
                counts=False,
            )
        )

    async def _away(self, floor: Floor, manager: str) -> bool:
        """As they say; outside business hours whoever does not say that they are there."""
        said = await self._store.cases.statuses([manager])
        if said and said[0].status is Status.AWAY:
            return True
        here = bool(said) and said[0].status is Status.AVAILABLE
        return not here and not floor.hours.is_open(self._clock.now_ms())

    async def _covering(self) -> Floor | None:
        floors = await self._floors.all()
        return next((each for each in floors if each.desk.covers_managers), None)
