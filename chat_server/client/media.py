"""Media over HTTP, with what Python has: uploads that go on where they broke off, downloads.

The client runs it. A piece that was lost is asked about and sent again; what the server
refuses is told at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlencode

import msgspec

from chat_server.client.faults import Refused, Unreached

T = TypeVar("T")
Access = Callable[[str], Awaitable[str]]  # an access token; another than the refused one
_TIMEOUT_S = 120.0
_SERVER = 500
_TRIES = 10
_PAUSE_S = 0.5


class Medium(msgspec.Struct, frozen=True):
    """What the server found an upload to be."""

    digest: str
    mime: str
    size: int
    width: int = 0
    height: int = 0
    thumbnail: str = ""


class _Upload(msgspec.Struct, frozen=True):
    upload: str
    received: int
    piece: int


class _Refusal(msgspec.Struct, frozen=True):
    code: str = "internal"
    message: str = ""
    retry_after: float | None = None


class MediaRoad:
    """`wait` is how one pauses: it ends early when the client ends."""

    def __init__(self, base: str, access: Access, wait: Callable[[float], Awaitable[None]]) -> None:
        self._base, self._access, self._wait = base.rstrip("/"), access, wait

    async def upload(self, conv: str, content: bytes | Path, name: str = "") -> Medium:
        """Raises Refused for what is not taken, Unreached when nobody answers for long."""
        held = await asyncio.to_thread(_held, content)
        stated = {
            "conv": conv,
            "size": len(held),
            "name": name,
            "sha256": hashlib.sha256(held).hexdigest(),
        }
        begun = await self._insist("POST", "/v1/media/uploads", msgspec.json.encode(stated))
        upload = msgspec.json.decode(begun, type=_Upload)
        place = f"/v1/media/uploads/{quote(upload.upload)}"
        while upload.received < len(held):
            end = upload.received + upload.piece
            query = urlencode({"offset": upload.received})
            upload = await self._piece(place, query, held[upload.received : end])
        finished = await self._insist("POST", f"{place}/finish", b"")
        return msgspec.json.decode(finished, type=Medium)

    async def download(self, digest: str) -> bytes:
        return await self._insist("GET", f"/v1/media/{quote(digest)}")

    async def _piece(self, place: str, query: str, piece: bytes) -> _Upload:
        """Where the upload is then; also when this piece was there already."""
        try:
            answer = await self._insist("PUT", f"{place}?{query}", piece)
        except Refused as exc:
            if exc.code != "version_conflict":
                raise
            answer = await self._insist("GET", place)
        return msgspec.json.decode(answer, type=_Upload)

    async def _insist(self, method: str, path: str, body: bytes | None = None) -> bytes:
        refused = ""
        for left in range(_TRIES - 1, -1, -1):
            token = await self._access(refused)
            try:
                return await asyncio.to_thread(self._ask, method, path, body, token)
            except Refused as exc:
                if refused or exc.code != "not_authenticated":
                    raise
                refused = token
            except Unreached:
                if not left:
                    raise
                await self._wait(_PAUSE_S * (_TRIES - left))
        raise Unreached("no answer to the upload")

    def _ask(self, method: str, path: str, body: bytes | None, token: str) -> bytes:
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


def _held(content: bytes | Path) -> bytes:
    return content.read_bytes() if isinstance(content, Path) else content
