"""Say something in a conversation, as oneself.

Called by transport for what people write. Checks, masks, and hands the draft to the store;
never waits for the disk, and stores nothing that it refuses.
"""

from __future__ import annotations

import hashlib
from asyncio import Future
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

import msgspec
from msgspec.structs import replace

from chat_server.domain.bodies import (
    About,
    ClientBody,
    Link,
    Location,
    MediaBody,
    Menu,
    Text,
)
from chat_server.domain.conversation import ConversationKind
from chat_server.domain.errors import InvalidValue, SecretRefused
from chat_server.domain.masking import holds_code, mask_cards
from chat_server.domain.message import Appended, Draft, EventKind, Refers
from chat_server.ports.clock import Clock
from chat_server.ports.store import DialogueStore, MessageStore
from chat_server.usecases.messaging.enclose import Enclosures, digests
from chat_server.usecases.messaging.pace import Paces, Pacing, Writer
from chat_server.usecases.messaging.refer import References
from chat_server.usecases.messaging.standing import Standing, Standings

HashBody = Callable[[bytes], bytes]
AnyBody = TypeVar("AnyBody", bound=ClientBody)
_encode = msgspec.json.Encoder().encode
# What is masked beside texts.
_WORDS: Mapping[type, Sequence[str]] = {Link: ("title",), Location: ("title", "address")}


class Sender(Writer, frozen=True):
    unlimited: bool = False  # load-test users: no rate limit


class Letter(Protocol):
    """What somebody wants to say, under their own name for it."""

    @property
    def conv(self) -> str: ...
    @property
    def mid(self) -> str: ...
    @property
    def body(self) -> ClientBody: ...
    @property
    def refers(self) -> Refers | None: ...


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
        paces: Paces | None = None,
        *,
        references: References,
        enclosures: Enclosures,
    ) -> None:
        self._messages, self._dialogues = messages, dialogues
        self._standings, self._clock = standings, clock
        self._hash_body = hash_body
        self._references, self._enclosures = references, enclosures
        self._pacing = Pacing(paces or Paces())

    def at_once(self, sender: Sender, letter: Letter) -> Posted | None:
        """None, with nothing done: the store must be asked first, so call instead."""
        standing = self._standings.known(sender.user, letter.conv)
        if standing is None or letter.refers is not None or _asks(letter.body):
            return None
        return self._post(sender, letter, standing)

    async def __call__(self, sender: Sender, letter: Letter) -> Posted:
        standing = await self._standings.find(sender.user, letter.conv)
        standing.membership.may_send()
        await self._refuse_codes(sender, letter.body)
        about = None if letter.refers is None else await self._about(sender, letter, standing)
        enclosed = await self._enclosed(sender, letter)
        return self._post(sender, letter, standing, about, enclosed)

    async def vetted(self, sender: Sender, text: Text) -> Text:
        """Words that somebody writes elsewhere than in a message of its own, as they may stand."""
        _refuse_about(text)
        await self._refuse_codes(sender, text)
        return _masked(text)

    def take_pace(self, sender: Sender, conv: str) -> None:
        """Raises RateLimited: whatever one appends counts."""
        if not sender.unlimited:
            self._pacing.take(sender, conv, self._clock.now_ms())

    async def _refuse_codes(self, sender: Sender, body: ClientBody) -> None:
        if _may_be_code(body):
            now = self._clock.now_ms()
            if await self._dialogues.secret_cards(sender.user, now):
                raise SecretRefused("a code goes into the card, not into the chat")

    async def _about(self, sender: Sender, letter: Letter, standing: Standing) -> About | None:
        """Not looked at when it was sent before: the store finds the first answer."""
        if await self._messages.find(letter.conv, sender.user, letter.mid) is not None:
            return None
        refers = letter.refers or Refers()
        return await self._references.about(
            standing.conversation, standing.membership, refers, letter.body
        )

    async def _enclosed(self, sender: Sender, letter: Letter) -> MediaBody | None:
        """None without a medium, and when it was sent before: as in `_about`."""
        if not isinstance(letter.body, MediaBody):
            return None
        if await self._messages.find(letter.conv, sender.user, letter.mid) is not None:
            return None
        return await self._enclosures.checked(sender.user, letter.body)

    def _post(
        self,
        sender: Sender,
        letter: Letter,
        standing: Standing,
        about: About | None = None,
        enclosed: MediaBody | None = None,
    ) -> Posted:
        standing.membership.may_send()
        body, now = letter.body, self._clock.now_ms()
        if isinstance(body, Menu) and standing.conversation.kind is not ConversationKind.SERVICE:
            raise InvalidValue("menu buttons belong to public accounts")
        _refuse_about(body)
        if not sender.unlimited:
            self._pacing.take(sender, letter.conv, now)
        received = _encode(body)
        kept = enclosed or _masked(body)
        changed = None if kept is body else _encode(kept)
        stored = changed or received
        if letter.refers is not None:  # they are part of what is said
            received = _encode((body, letter.refers))
            stored = changed = _encode(replace(kept, about=about))
        draft = Draft(
            conv=letter.conv,
            sender=sender.user,
            mid=letter.mid,
            kind=EventKind.MESSAGE,
            body=stored,
            body_hash=self._hash_body(received),
            at_ms=now,
            media=digests(enclosed) if enclosed else (),
        )
        return Posted(self._messages.append(draft), changed)


def _masked(body: AnyBody) -> AnyBody:
    if isinstance(body, Text):
        text = mask_cards(body.text)
        return body if text is body.text else replace(body, text=text)
    masked = replace(
        body, **{field: mask_cards(getattr(body, field)) for field in _WORDS.get(type(body), ())}
    )
    return body if masked == body else masked


def _refuse_about(body: ClientBody) -> None:
    if body.about is not None:
        raise InvalidValue("body: `about` is written by the server")


def _asks(body: ClientBody) -> bool:
    """Whether the store must be asked about this body."""
    return holds_code(body.text) if isinstance(body, Text) else isinstance(body, MediaBody)


def _may_be_code(body: ClientBody) -> bool:
    return isinstance(body, Text) and holds_code(body.text)


def body_hasher(key: bytes) -> HashBody:
    """A keyed hash: whoever reads the store cannot test guesses of what was written."""

    def hash_body(body: bytes) -> bytes:
        return hashlib.blake2b(body, digest_size=16, key=key).digest()

    return hash_body
