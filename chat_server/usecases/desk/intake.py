"""What is said in service conversations, as the desk hears it, behind the outbox.

The relay calls `on_change` for every event, at least once: a case that was opened here and
not yet given to anybody when the process died is found by the next one.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from chat_server.domain import bodies
from chat_server.domain.desk.case import Case, Reason, customer_said, staff_said
from chat_server.domain.desk.urgent import is_urgent
from chat_server.domain.errors import VersionConflict
from chat_server.domain.facts import Change
from chat_server.domain.ids import is_account, service_parties
from chat_server.domain.message import Event, EventKind
from chat_server.ports.store import Store
from chat_server.usecases.desk.change import ChangeCase
from chat_server.usecases.desk.floor import Floor, Floors
from chat_server.usecases.desk.opening import OpenCase

_decode_body = msgspec.json.Decoder(bodies.Body).decode


class HearService:
    def __init__(self, store: Store, floors: Floors, change: ChangeCase, open_: OpenCase) -> None:
        self._store, self._floors = store, floors
        self._change, self._open = change, open_

    async def on_change(self, change: Change) -> None:
        event = change.event
        if event is None or event.kind is not EventKind.MESSAGE or is_account(event.sender):
            return
        parties = service_parties(event.conv)
        floor = await self._floors.of_account(parties[0]) if parties else None
        if parties is None or floor is None:
            return
        if event.sender == parties[1]:
            await self._customer(floor, event)
        else:
            await self._note(floor, event, staff_said_in(event))

    async def _customer(self, floor: Floor, event: Event) -> None:
        latest = await self._store.cases.latest(event.conv)
        if latest and event.seq <= latest.heard_seq:
            return
        body = _decode_body(event.body)
        urgent = isinstance(body, bodies.Text) and is_urgent(body.text)
        if latest and latest.open and not urgent:
            await self._note(floor, event, customer_said_in(event))
        elif urgent:
            await self._open(event.conv, Reason.URGENT, seq=event.seq)
        else:
            await self._unasked(floor, event, body)

    async def _unasked(self, floor: Floor, event: Event, body: bodies.Body) -> None:
        """A bot asks for the desk itself, and so does a partner's backend."""
        account = await self._store.accounts.account(floor.desk.account)
        if account is None or not account.bot:
            await self._open(event.conv, Reason.NO_BOT, seq=event.seq)
        elif account.has_bot and not isinstance(body, bodies.Text | bodies.Menu):
            await self._open(event.conv, Reason.NOT_UNDERSTOOD, seq=event.seq)

    async def _note(self, floor: Floor, event: Event, said: Callable[[Case], Case | None]) -> None:
        while (case := await self._store.cases.latest(event.conv)) is not None:
            after = said(case)
            if after is None:
                return
            try:
                await self._change.quietly(after, floor)
            except VersionConflict:
                continue
            return


def customer_said_in(event: Event) -> Callable[[Case], Case | None]:
    return lambda case: customer_said(case, seq=event.seq, at_ms=event.ts)


def staff_said_in(event: Event) -> Callable[[Case], Case | None]:
    return lambda case: staff_said(case, event.sender, seq=event.seq, at_ms=event.ts)
