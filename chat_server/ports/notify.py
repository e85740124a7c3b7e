"""Ways to reach a phone outside the chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

import msgspec


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
