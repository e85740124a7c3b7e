"""Behind the outbox: what customers say and do to an account becomes callbacks that wait.

The relay calls `on_said` and `on_fact` at least once; a callback's number comes from what it
tells of, so the second time changes nothing. Nobody is called from here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from chat_server.domain import bodies
from chat_server.domain.accounts.notices import NoticeState
from chat_server.domain.facts import Change, Fact
from chat_server.domain.ids import is_account, service_parties
from chat_server.domain.message import Event, EventKind
from chat_server.platform.apps import DEFAULT_MENU, App, ticket_told
from chat_server.platform.callbacks.records import (
    Callback,
    delivered,
    number_of_change,
    number_of_job,
    waiting,
)
from chat_server.platform.registry import Apps
from chat_server.platform.service.sessions import KINDS, Sessions
from chat_server.platform.tallies import Tallies
from chat_server.platform.windows import Windows
from chat_server.ports.clock import Clock
from chat_server.ports.shelf import Shelf
from chat_server.usecases.assist.persons import Attention, Persons
from chat_server.usecases.public_accounts.notices import ENDED, Notices

_decode_body = msgspec.json.Decoder(bodies.Body).decode
Wake = Callable[[str], None]
Give = Callable[[App, str, str, int], Awaitable[bool]]  # what `Giving` does


class Intake:
    def __init__(
        self,
        apps: Apps,
        shelf: Shelf,
        clock: Clock,
        windows: Windows,
        persons: Persons,
        notices: Notices,
        sessions: Sessions,
        giving: Give,
        tallies: Tallies,
        wake: Wake,
    ) -> None:
        self._apps, self._shelf, self._clock = apps, shelf, clock
        self._windows, self._persons = windows, persons
        self._notices, self._sessions, self._giving = notices, sessions, giving
        self._tallies, self._wake = tallies, wake
        self._waiting, self._log = waiting(shelf, clock), delivered(shelf, clock)

    async def on_said(self, change: Change) -> None:
        """A message in a service conversation."""
        event = change.event
        if event is None or event.kind is not EventKind.MESSAGE or is_account(event.sender):
            return
        account, customer = service_parties(event.conv) or ("", "")
        if event.sender != customer:
            return  # a person of the bank, who serves them
        app = await self._apps.of_account(account)
        if app is not None:
            await self._take(app, customer, event, change.position)

    async def _take(self, app: App, customer: str, event: Event, position: int) -> None:
        body = _decode_body(event.body)
        number = number_of_change(event.ts, position)
        if isinstance(body, bodies.Menu):
            await self._windows.tapped(app.account, customer, event.ts)
            if await self._giving(app, customer, body.key, number):
                return
            callback = _pressed(body, customer, event, number)
        else:
            await self._windows.said(app.account, customer, event.ts)
            await self._tallies.heard(app.account, customer, body, event)
            said = body.text if isinstance(body, bodies.Text) else ""
            if await self._persons.of(event.conv, said) is Attention.PERSON:
                return  # who serves the customer answers
            callback = Callback(
                msg_id=number, customer=customer, at_ms=event.ts, conv=event.conv, seq=event.seq
            )
        await self._wait(app, callback)

    async def on_fact(self, change: Change) -> None:
        """A follow, its end, a scan, a page opened from the menu, or an agent's session."""
        fact = change.fact
        if fact is not None and fact.kind == ENDED:
            await self._notice_ended(fact, change.position)
        if fact is not None and fact.kind in KINDS:
            await self._session_moved(fact, change.position)
        if fact is None or fact.kind not in _EVENTS:
            return
        app = await self._apps.of_account(fact.subject)
        if app is None:
            return
        name = _EVENTS[fact.kind]
        if name != "unsubscribe":
            await self._windows.tapped(app.account, fact.actor, fact.at_ms)
        await self._wait(
            app,
            Callback(
                msg_id=number_of_change(fact.at_ms, change.position),
                customer=fact.actor,
                at_ms=fact.at_ms,
                event=name,
                fields=_page_fields(fact) if name == "VIEW" else _scene_fields(name, fact),
            ),
        )

    async def _notice_ended(self, fact: Fact, position: int) -> None:
        app = await self._apps.of_account(fact.subject)
        if app is None:
            return
        notice = await self._notices.find(app.account, str(fact.detail["notice"]))
        if notice.sender != app.appid:
            return  # the bank's own staff sent it
        status = _STATUS[notice.state]
        await self._wait(
            app,
            Callback(
                msg_id=number_of_change(fact.at_ms, position),
                customer=notice.customer,
                at_ms=fact.at_ms,
                event="TEMPLATESENDJOBFINISH",
                fields={"MsgID": notice.number, "Status": status},
            ),
        )

    async def _session_moved(self, fact: Fact, position: int) -> None:
        told = await self._sessions.told(fact)
        if told is None:
            return
        case, event, fields = told
        app = await self._apps.of_account(case.account)
        if app is None:
            return
        await self._wait(
            app,
            Callback(
                msg_id=number_of_change(fact.at_ms, position),
                customer=case.customer,
                at_ms=fact.at_ms,
                event=event,
                fields=fields,
            ),
        )

    async def happened(
        self, app: App, customer: str, event: str, fields: Mapping[str, Any]
    ) -> None:
        """Something that only the platform knows, such as the end of a job."""
        now = self._clock.now_ms()
        number = await self._shelf.bump("", "number", "platform_event", 1, now)
        await self._wait(
            app,
            Callback(
                msg_id=number_of_job(now, number),
                customer=customer,
                at_ms=now,
                event=event,
                fields=fields,
            ),
        )

    async def _wait(self, app: App, callback: Callback) -> None:
        if not app.callback:
            return
        name = callback.name
        if await self._log.get(app.account, name) is not None:
            return  # told of it again, after it was delivered
        if await self._waiting.new(app.account, name, callback):
            if await self._log.get(app.account, name) is not None:  # delivered meanwhile
                await self._waiting.take(app.account, name)
            else:
                self._wake(app.account)


_EVENTS = {
    "followed": "subscribe",
    "unfollowed": "unsubscribe",
    "code_scanned": "SCAN",
    "menu_page_opened": "VIEW",
}
_STATUS = {
    NoticeState.DELIVERED: "success",
    NoticeState.REFUSED: "failed:user block",
    NoticeState.FAILED: "failed: system failed",
    NoticeState.QUEUED: "failed: system failed",  # it has ended, so it never is
}


def _pressed(body: bodies.Menu, customer: str, event: Event, number: int) -> Callback:
    """What a special button had the customer do is read where it stands, when it is told."""
    plain = Callback(
        msg_id=number,
        customer=customer,
        at_ms=event.ts,
        event="CLICK",
        fields={"EventKey": body.key},
    )
    if body.pressed is None:
        return plain
    return replace(plain, event=body.pressed.kind, conv=event.conv, seq=event.seq)


def _page_fields(fact: Fact) -> Mapping[str, Any]:
    number = int(fact.detail["menu"]) + DEFAULT_MENU
    return {"EventKey": str(fact.detail["url"]), "MenuId": str(number)}


def _scene_fields(name: str, fact: Fact) -> Mapping[str, Any]:
    scene, ticket = str(fact.detail.get("scene", "")), str(fact.detail.get("ticket", ""))
    if name == "unsubscribe" or not scene:
        return {"EventKey": ""}
    key = f"qrscene_{scene}" if name == "subscribe" else scene
    return {"EventKey": key, "Ticket": ticket_told(ticket)}
