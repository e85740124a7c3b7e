"""Saying something to a customer as the account: the same log, the same road as everybody's."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import msgspec

from chat_server.domain import bodies
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.errors import MidReused
from chat_server.domain.facts import Fact
from chat_server.domain.ids import feed_conversation, service_conversation
from chat_server.domain.message import Appended, Draft, Event, EventKind
from chat_server.ports.bus import Bus, MembershipChanged
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.messaging.enclose import digests

HashBody = Callable[[bytes], bytes]
Spoken = bodies.Text | bodies.Link | bodies.MediaBody | bodies.Article | bodies.Notice
MAX_MID = 64


class Speaking:
    """Every message has a name of its own, so that saying it again is saying it once."""

    def __init__(self, store: Store, bus: Bus, clock: Clock, hash_body: HashBody) -> None:
        self._store, self._bus = store, bus
        self._clock, self._hash_body = clock, hash_body

    async def say(
        self, account: str, customer: str, said: Sequence[Spoken], mid: str
    ) -> Sequence[Event]:
        """In the service conversation, which is opened if need be. What was said before under
        this name is left as it is.
        """
        await self._open(account, customer)
        conv = service_conversation(account, customer)
        return [
            done.event
            for number, body in enumerate(said)
            if (done := await self._append(conv, account, body, _named(mid, number)))
        ]

    async def was_said(self, account: str, customer: str, mid: str) -> bool:
        conv = service_conversation(account, customer)
        return await self._store.messages.find(conv, account, _named(mid, 0)) is not None

    async def announce(self, account: str, said: Sequence[Spoken], mid: str) -> Sequence[Event]:
        """To all followers: in the feed, one append each whatever their number."""
        feed = feed_conversation(account)
        return [
            done.event
            for number, body in enumerate(said)
            if (done := await self._append(feed, account, body, _named(mid, number)))
        ]

    async def _append(self, conv: str, account: str, body: Spoken, mid: str) -> Appended | None:
        content = msgspec.json.encode(body)
        media = digests(body) if isinstance(body, bodies.MediaBody) else ()
        draft = Draft(
            conv=conv,
            sender=account,
            mid=mid,
            kind=EventKind.MESSAGE,
            body=content,
            body_hash=self._hash_body(content),
            at_ms=self._clock.now_ms(),
            media=media,
        )
        try:
            return await self._store.messages.append(draft)
        except MidReused:  # it was said already, in other words
            return None

    async def _open(self, account: str, customer: str) -> None:
        conv = service_conversation(account, customer)
        if await self._store.conversations.conversation(conv) is not None:
            return
        opened = await self._store.conversations.open_conversation(
            Conversation(conv, ConversationKind.SERVICE, account),
            [Membership(conv, user, Role.MEMBER) for user in (customer, account)],
            Fact("conversation_opened", account, conv, self._clock.now_ms(), {"kind": "service"}),
        )
        if opened:
            self._bus.publish(MembershipChanged(conv, customer))


def _named(mid: str, number: int) -> str:
    name = f"{mid}.{number}" if number else mid
    return name if len(name) <= MAX_MID else hashlib.sha256(name.encode()).hexdigest()
