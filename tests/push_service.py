"""A push service on this machine, and a browser that subscribed to it: what was sent is
decrypted with the subscription's own key, and who sent it is verified.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import http_ece
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey
from py_vapid.utils import b64urldecode

from chat_server.domain.devices import PushAddress, PushKind


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class Posted:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """Answers every post as a test tells it to, and keeps it."""

    base: str = ""
    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    stuck: bool = False
    posts: asyncio.Queue[Posted] = field(default_factory=asyncio.Queue)

    async def answer(self, request: web.Request) -> web.Response:
        named = {name.lower(): value for name, value in request.headers.items()}
        self.posts.put_nowait(Posted(request.path, named, await request.read()))
        if self.stuck:
            await asyncio.Event().wait()
        return web.Response(status=self.status, headers=self.headers)

    async def next(self, within_s: float = 20.0) -> Posted:
        return await asyncio.wait_for(self.posts.get(), within_s)


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    service = PushService()
    app = web.Application()
    app.router.add_post("/{rest:.*}", service.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    service.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield service
    finally:
        await runner.cleanup()


class Browser:
    """The private half of a subscription."""

    def __init__(self, service: PushService, name: str = "browser-1") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = os.urandom(16)
        self.endpoint = f"{service.base}/push/{name}"
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.address = PushAddress(PushKind.WEB, self.endpoint, b64(point), b64(self._secret))

    def read(self, posted: Posted) -> dict[str, Any]:
        assert posted.headers["content-encoding"] == "aes128gcm"
        content = http_ece.decrypt(
            posted.body, private_key=self._key, auth_secret=self._secret, version="aes128gcm"
        )
        found: dict[str, Any] = json.loads(content)
        return found


def vapid_claims(posted: Posted, public_key: str) -> dict[str, Any]:
    """What the sender says of itself, signed by the key that the browser subscribed with."""
    scheme, _, rest = posted.headers["authorization"].partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert parts["k"].rstrip("=") == public_key
    point = b64urldecode(public_key.encode())
    key = ECKey.import_key(
        {"kty": "EC", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])}
    )
    return dict(jwt.decode(parts["t"], key, algorithms=["ES256"]).claims)
