"""Where a customer may send money in the chat: their groups, and who they write with directly."""

from __future__ import annotations

from collections.abc import Sequence

from bots.contract import Place
from chat_server.domain.conversation import Membership
from chat_server.domain.errors import ChatError
from chat_server.domain.ids import direct_peer, is_group
from chat_server.domain.people import StaffRole
from chat_server.ports.store import Store

_PAGE = 500
_MOST = 50


class ChatPlaces:
    """Implements `Places`. Staff get no gifts, and whoever may not write there sends none."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def places(self, customer: str) -> Sequence[Place]:
        open_ones = [one for one in await self._memberships(customer) if _may_send(one)]
        latest = sorted(open_ones, key=lambda one: one.version, reverse=True)[:_MOST]
        groups = [await self._group(one.conv) for one in latest if is_group(one.conv)]
        return [*groups, *await self._friends(customer, latest)]

    async def _group(self, conv: str) -> Place:
        group = await self._store.conversations.conversation(conv)
        return Place(conv, group.title if group else conv)

    async def _friends(self, customer: str, latest: Sequence[Membership]) -> list[Place]:
        peers = {peer: one.conv for one in latest if (peer := direct_peer(one.conv, customer))}
        people = await self._store.people.people(peers)
        return [
            Place(peers[person.user], person.name, person.user)
            for person in people
            if person.role is StaffRole.CUSTOMER
        ]

    async def _memberships(self, user: str) -> Sequence[Membership]:
        found: list[Membership] = []
        after = 0
        while page := await self._store.conversations.memberships(
            user, after_version=after, limit=_PAGE
        ):
            found += page
            after = page[-1].version
        return found


def _may_send(membership: Membership) -> bool:
    try:
        membership.may_send()
    except ChatError:
        return False
    return True
