"""Media in memory, named by digest."""

from __future__ import annotations

import hashlib

from chat_server.ports.blob import BlobStore


class MemoryBlobStore:
    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}

    async def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        self._blobs[digest] = content
        return digest

    async def get(self, digest: str) -> bytes | None:
        return self._blobs.get(digest)


def open_blobs(url: str) -> BlobStore:
    del url
    return MemoryBlobStore()
