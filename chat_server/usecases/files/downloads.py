"""Open a medium for who may see it, now: with a token, or by a link that soon expires.

Transport asks here for every range. A link names the person it was made for and opens no
more than they may read at the moment it is used.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable

import msgspec

from chat_server.domain.errors import Forbidden, NotFound
from chat_server.domain.media import DIGEST, HEAD_BYTES, Medium, sniff
from chat_server.ports.blob import BlobStore
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store

LINK_MS = 5 * 60_000
_NONE = "no such medium"


class OpenMedium(msgspec.Struct, frozen=True):
    """`read(start, end)` gives its bytes in parts."""

    medium: Medium
    read: Callable[[int, int], AsyncIterator[bytes]]


class MediaLink(msgspec.Struct, frozen=True):
    ticket: str
    expires_ms: int


class Downloads:
    def __init__(self, store: Store, blobs: BlobStore, clock: Clock, key: bytes) -> None:
        self._media, self._audit = store.media, store.audit
        self._blobs, self._clock = blobs, clock
        self._key = hashlib.blake2b(b"media link", key=key[:64]).digest()

    async def open(self, user: str, digest: str) -> OpenMedium:
        """Raises NotFound: also for what is there for others."""
        medium = await self._known(digest) if DIGEST.fullmatch(digest) else None
        if medium is None or not (medium.public or await self._media.may_read(user, digest)):
            raise NotFound(_NONE)
        if await self._blobs.size(digest) != medium.size:
            raise NotFound(_NONE)
        return OpenMedium(medium, lambda start, end: self._blobs.read(digest, start, end))

    async def open_public(self, digest: str) -> OpenMedium:
        """What everybody may see, whoever asks. Raises NotFound."""
        return await self.open("", digest)

    async def link(self, user: str, digest: str) -> MediaLink:
        await self.open(user, digest)
        expires_ms = self._clock.now_ms() + LINK_MS
        seal = self._seal(digest, expires_ms, user)
        return MediaLink(f"{seal}.{expires_ms}.{user}", expires_ms)

    async def follow(self, digest: str, ticket: str) -> OpenMedium:
        """Raises Forbidden for a link that expired or was never made."""
        seal, _, rest = ticket.partition(".")
        expires, _, user = rest.partition(".")
        stated = int(expires) if expires.isascii() and expires.isdecimal() else 0
        if not hmac.compare_digest(seal.encode(), self._seal(digest, stated, user).encode()):
            raise Forbidden("not a link of this house")
        if stated <= self._clock.now_ms():
            raise Forbidden("the link has expired; ask for another")
        return await self.open(user, digest)

    def _seal(self, digest: str, expires_ms: int, user: str) -> str:
        words = f"{digest}.{expires_ms}.{user}".encode()
        return urlsafe_b64encode(hmac.digest(self._key, words, "sha256")[:24]).decode()

    async def _known(self, digest: str) -> Medium | None:
        medium = await self._media.medium(digest)
        return medium or await self._cover_of_old(digest)

    async def _cover_of_old(self, digest: str) -> Medium | None:
        """A cover from before media had records: the audit trail knows who stored it."""
        facts = await self._audit.facts(subject=digest, limit=1)
        size = await self._blobs.size(digest)
        if size is None or not any(one.fact and one.fact.kind == "media_stored" for one in facts):
            return None
        head = b"".join([part async for part in self._blobs.read(digest, 0, HEAD_BYTES)])
        cover = Medium(digest, sniff(head), size, self._clock.now_ms(), public=True)
        return cover if await self._media.put_medium(cover) else None
