"""Say something in a conversation, as oneself.

Called by transport for what people write. Checks, masks, and hands the draft to the store;
never waits for the disk, and stores nothing that it refuses.
"""

from __future__ import annotations

import hashlib
from asyncio import Future
from collections.abc import Callable
from typing import Protocol

import msgspec

from chat_server.domain.bodies import ClientBody, Menu, Text
from chat_server.domain.conversation import ConversationKind
from chat_server.domain.errors import InvalidValue, SecretRefused
from chat_server.domain.masking import holds_code, mask_cards
from chat_server.domain.message import Appended, Draft, EventKind
from chat_server.ports.clock import Clock
from chat_server.ports.store import DialogueStore, MessageStore
from chat_server.usecases.messaging.pace import Buckets, Pace
from chat_server.usecases.messaging.standing import Standing, Standings

HashBody = Callable[[bytes], bytes]
_encode = msgspec.json.Encoder().encode


class Sender(msgspec.Struct, frozen=True):
    user: str
    unlimited: bool = False  # load-test users: no rate limit


class Letter(Protocol):
    """What somebody wants to say, under their own name for it."""

    @property
    def conv(self) -> str: ...
    @property
    def mid(self) -> str: ...
    @property
    def body(self) -> ClientBody: ...


class Posted(msgspec.Struct, frozen=True):
    """On its way: `appended` resolves once durable; `changed` is the body if it was masked."""

    appended: Future[Appended]
    changed: bytes | None = None


class SendMessage:
    """`at_once` when nothing need be asked first, else the call itself; both give one answer.

    Both raise NotAMember, ReadOnly, RateLimited, InvalidValue and SecretRefused before
    anything is written; the future raises what `MessageStore.append` does.
    """

    def __init__(
        self,
        messages: MessageStore,
        dialogues: DialogueStore,
        standings: Standings,
        clock: Clock,
        hash_body: HashBody,
        pace: Pace | None = None,
    ) -> None:
        self._messages, self._dialogues = messages, dialogues
        self._standings, self._clock = standings, clock
        self._hash_body = hash_body
        self._buckets = Buckets(pace or Pace())

    def at_once(self, sender: Sender, letter: Letter) -> Posted | None:
        """None, with nothing done: the store must be asked first, so call instead."""
        standing = self._standings.known(sender.user, letter.conv)
        if standing is None or _may_be_code(letter.body):
            return None
        return self._post(sender, letter, standing)

    async def __call__(self, sender: Sender, letter: Letter) -> Posted:
        standing = await self._standings.find(sender.user, letter.conv)
        standing.membership.may_send()
        if _may_be_code(letter.body):
            now = self._clock.now_ms()
            if await self._dialogues.secret_cards(sender.user, now):
                raise SecretRefused("a code goes into the card, not into the chat")
        return self._post(sender, letter, standing)

    def _post(self, sender: Sender, letter: Letter, standing: Standing) -> Posted:
        standing.membership.may_send()
        body, now = letter.body, self._clock.now_ms()
        if isinstance(body, Menu) and standing.conversation.kind is not ConversationKind.SERVICE:
            raise InvalidValue("menu buttons belong to public accounts")
        if not sender.unlimited:
            self._buckets.take(sender.user, now)
        received = _encode(body)
        kept = _masked(body)
        stored = received if kept is body else _encode(kept)
        draft = Draft(
            conv=letter.conv,
            sender=sender.user,
            mid=letter.mid,
            kind=EventKind.MESSAGE,
            body=stored,
            body_hash=self._hash_body(received),
            at_ms=now,
        )
        return Posted(self._messages.append(draft), None if kept is body else stored)


def _masked(body: ClientBody) -> ClientBody:
    if not isinstance(body, Text):
        return body
    text = mask_cards(body.text)
    return body if text is body.text else Text(text)


def _may_be_code(body: ClientBody) -> bool:
    return isinstance(body, Text) and holds_code(body.text)


def body_hasher(key: bytes) -> HashBody:
    """A keyed hash: whoever reads the store cannot test guesses of what was written."""

    def hash_body(body: bytes) -> bytes:
        return hashlib.blake2b(body, digest_size=16, key=key).digest()

    return hash_body
