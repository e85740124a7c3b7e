"""Web Push: encrypted for one browser (RFC 8291), signed with our key (RFC 8292), posted to
the push service that the browser named (RFC 8030).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import aiohttp
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02, VapidException
from pywebpush import WebPusher

from chat_server.adapters.push.allowed import Allowed, OutsideResolver
from chat_server.adapters.push.keys import vapid_key
from chat_server.adapters.push.options import PushOptions
from chat_server.adapters.push.posting import TIMEOUT_S, Post
from chat_server.domain.devices import PushAddress
from chat_server.domain.errors import ConfigError, InvalidValue
from chat_server.ports.clock import Clock
from chat_server.ports.notify import Carriage, Notifier, PushNote, PushOutcome

_MAX_ENDPOINT = 1024
_SECRET = 16  # bytes, RFC 8291 §3.2
_SIGNED_S = 12 * 3600  # at most 24 h, RFC 8292 §2
_RESIGN_S = 3600
_ORIGINS = 1000  # that one signature each is kept for
_CONNECTIONS = 32


class WebPushNotifier:
    """`contact` is whom a push service writes to when we misbehave."""

    def __init__(
        self, post: Post, key: Vapid02, allowed: Allowed, clock: Clock, contact: str
    ) -> None:
        self._post, self._key, self._allowed = post, key, allowed
        self._clock, self._contact = clock, contact
        self._signed: dict[str, tuple[int, str]] = {}  # origin: until, header
        point = key.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public_key = base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    def check(self, address: PushAddress) -> None:
        if len(address.endpoint) > _MAX_ENDPOINT:
            raise InvalidValue("endpoint: too long")
        self._allowed.check(address.endpoint)
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(address.key))
        except (ValueError, UnsupportedAlgorithm) as exc:
            raise InvalidValue("key: not a P-256 public key") from exc
        try:
            secret = _bytes(address.secret)
        except ValueError as exc:
            raise InvalidValue("secret: not base64url") from exc
        if len(secret) != _SECRET:
            raise InvalidValue(f"secret: {_SECRET} bytes are needed")

    async def push(self, address: PushAddress, note: PushNote) -> PushOutcome:
        try:
            self._allowed.check(address.endpoint)
        except InvalidValue:  # what is allowed has changed since
            return PushOutcome(Carriage.GONE)
        parts = urlsplit(address.endpoint)
        headers = {
            "authorization": self._signature(f"{parts.scheme}://{parts.netloc}"),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(note.life_s),
            "topic": note.topic,
            "urgency": note.urgency.value,
        }
        body = await asyncio.to_thread(_encrypted, address, note)
        return await self._post(parts.netloc, address.endpoint, body, headers)

    def _signature(self, origin: str) -> str:
        now_s = self._clock.now_ms() // 1000
        until, header = self._signed.get(origin, (0, ""))
        if until <= now_s:
            claims = {"aud": origin, "sub": self._contact, "exp": now_s + _SIGNED_S}
            header = self._key.sign(claims)["Authorization"]
            if len(self._signed) >= _ORIGINS:
                self._signed.clear()
            self._signed[origin] = (now_s + _RESIGN_S, header)
        return header


def _encrypted(address: PushAddress, note: PushNote) -> bytes:
    told = {"title": note.title, "body": note.body, "conv": note.conv, "seq": note.seq}
    keys = {"p256dh": address.key, "auth": address.secret}
    pusher = WebPusher({"endpoint": address.endpoint, "keys": keys})
    body: bytes = pusher.encode(msgspec.json.encode(told))["body"]
    return body


def _bytes(text: str) -> bytes:
    """Base64url, as browsers give it; ValueError for anything else."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as exc:
        raise ValueError("not base64url") from exc


@asynccontextmanager
async def open_notifier(url: str, *, clock: Clock, options: PushOptions) -> AsyncIterator[Notifier]:
    del url
    key = await asyncio.to_thread(vapid_key, options.keys)
    allowed = Allowed(options.services, loopback=options.loopback)
    connector = aiohttp.TCPConnector(
        limit=_CONNECTIONS, resolver=None if options.loopback else OutsideResolver()
    )
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        notifier = WebPushNotifier(Post(session, clock), key, allowed, clock, options.contact)
        try:
            notifier._signature("https://push.example")  # noqa: SLF001 - tells a wrong contact now
        except VapidException as exc:
            raise ConfigError(
                f"push_contact: {options.contact!r} is not like mailto:somebody@bank.example"
            ) from exc
        yield notifier
