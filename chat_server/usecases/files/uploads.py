"""Upload a file piece by piece, from where one left off, and take it in once it is whole.

What is on the disk decides how far one is. A file is known, scanned and drawn small before
it has a name; until then nobody can ask for it.
"""

from __future__ import annotations

import asyncio
import hashlib
from weakref import WeakValueDictionary

import msgspec
from msgspec.structs import replace

from chat_server.domain.errors import (
    InvalidValue,
    MediaRefused,
    NotAMember,
    NotFound,
    RateLimited,
    StoreUnavailable,
    TooLong,
    VersionConflict,
)
from chat_server.domain.facts import Fact
from chat_server.domain.media import (
    HEAD_BYTES,
    MAX_MEDIUM,
    PICTURES,
    Medium,
    Upload,
    is_executable,
    sniff,
)
from chat_server.ports.blob import BlobStore
from chat_server.ports.clock import Clock, NewId
from chat_server.ports.media import MediaScanner, PictureReader
from chat_server.ports.store import Store
from chat_server.usecases.messaging.pace import Buckets, Pace

LIFE_MS = 23 * 3_600_000  # an upload is forgotten an hour later
MAX_LOOK = 32 * 1024 * 1024  # bytes of a picture that is drawn small
LOOKS = 2  # pictures in memory at once
PACE = Pace(burst=30, per_s=0.5)  # uploads that one person may begin
PER_USER = 1024 * 1024 * 1024  # bytes in a day


class Progress(msgspec.Struct, frozen=True):
    upload: Upload
    received: int


class Uploads:
    def __init__(
        self,
        store: Store,
        blobs: BlobStore,
        scanner: MediaScanner,
        pictures: PictureReader,
        clock: Clock,
        new_id: NewId,
        *,
        quota: int = PER_USER,
    ) -> None:
        self._store, self._blobs, self._drafts = store, blobs, blobs.drafts
        self._scanner, self._pictures = scanner, pictures
        self._clock, self._new_id, self._quota = clock, new_id, quota
        self._buckets = Buckets(PACE)
        self._finishing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._looks = asyncio.Semaphore(LOOKS)

    async def begin(
        self, user: str, *, conv: str, size: int, name: str, sha256: str = ""
    ) -> Progress:
        """Raises NotAMember, ReadOnly, TooLong, InvalidValue and RateLimited."""
        now = self._clock.now_ms()
        if size > MAX_MEDIUM:
            raise TooLong(f"at most {MAX_MEDIUM} bytes")
        if size < 1:
            raise InvalidValue("size: an empty file says nothing")
        member = await self._store.conversations.membership(conv, user)
        if member is None:
            raise NotAMember
        member.may_send()
        self._buckets.take(user, now)
        upload = Upload(self._new_id(), user, conv, name, size, sha256, now)
        if not await self._store.uploads.add_upload(upload, quota=self._quota):
            raise RateLimited(f"at most {self._quota} bytes in a day", retry_after_s=3600.0)
        return Progress(upload, 0)

    async def progress(self, user: str, upload_id: str) -> Progress:
        upload = await self._own(user, upload_id)
        received = upload.size if upload.digest else await self._drafts.size(upload_id)
        return Progress(upload, received)

    async def extend(self, user: str, upload_id: str, offset: int, piece: bytes) -> Progress:
        """Raises VersionConflict when the end is not at `offset`: ask where it is."""
        upload = await self._own(user, upload_id)
        if upload.digest:
            raise VersionConflict("the upload is finished")
        if offset + len(piece) > upload.size:
            raise TooLong("beyond the size that was stated")
        return Progress(upload, await self._drafts.extend(upload_id, offset, piece))

    async def abandon(self, user: str, upload_id: str) -> None:
        upload = await self._own(user, upload_id)
        if not upload.digest:
            await self._forget(upload)

    async def finish(self, user: str, upload_id: str) -> Medium:
        """What the file is; the same again gives the same answer. Raises InvalidValue while
        bytes are missing or wrong, MediaRefused when it is not taken.
        """
        async with self._finishing.setdefault(upload_id, asyncio.Lock()):
            upload = await self._own(user, upload_id)
            if not upload.digest:
                return await self._take_in(upload)
        medium = await self._store.media.medium(upload.digest)
        if medium is None:
            raise NotFound("the file was not used, and is gone")
        return medium

    async def _own(self, user: str, upload_id: str) -> Upload:
        upload = await self._store.uploads.upload(upload_id)
        if (
            upload is None
            or upload.user != user
            or upload.created_ms + LIFE_MS < self._clock.now_ms()
        ):
            raise NotFound("no such upload")
        return upload

    async def _take_in(self, upload: Upload) -> Medium:
        received = await self._drafts.size(upload.upload_id)
        if received != upload.size:
            raise InvalidValue(f"{received} of {upload.size} bytes are here")
        digest = await self._drafts.digest(upload.upload_id)
        if upload.sha256 not in {"", digest}:
            await self._forget(upload)
            raise InvalidValue("sha256: the bytes that came are others; begin again")
        head = await self._head(upload)
        await self._refuse_harm(upload, digest, head)
        medium = Medium(digest, sniff(head), upload.size, self._clock.now_ms())
        clean = b""
        if medium.mime in PICTURES and medium.size <= MAX_LOOK:
            medium, clean = await self._drawn_small(upload, medium)
        # Known before it is there: what nobody knows of is removed, what is known is spared.
        await self._put(medium)
        await (self._blobs.put(clean) if clean else self._drafts.keep(upload.upload_id))
        media = [medium.digest, medium.thumbnail] if medium.thumbnail else [medium.digest]
        await self._store.uploads.finish_upload(
            upload.upload_id, media, self._fact("media_uploaded", upload, medium.digest)
        )
        if clean:
            await self._drafts.drop(upload.upload_id)
        return medium

    async def _head(self, upload: Upload) -> bytes:
        async for part in self._drafts.read(upload.upload_id):
            return part[:HEAD_BYTES]
        return b""

    async def _refuse_harm(self, upload: Upload, digest: str, head: bytes) -> None:
        harm = "program" if is_executable(head) else ""
        harm = harm or await self._scanner.scan(self._drafts.read(upload.upload_id))
        if not harm:
            return
        fact = self._fact("media_refused", upload, digest)
        await self._store.audit.record(replace(fact, detail={**fact.detail, "harm": harm}))
        await self._forget(upload)
        raise MediaRefused("programs are not taken" if harm == "program" else "")

    async def _drawn_small(self, upload: Upload, medium: Medium) -> tuple[Medium, bytes]:
        """With its size and small copy; and its bytes, where the camera's notes had to go."""
        async with self._looks:
            content = b"".join([part async for part in self._drafts.read(upload.upload_id)])
            look = await self._pictures.look(content)
        if look is None:
            return medium, b""
        small = hashlib.sha256(look.thumbnail).hexdigest()
        size = len(look.thumbnail)
        await self._put(Medium(small, "image/jpeg", size, medium.touched_ms))
        await self._blobs.put(look.thumbnail)
        medium = replace(medium, width=look.width, height=look.height, thumbnail=small)
        if look.clean == content:
            return medium, b""
        digest = hashlib.sha256(look.clean).hexdigest()
        return replace(medium, digest=digest, size=len(look.clean)), look.clean

    async def _put(self, medium: Medium) -> None:
        if not await self._store.media.put_medium(medium):
            raise StoreUnavailable("the same file is just being removed", retry_after_s=1.0)

    async def _forget(self, upload: Upload) -> None:
        await self._drafts.drop(upload.upload_id)
        await self._store.uploads.end_upload(upload.upload_id)

    def _fact(self, kind: str, upload: Upload, digest: str) -> Fact:
        detail: dict[str, str | int | bool] = {"conv": upload.conv, "bytes": upload.size}
        return Fact(kind, upload.user, digest, self._clock.now_ms(), detail)
