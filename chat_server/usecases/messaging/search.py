"""Search messages, files and people, within what one may read at the time of asking.

Called by transport. The index says where a text is; who may read there is asked of the
store each time, before the search and again of what was found.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec

from chat_server.domain.conversation import Membership
from chat_server.domain.errors import NotAMember
from chat_server.domain.ids import direct_peer, is_group
from chat_server.domain.people import Person
from chat_server.domain.searching import Entry, Readable, Snippet, matches, question, snippet
from chat_server.ports.clock import Clock
from chat_server.ports.search import SearchIndex
from chat_server.ports.store import ConversationStore, PeopleStore
from chat_server.usecases.identity.people import Card, card_of
from chat_server.usecases.messaging.pace import Buckets, Pace

PACE = Pace(burst=30, per_s=3)  # somebody who types, with a search at each pause
PAGE = 20
_MEMBERSHIPS = 500


class Hit(msgspec.Struct, frozen=True):
    """A message that was found, and the piece of it that shows why."""

    entry: Entry
    snippet: Snippet


class Hits(msgspec.Struct, frozen=True):
    """Newest first; `more` is what to ask `before` for those that follow."""

    hits: Sequence[Hit]
    more: int | None


class Known(msgspec.Struct, frozen=True):
    """Somebody one knows, and the conversation that one knows them from."""

    card: Card
    conv: str


class Search:
    def __init__(
        self,
        index: SearchIndex,
        conversations: ConversationStore,
        people: PeopleStore,
        clock: Clock,
    ) -> None:
        self._index, self._conversations, self._people = index, conversations, people
        self._clock = clock
        self._buckets = Buckets(PACE)

    async def messages(
        self,
        user: str,
        text: str,
        *,
        conv: str = "",
        files: bool = False,
        before: int | None = None,
    ) -> Hits:
        """A page of messages, of one conversation if that is given; with `files`, of files."""
        terms = question(text)
        self._buckets.take(user, self._clock.now_ms())
        readable = await self._readable(user, conv)
        found = await self._index.find(terms, readable, files=files, before=before, limit=PAGE + 1)
        page = found[:PAGE]
        still = await self._still_readable(user, {entry.conv for entry in page})
        hits = [
            Hit(entry, snippet(terms, entry.text))
            for entry in page
            if entry.conv in still and still[entry.conv].holds(entry)
        ]
        return Hits(hits, page[-1].position if len(found) > PAGE else None)

    async def people(self, user: str, text: str) -> Sequence[Known]:
        """Those whom one shares a direct conversation or a group with, by name or log-in name;
        those one talks to alone come first.
        """
        terms = question(text)
        self._buckets.take(user, self._clock.now_ms())
        met = await self._met(user)
        return [
            Known(card_of(person), met[person.user])
            for person in sorted(await self._people.people(met), key=lambda p: _order(p, met))
            if matches(terms, f"{person.name} {person.user}")
        ][:PAGE]

    async def _readable(self, user: str, conv: str) -> Sequence[Readable]:
        if not conv:
            return [_readable(membership) async for membership in self._memberships(user)]
        membership = await self._conversations.membership(conv, user)
        if membership is None:
            raise NotAMember
        return [_readable(membership)]

    async def _still_readable(self, user: str, convs: set[str]) -> dict[str, Readable]:
        found = await asyncio.gather(
            *(self._conversations.membership(conv, user) for conv in convs)
        )
        return {membership.conv: _readable(membership) for membership in found if membership}

    async def _met(self, user: str) -> dict[str, str]:
        met: dict[str, str] = {}
        groups: list[str] = []
        async for membership in self._memberships(user):
            peer = direct_peer(membership.conv, user)
            if membership.left_seq is not None:
                continue
            if peer:
                met[peer] = membership.conv
            elif is_group(membership.conv):
                groups.append(membership.conv)
        for conv in groups:
            for member in await self._conversations.members(conv):
                met.setdefault(member.user, conv)
        met.pop(user, None)
        return met

    async def _memberships(self, user: str) -> AsyncIterator[Membership]:
        after = 0
        while True:
            page = await self._conversations.memberships(
                user, after_version=after, limit=_MEMBERSHIPS
            )
            for membership in page:
                yield membership
            if len(page) < _MEMBERSHIPS:
                return
            after = page[-1].version


def _readable(membership: Membership) -> Readable:
    return Readable(membership.conv, membership.first_seq, membership.left_seq)


def _order(person: Person, met: dict[str, str]) -> tuple[bool, str]:
    return is_group(met[person.user]), person.user
