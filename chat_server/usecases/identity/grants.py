"""What a log-in or refresh hands out, and the refresh tokens in it."""

from __future__ import annotations

import hashlib
import secrets

import msgspec

from chat_server.domain.errors import NotAuthenticated


class Grant(msgspec.Struct, frozen=True):
    """Both tokens of one device session; `expires_in_s` is the access token's."""

    access_token: str
    refresh_token: str
    expires_in_s: int
    user: str


class RefreshToken(msgspec.Struct, frozen=True):
    """Names its session, so that finding it needs no search by secret."""

    session_id: str
    secret: str

    @classmethod
    def fresh(cls, session_id: str) -> RefreshToken:
        return cls(session_id, secrets.token_urlsafe(32))

    @classmethod
    def parse(cls, text: str) -> RefreshToken:
        session_id, dot, secret = text.partition(".")
        if not (session_id and dot and secret):
            raise NotAuthenticated("not a valid refresh token")
        return cls(session_id, secret)

    def __str__(self) -> str:
        return f"{self.session_id}.{self.secret}"

    @property
    def hash(self) -> str:
        """What is stored. The secret is random, so that a plain hash keeps it."""
        return hashlib.sha256(self.secret.encode()).hexdigest()
