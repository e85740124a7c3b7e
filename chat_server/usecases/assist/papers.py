"""Files that a bot sends: kept like any upload, before the message that names them is stored.

A file whose message was never stored is one that nobody used, and expires.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bots.contract import Document, Reply
from chat_server.domain.errors import StoreUnavailable, TooLong
from chat_server.domain.media import MAX_MEDIUM, Medium
from chat_server.ports.blob import BlobStore
from chat_server.ports.clock import Clock
from chat_server.ports.media import MediaStore


class Papers:
    """`keep` before the commit; who reads the message may then read the file."""

    def __init__(self, media: MediaStore, blobs: BlobStore, clock: Clock) -> None:
        self._media, self._blobs, self._clock = media, blobs, clock

    async def keep(self, replies: Sequence[Reply]) -> None:
        """Raises TooLong, and StoreUnavailable while the same file is just being removed."""
        for reply in replies:
            if isinstance(reply, Document):
                await self._keep(reply)

    async def _keep(self, paper: Document) -> None:
        size = len(paper.content)
        if not 0 < size <= MAX_MEDIUM:
            raise TooLong(f"at most {MAX_MEDIUM} bytes")
        medium = Medium(digest_of(paper), paper.mime, size, self._clock.now_ms())
        if not await self._media.put_medium(medium):
            raise StoreUnavailable("the same file is just being removed", retry_after_s=1.0)
        await self._blobs.put(paper.content)


def digest_of(paper: Document) -> str:
    return hashlib.sha256(paper.content).hexdigest()
