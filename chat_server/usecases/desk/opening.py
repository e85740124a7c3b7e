"""A customer is to be answered by a person: a case is opened, once, whoever asks how often.

Called behind the outbox and by the customer's own request; each may come twice, from two
nodes, or again after a crash.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.desk.case import (
    CONTEXT,
    Case,
    CaseState,
    Outcome,
    Reason,
    hastened,
    reopened,
)
from chat_server.domain.errors import CaseClosed, VersionConflict
from chat_server.domain.facts import Fact
from chat_server.domain.ids import service_parties
from chat_server.ports.bus import Bus, MembershipChanged
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.desk.assign import AssignCases
from chat_server.usecases.desk.change import ChangeCase, Turn
from chat_server.usecases.desk.floor import Floor, Floors

log = structlog.get_logger()

NewId = Callable[[], str]
_TRIES = 8
_ASKING = frozenset({Reason.ASKED, Reason.URGENT, Reason.MANAGER_AWAY})


class OpenCase:
    def __init__(
        self,
        store: Store,
        floors: Floors,
        change: ChangeCase,
        assign: AssignCases,
        bus: Bus,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._store, self._floors = store, floors
        self._change, self._assign = change, assign
        self._bus, self._clock, self._new_id = bus, clock, new_id

    async def __call__(
        self, conv: str, reason: Reason, *, seq: int = 0, manager: str = ""
    ) -> Case | None:
        """The open case of this service conversation, made, reopened or found; None: no desk.

        `seq` is the event that asks; without one it is asked for beside the log.
        """
        floor = await self._floors.of_conversation(conv)
        if floor is None:
            return None
        for _ in range(_TRIES):
            try:
                case = await self._once(floor, conv, reason, seq, manager)
            except (VersionConflict, CaseClosed):
                log.info("case_opened_elsewhere", conversation=conv)
                continue
            if case.state is CaseState.WAITING:
                return await self._assign(floor, case)
            return case
        raise VersionConflict("the case is being changed by many at once")

    async def _once(self, floor: Floor, conv: str, reason: Reason, seq: int, manager: str) -> Case:
        latest = await self._store.cases.latest(conv)
        if latest is None:
            return await self._new(floor, conv, reason, seq, manager)
        if latest.open:
            return await self._hasten(floor, latest, reason, seq)
        if seq and seq <= latest.heard_seq:
            return latest  # asked before it was closed
        if self.recent(floor, latest, asking=reason in _ASKING):
            return await self._reopen(floor, latest, reason, seq)
        return await self._new(floor, conv, reason, seq, manager)

    def recent(self, floor: Floor, case: Case, *, asking: bool = False) -> bool:
        """Whether the next word reopens the case; what went back to the bot only if asked."""
        since = self._clock.now_ms() - case.closed_ms
        by_word = case.outcome == Outcome.RESOLVED or asking
        return not case.open and by_word and since <= floor.desk.reopen_s * 1000

    async def _hasten(self, floor: Floor, case: Case, reason: Reason, seq: int) -> Case:
        if reason is not Reason.URGENT or case.urgent:
            return case
        after = hastened(case, seq)
        waits = case.state is CaseState.WAITING
        turn = Turn(kind="case_hastened", actor=case.customer, after=after, told=waits)
        return await self._change(floor, turn)

    async def _reopen(self, floor: Floor, case: Case, reason: Reason, seq: int) -> Case:
        after = reopened(
            case,
            reason=reason if reason in _ASKING else Reason.REOPENED,
            urgent=reason is Reason.URGENT,
            seq=seq or (await self._store.messages.head(case.conv)).seq,
            now_ms=self._clock.now_ms(),
        )
        detail = {"reason": after.reason.value, "times": after.reopened}
        turn = Turn(kind="case_reopened", actor=case.customer, after=after, detail=detail)
        return await self._change(floor, turn)

    async def _new(self, floor: Floor, conv: str, reason: Reason, seq: int, manager: str) -> Case:
        account, customer = service_parties(conv) or ("", "")
        await self._ensure(conv, account, customer)
        person = await self._store.people.person(customer)
        now = self._clock.now_ms()
        at_seq = seq or (await self._store.messages.head(conv)).seq + 1
        case = Case(
            case_id=self._new_id(),
            desk=floor.desk.desk,
            account=account,
            conv=conv,
            customer=customer,
            queue=floor.desk.queue_for(person.language if person else "").queue,
            state=CaseState.WAITING,
            reason=reason,
            opened_ms=now,
            opened_seq=at_seq,
            first_seq=max(1, at_seq - CONTEXT),
            queued_ms=now,
            urgent=reason is Reason.URGENT,
            heard_seq=at_seq,
            agent=await self._served_last(conv),
            manager=manager,
            unanswered_ms=now,
        )
        detail = {"reason": reason.value, "urgent": case.urgent}
        turn = Turn(kind="case_opened", actor=customer, after=case, detail=detail)
        return await self._change(floor, turn)

    async def _served_last(self, conv: str) -> str:
        latest = await self._store.cases.latest(conv)
        return latest.agent if latest else ""

    async def _ensure(self, conv: str, account: str, customer: str) -> None:
        """Who only ever wrote to their manager has no service conversation yet."""
        if await self._store.conversations.conversation(conv) is not None:
            return
        opened = await self._store.conversations.open_conversation(
            Conversation(conv, ConversationKind.SERVICE, account),
            [Membership(conv, user, Role.MEMBER) for user in (customer, account)],
            Fact("conversation_opened", customer, conv, self._clock.now_ms(), {"kind": "service"}),
        )
        if opened:
            self._bus.publish(MembershipChanged(conv, customer))
