"""What the house asks about media: where they may be seen, whether they harm, how they look."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Protocol

import msgspec

from chat_server.domain.facts import Fact
from chat_server.domain.media import Medium, Upload


class UploadStore(Protocol):
    """Files on their way in; their bytes are in `BlobStore.drafts` under the same id."""

    async def add_upload(self, upload: Upload, *, quota: int) -> bool:
        """Store it, unless the sizes of this person's uploads then add up to more than
        `quota`: False, changing nothing.
        """

    async def upload(self, upload_id: str) -> Upload | None: ...

    async def finish_upload(self, upload_id: str, media: Sequence[str], fact: Fact) -> None:
        """Note the digest (the first of `media`); from now on the person owns all of `media`.
        A second time, or for an upload that is gone, changes nothing.
        """

    async def end_upload(self, upload_id: str) -> None: ...

    async def old_uploads(self, before_ms: int, limit: int) -> Sequence[Upload]:
        """Those created before that time, oldest first."""


class MediaStore(Protocol):
    """What is known of blobs, who brought them, and where they were sent.

    Where a medium was sent is written by `MessageStore.append`, from `Draft.media`.
    """

    async def put_medium(self, medium: Medium) -> bool:
        """Store or touch it: `touched_ms` never goes back, `public` stays once it is set.
        False, changing nothing, while it is condemned.
        """

    async def medium(self, digest: str) -> Medium | None:
        """None for a condemned one, too."""

    async def claim(self, user: str, digests: Iterable[str], at_ms: int) -> Sequence[Medium]:
        """Those of the media that this person may send on, touched in the same commit."""

    async def may_read(self, user: str, digest: str) -> bool:
        """Whether they own it, or it was sent where and when they may read, now."""

    async def condemn(self, before_ms: int, limit: int) -> Sequence[str]:
        """Media last touched before that time, sent nowhere and not public: from now on they
        cannot be claimed or put. Those condemned before come again until they are buried.
        """

    async def bury(self, digest: str) -> None:
        """Forget a condemned medium; its blob is gone."""


class MediaScanner(Protocol):
    async def scan(self, content: AsyncIterator[bytes]) -> str:
        """What harm was found, as the scanner names it; empty: none. StoreUnavailable when
        that cannot be said now: nothing unscanned is taken in.
        """


class Look(msgspec.Struct, frozen=True):
    """How a picture looks the right way up; a small copy and itself, without a camera's notes."""

    width: int
    height: int
    thumbnail: bytes  # JPEG
    clean: bytes


class PictureReader(Protocol):
    async def look(self, content: bytes) -> Look | None:
        """None for what is no picture, is too large to unpack, or takes too long."""
