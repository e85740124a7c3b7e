"""The messages that somebody starred, across their conversations, as far as they may read now.

Called by transport. A star outlives what it points at: what was recalled, or may no longer be
read, is told as that and without a word of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import msgspec

from chat_server.domain.conversation import Membership
from chat_server.domain.errors import InvalidValue
from chat_server.domain.forms import Form, current, seen_by
from chat_server.domain.message import Event
from chat_server.domain.own import Star, StarState
from chat_server.ports.store import Store

MOST_LISTED = 200


class Starred(msgspec.Struct, frozen=True):
    """`event` only where it may be shown, as it reads now."""

    star: Star
    state: StarState
    event: Event | None = None
    forms: Mapping[int, Form] = {}


class ListStars:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(
        self, user: str, *, conv: str = "", before: int | None = None, limit: int
    ) -> tuple[Sequence[Starred], bool]:
        """Newest first, and whether there are more."""
        if not 1 <= limit <= MOST_LISTED:
            raise InvalidValue(f"limit: 1 to {MOST_LISTED}")
        found = await self._store.own.stars(user, before=before, conv=conv, limit=limit + 1)
        page = found[:limit]
        read = await asyncio.gather(*(self._read(star) for star in page))
        places = await self._places(user, page)  # asked after the reading, as in history
        starred = [
            _shown(star, event, forms, places.get(star.conv))
            for star, (event, forms) in zip(page, read, strict=True)
        ]
        return starred, len(found) > limit

    async def _read(self, star: Star) -> tuple[Event | None, Mapping[int, Form]]:
        return await asyncio.gather(
            self._store.messages.event(star.conv, star.seq),
            self._store.messages.forms(star.conv, [star.seq]),
        )

    async def _places(self, user: str, page: Sequence[Star]) -> dict[str, Membership]:
        convs = {star.conv for star in page}
        found = await asyncio.gather(
            *(self._store.conversations.membership(conv, user) for conv in convs)
        )
        return {place.conv: place for place in found if place is not None}


def _shown(
    star: Star, event: Event | None, forms: Mapping[int, Form], place: Membership | None
) -> Starred:
    seq = star.seq
    if event is None or place is None:
        return Starred(star, StarState.WITHHELD)
    if not place.first_seq <= seq <= place.last_readable(seq):
        return Starred(star, StarState.WITHHELD)
    if seq in forms and forms[seq].recalled:
        return Starred(star, StarState.RECALLED)
    seen = {at: form for at, form in forms.items() if seen_by(form, place.left_seq)}
    return Starred(star, StarState.SHOWN, current(event, forms, place.left_seq), seen)
