"""Passwords: argon2id, off the event loop, and never more at once than memory allows."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chat_server.domain.errors import Overloaded

_AT_ONCE = 2  # each takes 64 MiB and a core for about 50 ms
_WAITING = 200  # about five seconds of work: beyond it, saying so is kinder than waiting

T = TypeVar("T")


class Passwords:
    """Hashes and verifies. A check against nobody's hash costs what a real one does."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._decoy = self._hasher.hash(secrets.token_urlsafe())
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        return await self._in_turn(lambda: self._hasher.hash(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether they match; `None` stands for a person who does not exist."""
        matches = await self._in_turn(lambda: self._matches(password_hash or self._decoy, password))
        return matches and password_hash is not None

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._waiting >= _WAITING:
            raise Overloaded("too many people are logging in", retry_after_s=5.0)
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1
