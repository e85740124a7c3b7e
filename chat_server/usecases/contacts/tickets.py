"""Tickets: whom somebody has found, sealed, so that nothing is kept of it and no id is told."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from chat_server.domain.errors import NotFound
from chat_server.ports.clock import Clock

LIFE_S = 3600


class Tickets:
    """For the finder's own use only, and not for long."""

    def __init__(self, clock: Clock, key: bytes) -> None:
        digest = hashlib.blake2b(key, digest_size=32, person=b"contact tickets").digest()
        self._clock, self._seal = clock, Fernet(urlsafe_b64encode(digest))

    def issue(self, finder: str, found: str) -> str:
        content = msgspec.json.encode((finder, found))
        return self._seal.encrypt_at_time(content, self._now_s()).decode()

    def read(self, finder: str, ticket: str) -> str:
        """Whom it names; raises NotFound for a forged, foreign or old one."""
        try:
            content = self._seal.decrypt_at_time(ticket.encode(), LIFE_S, self._now_s())
        except InvalidToken as exc:
            raise NotFound("look for them again") from exc
        holder, found = msgspec.json.decode(content, type=tuple[str, str])
        if holder != finder:
            raise NotFound("look for them again")
        return found

    def _now_s(self) -> int:
        return self._clock.now_ms() // 1000
