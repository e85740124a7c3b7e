"""Asking the server over HTTP, with what Python has: a thread and `urllib`.

The client's rooms ask here. A token that is no longer valid is renewed once; what the server
refuses is told at once.
"""

from __future__ import annotations

import asyncio
import http.client
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable

import msgspec

from chat_server.client.faults import Refused, Unreached

Access = Callable[[str], Awaitable[str]]  # an access token; another than the refused one
_TIMEOUT_S = 120.0
_SERVER = 500
_TRIES = 10
_PAUSE_S = 0.5


class _Refusal(msgspec.Struct, frozen=True):
    code: str = "internal"
    message: str = ""
    retry_after: float | None = None


class Road:
    """`wait` is how one pauses: it ends early when the client ends."""

    def __init__(self, base: str, access: Access, wait: Callable[[float], Awaitable[None]]) -> None:
        self._base, self._access, self._wait = base.rstrip("/"), access, wait

    async def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Once. Raises Refused, and Unreached when it may or may not have been done."""
        return await self._try(method, path, body, tries=1)

    async def insist(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """What may be done twice is asked again while nobody answers."""
        return await self._try(method, path, body, tries=_TRIES)

    async def _try(self, method: str, path: str, body: bytes | None, *, tries: int) -> bytes:
        refused = ""
        left = tries
        while True:
            token = await self._access(refused)
            try:
                return await asyncio.to_thread(self._once, method, path, body, token)
            except Refused as exc:
                if refused or exc.code != "not_authenticated":
                    raise
                refused = token
            except Unreached:
                left -= 1
                if not left:
                    raise
                await self._wait(_PAUSE_S * (tries - left))

    def _once(self, method: str, path: str, body: bytes | None, token: str) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - `socket_url` has checked the base
            self._base + path,
            data=body,
            method=method,
            headers={"Authorization": f"Bearer {token}", "Content-Type": _type_of(path)},
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - as above
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as exc:
            with exc:
                raise _told(exc) from exc
        except (OSError, http.client.HTTPException) as exc:
            raise Unreached(f"no answer: {type(exc).__name__}") from exc


def _told(exc: urllib.error.HTTPError) -> Refused | Unreached:
    try:
        told = msgspec.json.decode(exc.read(), type=_Refusal)
    except (msgspec.MsgspecError, OSError, http.client.HTTPException):
        return Unreached(f"the server answered {exc.code}")
    if exc.code >= _SERVER:
        return Unreached(f"the server answered {told.code}")
    return Refused(told.code, told.message, told.retry_after)


def _type_of(path: str) -> str:
    return "application/octet-stream" if "?offset=" in path else "application/json"
