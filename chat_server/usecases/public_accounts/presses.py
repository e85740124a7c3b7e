"""Behind the outbox: a menu button that was pressed in the chat becomes a fact.

A page opened from the menu is one already. Both are what audiences are narrowed by.
"""

from __future__ import annotations

import msgspec

from chat_server.domain import bodies
from chat_server.domain.facts import Change, Fact
from chat_server.domain.ids import service_parties
from chat_server.domain.message import EventKind
from chat_server.ports.store import AuditTrail

_TAG = b'"menu"'  # in every body of that kind; the others are not even decoded
_decode = msgspec.json.Decoder(bodies.Body).decode


class NotePresses:
    """Told of one press twice, it may note it twice, which who asks who pressed does not mind."""

    def __init__(self, audit: AuditTrail) -> None:
        self._audit = audit

    async def on_change(self, change: Change) -> None:
        event = change.event
        if event is None or event.kind is not EventKind.MESSAGE or _TAG not in event.body:
            return
        parties, body = service_parties(event.conv), _decode(event.body)
        if parties is None or parties[1] != event.sender or not isinstance(body, bodies.Menu):
            return
        detail: dict[str, str | int | bool] = {"key": body.key}
        await self._audit.record(Fact("menu_pressed", event.sender, parties[0], event.ts, detail))
