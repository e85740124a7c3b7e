"""Media over HTTP: uploads that go on where they broke off, downloads.

The client runs it. A piece that was lost is asked about and sent again; what the server
refuses is told at once.
"""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from urllib.parse import quote, urlencode

import msgspec

from chat_server.client.faults import Refused
from chat_server.client.road import Road


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


class MediaRoad:
    def __init__(self, road: Road) -> None:
        self._road = road

    async def upload(self, conv: str, content: bytes | Path, name: str = "") -> Medium:
        """Raises Refused for what is not taken, Unreached when nobody answers for long."""
        held = await asyncio.to_thread(_held, content)
        stated = {
            "conv": conv,
            "size": len(held),
            "name": name,
            "sha256": hashlib.sha256(held).hexdigest(),
        }
        begun = await self._road.insist("POST", "/v1/media/uploads", msgspec.json.encode(stated))
        upload = msgspec.json.decode(begun, type=_Upload)
        place = f"/v1/media/uploads/{quote(upload.upload)}"
        while upload.received < len(held):
            end = upload.received + upload.piece
            query = urlencode({"offset": upload.received})
            upload = await self._piece(place, query, held[upload.received : end])
        finished = await self._road.insist("POST", f"{place}/finish", b"")
        return msgspec.json.decode(finished, type=Medium)

    async def download(self, digest: str) -> bytes:
        return await self._road.insist("GET", f"/v1/media/{quote(digest)}")

    async def _piece(self, place: str, query: str, piece: bytes) -> _Upload:
        """Where the upload is then; also when this piece was there already."""
        try:
            answer = await self._road.insist("PUT", f"{place}?{query}", piece)
        except Refused as exc:
            if exc.code != "version_conflict":
                raise
            answer = await self._road.insist("GET", place)
        return msgspec.json.decode(answer, type=_Upload)


def _held(content: bytes | Path) -> bytes:
    return content.read_bytes() if isinstance(content, Path) else content
