"""The bank's own gateway to phone vendors: one signed POST for each push.

    POST <url>
    Elian-Time: 1770000000
    Elian-Signature: sha256=<hex HMAC of "<time>.<body>", keyed by secrets/vendor-push.key>

    {"token": "…", "title": "…", "body": "…", "conv": "…", "seq": 7,
     "collapse": "…", "urgency": "normal", "life_s": 86400}

It answers 2xx when it took it, 404 or 410 when there is no such device, 429 or 5xx with
`Retry-After` when it should be asked again. What of a push went twice has the same `collapse`
and `seq`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import aiohttp
import msgspec

from chat_server.adapters.push.keys import gateway_key
from chat_server.adapters.push.options import PushOptions
from chat_server.adapters.push.posting import TIMEOUT_S, Post
from chat_server.domain.devices import PushAddress
from chat_server.domain.errors import ConfigError, InvalidValue
from chat_server.ports.clock import Clock
from chat_server.ports.notify import Notifier, PushNote, PushOutcome

_MAX_TOKEN = 512
_CONNECTIONS = 32


class VendorNotifier:
    """The URL is the operator's own, so it may lie inside; the token is only ever data."""

    public_key = ""

    def __init__(self, post: Post, url: str, key: bytes, clock: Clock) -> None:
        self._post, self._url, self._key, self._clock = post, url, key, clock
        self._host = urlsplit(url).netloc

    def check(self, address: PushAddress) -> None:
        token = address.endpoint
        if not 0 < len(token) <= _MAX_TOKEN or not token.isascii() or not token.isprintable():
            raise InvalidValue(f"endpoint: a token of at most {_MAX_TOKEN} characters is needed")

    async def push(self, address: PushAddress, note: PushNote) -> PushOutcome:
        told = {
            "token": address.endpoint,
            "title": note.title,
            "body": note.body,
            "conv": note.conv,
            "seq": note.seq,
            "collapse": note.topic,
            "urgency": note.urgency.value,
            "life_s": note.life_s,
        }
        body = msgspec.json.encode(told)
        at = str(self._clock.now_ms() // 1000)
        signed = hmac.new(self._key, at.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {
            "content-type": "application/json",
            "elian-time": at,
            "elian-signature": f"sha256={signed}",
        }
        return await self._post(self._host, self._url, body, headers)


@asynccontextmanager
async def open_notifier(url: str, *, clock: Clock, options: PushOptions) -> AsyncIterator[Notifier]:
    parts = urlsplit(url)
    if parts.scheme == "http" and not (options.loopback and parts.hostname == "127.0.0.1"):
        raise ConfigError("vendor push URL: the gateway must be asked over https")
    if not parts.hostname:
        raise ConfigError("vendor push URL: write https://host/path")
    key = await asyncio.to_thread(gateway_key, options.keys)
    connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        yield VendorNotifier(Post(session, clock), url, key, clock)
