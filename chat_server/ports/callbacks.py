"""The line to a partner's backend: one request, one answer, bounded in time and size."""

from __future__ import annotations

from typing import Protocol

import msgspec


class Unanswered(Exception):
    """Nothing came in time, or nobody could be reached; the message says which."""


class Heard(msgspec.Struct, frozen=True):
    """What a backend answered; a redirect is an answer like any other and is not followed."""

    status: int
    body: bytes


class CallbackLine(Protocol):
    def check(self, url: str) -> None:
        """Raise InvalidValue unless that URL may be called at all."""

    async def get(self, url: str, timeout_s: float) -> Heard:
        """Raises Unanswered, and InvalidValue as `check` does."""

    async def post(self, url: str, body: bytes, timeout_s: float) -> Heard:
        """As `get`, with XML."""
