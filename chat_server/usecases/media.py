"""Covers: pictures that operators store for everybody, taken in if they are what they claim."""

from __future__ import annotations

import hashlib

from chat_server.domain.errors import Forbidden, InvalidValue, StoreUnavailable, TooLong
from chat_server.domain.facts import Fact
from chat_server.domain.media import HEAD_BYTES, MAX_PICTURE, Medium, sniff
from chat_server.domain.people import StaffRole
from chat_server.ports.blob import BlobStore
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store

_COVERS = frozenset({"image/png", "image/jpeg", "image/webp"})


class Media:
    def __init__(self, blobs: BlobStore, store: Store, clock: Clock) -> None:
        self._blobs, self._store, self._clock = blobs, store, clock

    async def put(self, user: str, content: bytes) -> str:
        person = await self._store.people.person(user)
        if person is None or person.role is not StaffRole.OPERATOR:
            raise Forbidden("only operators upload pictures")
        if len(content) > MAX_PICTURE:
            raise TooLong(f"at most {MAX_PICTURE} bytes")
        mime, now = sniff(content[:HEAD_BYTES]), self._clock.now_ms()
        if mime not in _COVERS:
            raise InvalidValue("only PNG, JPEG and WebP pictures")
        digest = hashlib.sha256(content).hexdigest()
        cover = Medium(digest, mime, len(content), now, public=True)
        if not await self._store.media.put_medium(cover):
            raise StoreUnavailable("the same picture is just being removed", retry_after_s=1.0)
        await self._blobs.put(content)
        detail: dict[str, str | int | bool] = {"kind": mime, "bytes": len(content)}
        await self._store.audit.record(Fact("media_stored", user, digest, now, detail))
        return digest
