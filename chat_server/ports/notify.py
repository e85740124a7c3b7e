"""Ways to reach a person outside the chat: an SMS, or a push to a device that is not connected."""

from __future__ import annotations

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Protocol

import msgspec

from chat_server.domain.devices import PushAddress


class SmsMessage(msgspec.Struct, frozen=True):
    phone: str
    text: str
    at_ms: int


class SmsSender(Protocol):
    """May fail, may repeat; what it tells of is never undone by that."""

    async def send(self, phone: str, text: str) -> None: ...


class SmsInbox(Protocol):
    """The demonstration's phone: what was sent, newest last."""

    async def messages(self, phone: str | None, limit: int) -> list[SmsMessage]: ...

    def follow(self) -> AsyncIterator[SmsMessage]: ...


class Urgency(StrEnum):
    """How soon a push service should wake a device for it (RFC 8030 §5.3)."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class PushNote(msgspec.Struct, frozen=True):
    """What a device shows. A later one of the same conversation takes its place."""

    title: str
    body: str
    conv: str
    seq: int
    topic: str  # of the conversation, without naming it
    urgency: Urgency = Urgency.NORMAL
    life_s: int = 86_400


class Carriage(StrEnum):
    TAKEN = "taken"
    GONE = "gone"  # there is no such device any more
    REFUSED = "refused"  # it will never be taken
    LATER = "later"


class PushOutcome(msgspec.Struct, frozen=True):
    """`after_s`: how long the push service wants to be left alone, if it said so."""

    carriage: Carriage
    after_s: float = 0.0


class Notifier(Protocol):
    """Carries pushes for one kind of address. At least once: what is repeated takes the place
    of the first. Never waits longer than some seconds, and never raises into who calls.
    """

    @property
    def public_key(self) -> str:
        """What a browser must know to subscribe here; empty where that is not needed."""

    def check(self, address: PushAddress) -> None:
        """Raise InvalidValue for an address that nothing would ever be sent to."""

    async def push(self, address: PushAddress, note: PushNote) -> PushOutcome: ...
