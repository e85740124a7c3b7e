"""Access tokens: a short-lived signed statement of who is asking, from which device.

Anyone with the key can check one without the store. What must end at once (a revoked
device) is therefore asked of the store by whoever keeps a connection open.
"""

from __future__ import annotations

import math

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from chat_server.domain.errors import ConfigError, NotAuthenticated
from chat_server.domain.people import StaffRole
from chat_server.ports.clock import Clock

_ALGORITHM = "HS256"
_MIN_KEY = 32  # bytes: as long as the hash, RFC 7518 §3.2
_MAX_TOKEN = 2048  # characters; ours are under 400


class Claims(msgspec.Struct, frozen=True):
    """What a valid token says."""

    user: str
    device: str
    session_id: str
    role: StaffRole
    expires_ms: int


class _Payload(msgspec.Struct, frozen=True):
    """The registered JWT names of the same facts; `exp` and `iat` are whole seconds."""

    sub: str
    dev: str
    sid: str
    role: StaffRole
    iat: int
    exp: int


class AccessTokens:
    """Issues and verifies access tokens."""

    def __init__(self, key: bytes, clock: Clock, life_s: int = 900) -> None:
        if len(key) < _MIN_KEY:
            raise ConfigError(f"the token key has {len(key)} bytes; at least {_MIN_KEY} are needed")
        self._key = OctKey.import_key(key)
        self._clock = clock
        self.life_s = life_s

    def issue(self, *, user: str, device: str, session_id: str, role: StaffRole) -> str:
        """A token for this device session, from now on."""
        now_s = self._clock.now_ms() / 1000
        payload = _Payload(
            sub=user,
            dev=device,
            sid=session_id,
            role=role,
            iat=math.floor(now_s),
            exp=math.ceil(now_s) + self.life_s,
        )
        return jwt.encode({"alg": _ALGORITHM}, msgspec.to_builtins(payload), self._key)

    def verify(self, token: str) -> Claims:
        """What the token says; NotAuthenticated if it is not ours, changed or expired."""
        if len(token) > _MAX_TOKEN:
            raise NotAuthenticated("not a valid access token")
        try:
            found = jwt.decode(token, self._key, algorithms=[_ALGORITHM])
            payload = msgspec.convert(found.claims, _Payload)
        except (JoseError, ValueError) as exc:  # msgspec's ValidationError is a ValueError
            raise NotAuthenticated("not a valid access token") from exc
        expires_ms = payload.exp * 1000
        if expires_ms <= self._clock.now_ms():
            raise NotAuthenticated("the access token has expired")
        return Claims(payload.sub, payload.dev, payload.sid, payload.role, expires_ms)
