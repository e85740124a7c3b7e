"""Media, named by what they are; and files on their way to that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

PART_BYTES = 256 * 1024  # as much of a blob is in memory for one reader


class BlobDrafts(Protocol):
    """Files that arrive piece by piece. What was answered outlives the process."""

    async def extend(self, draft: str, offset: int, piece: bytes) -> int:
        """Write the piece at the end, which must be at `offset`, and return the new length;
        VersionConflict, changing nothing, when the end is elsewhere. Nothing yet is length 0.
        """

    async def size(self, draft: str) -> int:
        """How long it is; 0 when there is none."""

    async def digest(self, draft: str) -> str:
        """SHA-256 of what is there."""

    def read(self, draft: str) -> AsyncIterator[bytes]:
        """All of it, in parts; nothing when there is none."""

    async def keep(self, draft: str) -> str:
        """Make it a blob, durably, and return the digest; the draft is gone."""

    async def drop(self, draft: str) -> None:
        """Forget it; one that is not there is no error."""


class BlobStore(Protocol):
    """Immutable; a blob's name is the SHA-256 of its bytes, in hex."""

    drafts: BlobDrafts

    async def put(self, content: bytes) -> str:
        """Store durably and return the digest; the same bytes again change nothing."""

    async def get(self, digest: str) -> bytes | None: ...

    async def size(self, digest: str) -> int | None:
        """Its length; None when it is not there."""

    def read(self, digest: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Bytes from `start` up to `end`, in parts; nothing when it is not there."""

    async def delete(self, digest: str) -> None:
        """Remove it; one that is not there is no error. Who reads it reads on."""
