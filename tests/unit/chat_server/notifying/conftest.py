"""People who are not there, and what is said to them meanwhile."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import msgspec
import pytest

from chat_server.domain import bodies
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.devices import PushAddress, PushKind
from chat_server.domain.facts import Fact
from chat_server.domain.ids import direct_conversation, service_conversation
from chat_server.domain.message import Draft, Event, EventKind
from chat_server.domain.notifying import Wishes
from chat_server.ports.notify import PushNote
from tests.front_desk import FrontDesk, desk

__all__ = ["desk"]

CONV = direct_conversation("wangfang", "zhangwei")
SERVICE_CONV = service_conversation("@service", "zhangwei")


class Absence:
    """zhangwei's phone is subscribed and off."""

    def __init__(self, desk: FrontDesk) -> None:
        self.desk, self.store, self.clock = desk, desk.store, desk.clock
        self._mids = itertools.count(1)
        self._position = 0

    async def subscribe(self, user: str = "zhangwei", device: str = "phone") -> str:
        grant = await self.desk.log_in(user, device=device)
        claims = await self.desk.cases.authenticate(grant.access_token)
        address = PushAddress(PushKind.WEB, f"https://push.example/{user}/{device}", "k", "s")
        await self.desk.cases.notifications.subscribe(claims.session_id, address)
        return claims.session_id

    async def say(
        self,
        body: bodies.Body | str = "在吗",
        *,
        conv: str = CONV,
        sender: str = "wangfang",
        mentions: Sequence[str] = (),
    ) -> Event:
        if isinstance(body, str):
            about = bodies.About(mentions=mentions) if mentions else None
            body = bodies.Text(text=body, about=about)
        mid = f"m{next(self._mids)}"
        draft = Draft(
            conv,
            sender,
            mid,
            EventKind.MESSAGE,
            msgspec.json.encode(body),
            mid.encode(),
            self.clock.now_ms(),
        )
        return (await self.store.messages.append(draft)).event

    async def open_service(self) -> None:
        members = [Membership(SERVICE_CONV, user, Role.MEMBER) for user in ("@service", "zhangwei")]
        await self.store.conversations.open_conversation(
            Conversation(SERVICE_CONV, ConversationKind.SERVICE, account="@service"),
            members,
            Fact("conversation_opened", "zhangwei", SERVICE_CONV, 1),
        )

    async def wish(self, **wishes: object) -> None:
        asked = msgspec.structs.replace(Wishes("zhangwei"), **wishes)
        await self.desk.cases.notifications.wish(asked)

    async def look(self, after_s: float = 6) -> list[PushNote]:
        """Let the time pass, do what runs behind, and give what was pushed by it."""
        self._position = await self.desk.notifying.watch.step(self._position)
        self.clock.move(after_s)
        before = len(self.desk.carrier.sent)
        await self.desk.notifying.tell.step()
        return [note for _, note in self.desk.carrier.sent[before:]]


@pytest.fixture
def absence(desk: FrontDesk) -> Absence:
    return Absence(desk)
