"""Media in memory, named by digest."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

from chat_server.domain.errors import StoreUnavailable, VersionConflict
from chat_server.ports.blob import PART_BYTES, BlobDrafts, BlobStore


class MemoryDrafts:
    def __init__(self, blobs: dict[str, bytes]) -> None:
        self._blobs = blobs
        self._drafts: dict[str, bytearray] = {}

    async def extend(self, draft: str, offset: int, piece: bytes) -> int:
        content = self._drafts.setdefault(draft, bytearray())
        if len(content) != offset:
            raise VersionConflict(f"the end is at {len(content)}")
        content += piece
        return len(content)

    async def size(self, draft: str) -> int:
        return len(self._drafts.get(draft, b""))

    async def digest(self, draft: str) -> str:
        return hashlib.sha256(self._content(draft)).hexdigest()

    async def read(self, draft: str) -> AsyncIterator[bytes]:
        content = bytes(self._drafts.get(draft, b""))
        for start in range(0, len(content), PART_BYTES):
            yield content[start : start + PART_BYTES]

    async def keep(self, draft: str) -> str:
        digest = await self.digest(draft)
        self._blobs[digest] = bytes(self._drafts.pop(draft))
        return digest

    async def drop(self, draft: str) -> None:
        self._drafts.pop(draft, None)

    def _content(self, draft: str) -> bytearray:
        if draft not in self._drafts:
            raise StoreUnavailable("there is no such draft")
        return self._drafts[draft]


class MemoryBlobStore:
    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}
        self.drafts: BlobDrafts = MemoryDrafts(self._blobs)

    async def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        self._blobs[digest] = content
        return digest

    async def get(self, digest: str) -> bytes | None:
        return self._blobs.get(digest)

    async def size(self, digest: str) -> int | None:
        content = self._blobs.get(digest)
        return None if content is None else len(content)

    async def read(
        self, digest: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        content = self._blobs.get(digest, b"")[start:end]
        for at in range(0, len(content), PART_BYTES):
            yield content[at : at + PART_BYTES]

    async def delete(self, digest: str) -> None:
        self._blobs.pop(digest, None)


def open_blobs(url: str) -> BlobStore:
    del url
    return MemoryBlobStore()
