"""Whose presence somebody may see.

Staff are seen by whom they talk to; everybody else by whom their setting allows; blocking
ends it both ways. Who may not be seen and who does not exist look the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

from chat_server.domain.contacts import Audience
from chat_server.domain.conversation import Membership
from chat_server.domain.ids import direct_peer, is_group
from chat_server.domain.people import StaffRole
from chat_server.ports.store import Store

_PAGE = 500


class SeePresence:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, viewer: str, users: Collection[str]) -> frozenset[str]:
        """Those of the users whom the viewer may see."""
        people, ties, privacy, memberships = await asyncio.gather(
            self._store.people.people(users),
            self._store.contacts.ties_among(viewer, users),
            self._store.contacts.privacy(users),
            self._memberships(viewer),
        )
        friends = {tie.peer(viewer) for tie in ties if tie.friends_ms}
        blocked = {tie.peer(viewer) for tie in ties if tie.blocked}
        talking = {peer for one in memberships if (peer := direct_peer(one.conv, viewer))}
        seen: set[str] = set()
        elsewhere: set[str] = set()  # whom only a group can tell
        for person in people:
            user, audience = person.user, privacy[person.user].audience
            if user == viewer:
                seen.add(user)
            elif user in blocked:
                continue
            elif person.role is not StaffRole.CUSTOMER:
                (seen if user in talking else elsewhere).add(user)
            elif user in friends and audience is not Audience.NOBODY:
                seen.add(user)
            elif audience is Audience.CONVERSATIONS:
                (seen if user in talking else elsewhere).add(user)
        groups = [one.conv for one in memberships if is_group(one.conv)]
        return frozenset(seen | await self._met(groups, elsewhere))

    async def _met(self, groups: Sequence[str], users: set[str]) -> set[str]:
        met: set[str] = set()
        for conv in groups:
            if left := users - met:
                found = await self._store.groups.among(conv, left)
                met |= {member.user for member in found if member.left_seq is None}
        return met

    async def _memberships(self, user: str) -> Sequence[Membership]:
        found: list[Membership] = []
        version = 0
        while page := await self._store.conversations.memberships(
            user, after_version=version, limit=_PAGE
        ):
            found += page
            version = page[-1].version
        # a membership that changed meanwhile comes again, at its newest
        newest = {one.conv: one for one in found}
        return [one for one in newest.values() if one.left_seq is None]
