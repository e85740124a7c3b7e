"""What is enclosed in a message: only what its sender may send on, told as it really is.

Sending asks here before a message with a medium is stored. A digest alone opens nothing: the
sender brought the medium, or was sent it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from msgspec.structs import replace

from chat_server.domain.bodies import File, Image, MediaBody, Video, Voice
from chat_server.domain.errors import InvalidValue, NotFound
from chat_server.domain.masking import mask_cards
from chat_server.domain.media import SOUNDS, VIDEOS, Medium
from chat_server.ports.clock import Clock
from chat_server.ports.media import MediaStore

AnyMedia = TypeVar("AnyMedia", Image, Voice, Video, File, Voice | File)


class Enclosures:
    def __init__(self, media: MediaStore, clock: Clock) -> None:
        self._media, self._clock = media, clock

    async def checked(self, user: str, body: MediaBody) -> MediaBody:
        """The body as the server knows the medium. Raises NotFound and InvalidValue."""
        found = {medium.digest: medium for medium in await self._claim(user, digests(body))}
        medium = found.get(body.media)
        if medium is None:
            raise NotFound("no such medium, or none that you may send")
        if isinstance(body, Image):
            small = await self._claim(user, [medium.thumbnail])
            return _picture(body, medium, small[0].digest if small else "")
        return _told(body, medium, found)

    async def _claim(self, user: str, wanted: Sequence[str]) -> Sequence[Medium]:
        return await self._media.claim(user, wanted, self._clock.now_ms())


def digests(body: MediaBody) -> Sequence[str]:
    """The medium, and its thumbnail if it has one."""
    thumbnail = getattr(body, "thumbnail", "")
    return (body.media, thumbnail) if thumbnail else (body.media,)


def _picture(body: Image, medium: Medium, thumbnail: str) -> Image:
    if not medium.width:
        raise InvalidValue("not a picture that can be shown; send it as a file")
    told = _named(body, medium)
    return replace(told, width=medium.width, height=medium.height, thumbnail=thumbnail)


def _told(body: Voice | Video | File, medium: Medium, found: Mapping[str, Medium]) -> MediaBody:
    if isinstance(body, Voice) and medium.mime not in SOUNDS:
        raise InvalidValue("not a sound; send it as a file")
    if isinstance(body, Video):
        if medium.mime not in VIDEOS:
            raise InvalidValue("not a video; send it as a file")
        still = found.get(body.thumbnail)
        return replace(_named(body, medium), thumbnail=still.digest if still else "")
    return _named(body, medium)


def _named(body: AnyMedia, medium: Medium) -> AnyMedia:
    return replace(body, name=mask_cards(body.name), size=medium.size, mime=medium.mime)
