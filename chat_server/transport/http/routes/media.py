"""Media: uploads in pieces, downloads in ranges, links that soon expire."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_server.domain.media import Medium
from chat_server.transport.http.downloading import NamedMedium
from chat_server.transport.http.shapes import (
    MediaLink,
    MediumItem,
    UploadItem,
    UploadRequest,
)
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.files.uploads import Progress
from chat_server.usecases.identity.tokens import Claims

MAX_PIECE = 4 * 1024 * 1024  # bytes of one request

FileName = Annotated[str, Meta(max_length=255)]


async def begin_upload(cases: UseCases, claims: Claims, body: UploadRequest) -> UploadItem:
    """Begin an upload for a conversation one may write in: at most 100 MiB."""
    progress = await cases.uploads.begin(
        claims.user, conv=body.conv, size=body.size, name=body.name, sha256=body.sha256
    )
    return _upload(progress)


async def upload_progress(cases: UseCases, claims: Claims, upload: str) -> UploadItem:
    """How far one's upload is: go on at `received`."""
    return _upload(await cases.uploads.progress(claims.user, upload))


async def extend_upload(
    cases: UseCases, claims: Claims, upload: str, offset: Annotated[int, Meta(ge=0)], content: bytes
) -> UploadItem:
    """Add the next piece, at most 4 MiB. `version_conflict`: the end is not at `offset`."""
    return _upload(await cases.uploads.extend(claims.user, upload, offset, content))


async def finish_upload(cases: UseCases, claims: Claims, upload: str) -> MediumItem:
    """Take the file in: it is checked, scanned, and named. The same again answers the same."""
    return _medium(await cases.uploads.finish(claims.user, upload))


async def abandon_upload(cases: UseCases, claims: Claims, upload: str) -> None:
    """Give an unfinished upload up."""
    await cases.uploads.abandon(claims.user, upload)


async def medium(cases: UseCases, claims: Claims, digest: str, name: FileName = "") -> NamedMedium:
    """A medium by its digest, whole or in a range; it never changes.

    For covers, for who uploaded it, and for who may read a message that it was sent in.
    """
    return NamedMedium(await cases.downloads.open(claims.user, digest), name)


async def link_medium(cases: UseCases, claims: Claims, digest: str) -> MediaLink:
    """A link to the medium for five minutes, which needs no header; only for oneself."""
    link = await cases.downloads.link(claims.user, digest)
    return MediaLink(f"/v1/media/{digest}/{link.ticket}", link.expires_ms)


async def linked_medium(
    cases: UseCases, digest: str, ticket: str, name: FileName = ""
) -> NamedMedium:
    """A medium by a link that was made for somebody who may still read it."""
    return NamedMedium(await cases.downloads.follow(digest, ticket), name)


def _upload(progress: Progress) -> UploadItem:
    upload = progress.upload
    return UploadItem(upload.upload_id, upload.size, progress.received, MAX_PIECE, upload.digest)


def _medium(medium: Medium) -> MediumItem:
    return MediumItem(
        medium.digest, medium.mime, medium.size, medium.width, medium.height, medium.thumbnail
    )
