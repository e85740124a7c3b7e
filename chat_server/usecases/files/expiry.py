"""Media that nobody used go: uploads never finished, and files never sent, after a day."""

from __future__ import annotations

import structlog

from chat_server.domain.errors import StoreUnavailable
from chat_server.ports.blob import BlobStore
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store

UNUSED_MS = 24 * 3_600_000
EVERY_S = 600.0
_PAGE = 100

log = structlog.get_logger()


class ExpireMedia:
    def __init__(self, store: Store, blobs: BlobStore, clock: Clock) -> None:
        self._store, self._blobs, self._clock = store, blobs, clock

    async def run(self) -> None:
        """Until cancelled. What fails is done the next time."""
        while True:
            try:
                await self.expire()
            except StoreUnavailable as exc:
                log.warning("media_not_expired", reason=exc.message)
            await self._clock.sleep(EVERY_S)

    async def expire(self) -> None:
        before_ms = self._clock.now_ms() - UNUSED_MS
        while uploads := await self._store.uploads.old_uploads(before_ms, _PAGE):
            for upload in uploads:
                await self._blobs.drafts.drop(upload.upload_id)
                await self._store.uploads.end_upload(upload.upload_id)
        while digests := await self._store.media.condemn(before_ms, _PAGE):
            for digest in digests:  # condemned: nobody can claim or bring it until it is buried
                await self._blobs.delete(digest)
                await self._store.media.bury(digest)
