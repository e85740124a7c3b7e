"""Pictures: taken in if they are what they claim, named by their digest, never changed."""

from __future__ import annotations

import re

import msgspec

from chat_server.domain.errors import Forbidden, InvalidValue, NotFound, TooLong
from chat_server.domain.facts import Fact
from chat_server.domain.people import StaffRole
from chat_server.ports.blob import BlobStore
from chat_server.ports.clock import Clock
from chat_server.ports.store import AuditTrail, PeopleStore

MAX_PICTURE = 2 * 1024 * 1024  # bytes
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PNG = re.compile(rb"\x89PNG\r\n\x1a\n.{4}IHDR", re.DOTALL)
_JPEG = re.compile(rb"\xff\xd8\xff[\xc0-\xfe]")
_WEBP = re.compile(rb"RIFF.{4}WEBPVP8[ LX]", re.DOTALL)
_KINDS = ((_PNG, "image/png"), (_JPEG, "image/jpeg"), (_WEBP, "image/webp"))


class Picture(msgspec.Struct, frozen=True):
    content: bytes
    kind: str  # a MIME type, found in the bytes and never believed from a client


def sniff(content: bytes) -> str | None:
    """The MIME type that the first bytes prove; None for anything but PNG, JPEG and WebP."""
    return next((kind for pattern, kind in _KINDS if pattern.match(content)), None)


class Media:
    """Stores operators' pictures; gives anyone who is logged in what they can name."""

    def __init__(
        self, blobs: BlobStore, people: PeopleStore, audit: AuditTrail, clock: Clock
    ) -> None:
        self._blobs, self._people, self._audit, self._clock = blobs, people, audit, clock

    async def put(self, user: str, content: bytes) -> str:
        person = await self._people.person(user)
        if person is None or person.role is not StaffRole.OPERATOR:
            raise Forbidden("only operators upload pictures")
        if len(content) > MAX_PICTURE:
            raise TooLong(f"at most {MAX_PICTURE} bytes")
        kind = sniff(content)
        if kind is None:
            raise InvalidValue("only PNG, JPEG and WebP pictures")
        digest = await self._blobs.put(content)
        detail: dict[str, str | int | bool] = {"kind": kind, "bytes": len(content)}
        await self._audit.record(Fact("media_stored", user, digest, self._clock.now_ms(), detail))
        return digest

    async def get(self, digest: str) -> Picture:
        content = await self._blobs.get(digest) if _DIGEST.fullmatch(digest) else None
        kind = sniff(content) if content else None
        if content is None or kind is None:
            raise NotFound("no such picture")
        return Picture(content, kind)
