"""Media, named by what they are."""

from __future__ import annotations

from typing import Protocol


class BlobStore(Protocol):
    """Immutable; a blob's name is the SHA-256 of its bytes, in hex."""

    async def put(self, content: bytes) -> str:
        """Store durably and return the digest; the same bytes again change nothing."""

    async def get(self, digest: str) -> bytes | None: ...
