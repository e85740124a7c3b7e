"""Logging in over HTTP, with what Python has: a thread and `urllib`."""

from __future__ import annotations

import asyncio
import http.client
import urllib.error
import urllib.request
from collections.abc import Sequence
from importlib.metadata import version
from urllib.parse import urlsplit, urlunsplit

import msgspec

from chat_server.client.faults import Device, LoginRefused, TooManyDevices, Unreached

AGENT = f"elian-client/{version('elian')}"
_TIMEOUT_S = 15.0
_REFUSALS = {400, 401, 403, 404, 413}
_CONFLICT = 409
_UNREACHED = (OSError, http.client.HTTPException, msgspec.MsgspecError)


class Tokens(msgspec.Struct, frozen=True):
    access_token: str
    refresh_token: str
    expires_in: int
    user: str


async def log_in(base: str, user: str, password: str, device: str, instead_of: str = "") -> Tokens:
    """Raises LoginRefused, and TooManyDevices unless it says which one goes."""
    body = {"user": user, "password": password, "device": device, "instead_of": instead_of}
    return await _post(base, "/v1/login", body)


async def refresh(base: str, refresh_token: str, device: str) -> Tokens:
    return await _post(base, "/v1/refresh", {"refresh_token": refresh_token, "device": device})


def socket_url(base: str) -> str:
    """Where the chat socket of `http://host:port` is."""
    parts = urlsplit(base)
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme)
    if scheme is None or not parts.netloc:
        raise ValueError(f"{base!r} is not like http://host:port")
    return urlunsplit((scheme, parts.netloc, "/v1/ws", "", ""))


async def _post(base: str, path: str, body: dict[str, str]) -> Tokens:
    socket_url(base)  # an address that is none is told of at once
    request = urllib.request.Request(  # noqa: S310 - http or https, as just checked
        base.rstrip("/") + path,
        data=msgspec.json.encode(body),
        headers={"Content-Type": "application/json", "User-Agent": AGENT},
    )
    return await asyncio.to_thread(_answer_to, request)


def _answer_to(request: urllib.request.Request) -> Tokens:
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - checked
            return msgspec.json.decode(answer.read(), type=Tokens)
    except urllib.error.HTTPError as exc:
        with exc:
            if exc.code == _CONFLICT:
                raise _too_many(exc) from exc
            if exc.code in _REFUSALS:
                raise LoginRefused(f"the server answered {exc.code}") from exc
            wait = exc.headers.get("Retry-After", "")
            raise Unreached(
                f"the server answered {exc.code}", float(wait) if wait.isdecimal() else None
            ) from exc
    except _UNREACHED as exc:
        raise Unreached(f"no answer: {type(exc).__name__}") from exc


class _TooMany(msgspec.Struct, frozen=True):
    message: str = ""
    devices: Sequence[Device] = ()


def _too_many(exc: urllib.error.HTTPError) -> LoginRefused | Unreached:
    try:
        told = msgspec.json.decode(exc.read(), type=_TooMany)
    except _UNREACHED:
        return Unreached(f"the server answered {exc.code}")
    return TooManyDevices(told.message, told.devices)
