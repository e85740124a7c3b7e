"""Media of an account by their media ids; the bytes are the house's own, named by digest.

A file goes the way of every upload: its kind is found in its bytes, programs are refused, and a
scanner looks if there is one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator

import msgspec
from msgspec.structs import replace

from chat_server.domain import bodies
from chat_server.domain.ids import feed_conversation
from chat_server.domain.media import PICTURES, SOUNDS, VIDEOS, Medium
from chat_server.platform.apps import new_name
from chat_server.platform.drawers import Drawer
from chat_server.platform.faults import (
    BAD_FILE_TYPE,
    BAD_MEDIA_ID,
    BAD_MEDIA_TYPE,
    EMPTY_FILE,
    FILE_TOO_BIG,
    Refused,
)
from chat_server.ports.blob import BlobStore
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.files.uploads import Uploads
from chat_server.usecases.messaging.enclose import Enclosures

_MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{20,64}")
_MEBI = 1024 * 1024
# Of each type: the largest size, and what the bytes must prove.
TYPES = {
    "image": (10 * _MEBI, PICTURES),
    "voice": (2 * _MEBI, SOUNDS),
    "video": (10 * _MEBI, VIDEOS),
    "thumb": (64 * 1024, frozenset({"image/jpeg", "image/png"})),
}
EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "audio/amr": "amr",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "audio/aac": "aac",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """`expires_ms` of 0 is a permanent one, which is in the account's material."""

    kind: str  # image, voice, video, thumb
    digest: str
    mime: str
    size: int
    created_ms: int
    expires_ms: int = 0
    name: str = ""
    title: str = ""
    introduction: str = ""


class _Place(msgspec.Struct, frozen=True):
    """That it is there says all."""


class MediaShelf:
    def __init__(
        self, store: Store, blobs: BlobStore, uploads: Uploads, clock: Clock, *, temporary_s: int
    ) -> None:
        self._media, self._blobs, self._uploads, self._clock = store.media, blobs, uploads, clock
        self._enclosures = Enclosures(store.media, clock)
        self._temporary_ms = temporary_s * 1000
        self._items = Drawer(store.shelf, clock, "media", Item)
        self._material = {
            kind: Drawer(store.shelf, clock, f"material.{kind}", _Place) for kind in TYPES
        }

    async def upload(
        self,
        account: str,
        kind: str,
        name: str,
        content: bytes,
        *,
        lasting: bool = False,
        listed: bool = True,
    ) -> tuple[str, Item]:
        """The media id and the item; permanent ones are material if `listed`. Raises Refused."""
        if kind not in TYPES:
            raise Refused(BAD_MEDIA_TYPE, "invalid media type: type")
        if not content:
            raise Refused(EMPTY_FILE, "empty media data: media")
        largest, kinds = TYPES[kind]
        if len(content) > largest:
            raise Refused(FILE_TOO_BIG, f"media size out of limit: media, at most {largest} bytes")
        medium = await self._take_in(account, name, content)
        if medium.mime not in kinds:
            raise Refused(BAD_FILE_TYPE, f"invalid file type: media is {medium.mime}")
        return await self._keep(account, kind, name, medium, lasting=lasting, listed=listed)

    async def received(self, account: str, kind: str, body: bodies.MediaBody) -> str:
        """A media id for what a customer sent; the same for the same medium."""
        media_id = f"c{body.media[:47]}"
        now = self._clock.now_ms()
        item = Item(
            kind=kind,
            digest=body.media,
            mime=body.mime,
            size=body.size,
            created_ms=now,
            expires_ms=now + self._temporary_ms,
            name=body.name,
        )
        await self._items.put(account, media_id, item)
        return media_id

    async def find(self, account: str, media_id: str, field: str = "media_id") -> Item:
        """Raises Refused for one that is not there, or no longer."""
        item = None
        if _MEDIA_ID.fullmatch(media_id):
            item = await self._items.get(account, media_id)
        if item is None or (item.expires_ms and item.expires_ms <= self._clock.now_ms()):
            raise Refused(BAD_MEDIA_ID, f"invalid media_id: {field}")
        return item

    async def body(
        self, account: str, kind: str, media_id: str, name: str = ""
    ) -> bodies.MediaBody:
        """What a message with it says. Raises Refused."""
        item = await self.find(account, media_id)
        wanted = {"image", "thumb"} if kind == "image" else {kind}
        if item.kind not in wanted:
            raise Refused(BAD_MEDIA_ID, f"invalid media_id: it is of type {item.kind}")
        await self._touch(item, self._clock.now_ms() + self._temporary_ms)
        shown = (name or item.name)[:255]
        body: bodies.MediaBody
        if kind == "voice":
            body = bodies.Voice(media=item.digest, name=shown)
        elif kind == "video":
            body = bodies.Video(media=item.digest, name=shown)
        else:
            body = bodies.Image(media=item.digest, name=shown)
        return await self._enclosures.checked(account, body)

    def read(self, item: Item) -> AsyncIterator[bytes]:
        return self._blobs.read(item.digest)

    async def bytes_of(self, item: Item) -> bytes:
        return b"".join([part async for part in self._blobs.read(item.digest)])

    async def md5_of(self, digest: str) -> str:
        """By which partners tell pictures apart; no secret hangs on it."""
        found = hashlib.md5(usedforsecurity=False)
        async for part in self._blobs.read(digest):
            found.update(part)
        return found.hexdigest()

    async def drop(self, account: str, media_id: str) -> None:
        """Permanent material only; raises Refused."""
        item = await self.find(account, media_id)
        if item.expires_ms:
            raise Refused(BAD_MEDIA_ID, "invalid media_id: it is temporary")
        await self._material[item.kind].take(account, media_id)
        await self._items.take(account, media_id)

    async def describe(self, account: str, media_id: str, title: str, introduction: str) -> None:
        def edit(item: Item | None) -> Item:
            if item is None:
                raise Refused(BAD_MEDIA_ID, "invalid media_id")
            return replace(item, title=title, introduction=introduction)

        await self._items.change(account, media_id, edit)

    async def retitled(
        self, account: str, media_id: str, title: str, introduction: str
    ) -> tuple[str, Item]:
        """The same video under another media id, with these words; temporary."""
        item, now = await self.find(account, media_id), self._clock.now_ms()
        fresh = replace(
            item,
            title=title,
            introduction=introduction,
            created_ms=now,
            expires_ms=now + self._temporary_ms,
        )
        name = new_name(now)
        await self._items.put(account, name, fresh)
        await self._touch(fresh, fresh.expires_ms)
        return name, fresh

    async def count(self, account: str, kind: str) -> int:
        return await self._material[kind].count(account)

    async def page(
        self, account: str, kind: str, offset: int, count: int
    ) -> list[tuple[str, Item]]:
        """Permanent ones, newest first."""
        rows = await self._material[kind].page(account, limit=offset + count, newest=True)
        names = [media_id for media_id, _ in rows[offset:]]
        items = await self._items.get_many(account, names)
        return [(media_id, items[media_id]) for media_id in names if media_id in items]

    async def _take_in(self, account: str, name: str, content: bytes) -> Medium:
        feed = feed_conversation(account)
        begun = await self._uploads.begin(
            account, conv=feed, size=len(content), name=name[:255], sha256=""
        )
        upload_id = begun.upload.upload_id
        await self._uploads.extend(account, upload_id, 0, content)
        return await self._uploads.finish(account, upload_id)

    async def _keep(
        self, account: str, kind: str, name: str, medium: Medium, *, lasting: bool, listed: bool
    ) -> tuple[str, Item]:
        now = self._clock.now_ms()
        item = Item(
            kind=kind,
            digest=medium.digest,
            mime=medium.mime,
            size=medium.size,
            created_ms=now,
            expires_ms=0 if lasting else now + self._temporary_ms,
            name=name,
        )
        media_id = new_name(now)
        await self._items.put(account, media_id, item)
        if lasting:
            await self._media.put_medium(replace(medium, public=True))
            if listed:
                await self._material[kind].put(account, media_id, _Place())
        else:
            await self._touch(item, item.expires_ms)
        return media_id, item

    async def _touch(self, item: Item, until_ms: int) -> None:
        """Nobody used it yet, and it must not expire before its time."""
        medium = await self._media.medium(item.digest)
        if medium is not None:
            await self._media.put_medium(replace(medium, touched_ms=until_ms))
