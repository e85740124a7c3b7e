"""See a group: what it is, who is in it, who has read a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from chat_server.domain.conversation import Conversation, Membership
from chat_server.domain.errors import Forbidden, InvalidValue, NotAMember, NotFound, TooLong
from chat_server.domain.groups import MOST_COUNTED, MOST_TOLD
from chat_server.domain.people import StaffRole
from chat_server.ports.store import Store
from chat_server.usecases.groups.change import ChangeGroup

MOST_LISTED = 200


class GroupView(msgspec.Struct, frozen=True):
    group: Conversation
    own: Membership


class Member(msgspec.Struct, frozen=True):
    """Somebody in the group, as the others see them."""

    user: str
    name: str
    badge: str
    role: str
    silenced: bool
    present: bool


class Readers(msgspec.Struct, frozen=True):
    """Of those who may read the message, without its author."""

    read: Sequence[Member]
    unread: Sequence[Member]


class ReadGroup:
    """For its members only; raises NotAMember."""

    def __init__(self, store: Store, change: ChangeGroup) -> None:
        self._store, self._change = store, change

    async def view(self, viewer: str, conv: str) -> GroupView:
        asked = await self._change.look(viewer, conv)
        return GroupView(asked.group, asked.own)

    async def members(
        self, viewer: str, conv: str, *, after: str, limit: int
    ) -> tuple[Sequence[Member], bool]:
        """A page by id, and whether there are more."""
        if not 1 <= limit <= MOST_LISTED:
            raise InvalidValue(f"limit: 1 to {MOST_LISTED}")
        await self.view(viewer, conv)
        found = await self._store.groups.page(conv, after=after, limit=limit + 1)
        return await self._shown(found[:limit]), len(found) > limit

    async def people(self, viewer: str, conv: str, users: Iterable[str]) -> Sequence[Member]:
        """Those who are or were in the group; for who is or was, too: old lines name them."""
        wanted = list(dict.fromkeys(users))
        if len(wanted) > MOST_LISTED:
            raise TooLong(f"at most {MOST_LISTED} people at once")
        if await self._store.conversations.membership(conv, viewer) is None:
            raise NotAMember
        return await self._shown(await self._store.groups.among(conv, wanted))

    async def readers(self, viewer: str, conv: str, seq: int) -> Readers:
        """Who has read one's message, in groups up to 500; of others' messages up to 100."""
        view = await self.view(viewer, conv)
        if view.group.size > MOST_COUNTED:
            raise TooLong(f"readers are listed in groups of up to {MOST_COUNTED}")
        event = await self._store.messages.event(conv, seq)
        if event is None or seq < view.own.first_seq:
            raise NotFound("no such message")
        if event.sender != viewer and view.group.size > MOST_TOLD:
            raise Forbidden("only the author sees who has read it")
        members = [
            member
            for member in await self._store.conversations.members(conv)
            if member.user != event.sender and member.first_seq <= seq
        ]
        return Readers(
            read=await self._shown([each for each in members if each.read >= seq]),
            unread=await self._shown([each for each in members if each.read < seq]),
        )

    async def names(self, users: Iterable[str]) -> Mapping[str, str]:
        return {person.user: person.name for person in await self._store.people.people(users)}

    async def _shown(self, members: Sequence[Membership]) -> Sequence[Member]:
        users = [member.user for member in members]
        people = {person.user: person for person in await self._store.people.people(users)}
        return [
            Member(
                user=member.user,
                name=people[member.user].name,
                badge="manager" if people[member.user].role is StaffRole.MANAGER else "",
                role=member.role,
                silenced=member.silenced,
                present=member.left_seq is None,
            )
            for member in members
            if member.user in people
        ]
