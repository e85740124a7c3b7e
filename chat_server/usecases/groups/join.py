"""Come in by a link: at once, or after somebody let one in."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chat_server.domain.conversation import Conversation, Role
from chat_server.domain.errors import GroupFull, NotFound
from chat_server.domain.facts import Fact
from chat_server.domain.groups import MOST_MEMBERS, JoinRequest, Place, governing
from chat_server.ports.clock import Clock
from chat_server.ports.store import GroupStore
from chat_server.usecases.groups.change import Asked, ChangeGroup, Step
from chat_server.usecases.groups.links import Links

MOST_LISTED = 200


class Doorstep(msgspec.Struct, frozen=True):
    """What a link shows before one joins."""

    group: Conversation
    inviter: str
    inside: bool


class JoinGroup:
    def __init__(self, change: ChangeGroup, links: Links, groups: GroupStore, clock: Clock) -> None:
        self._change, self._links = change, links
        self._groups, self._clock = groups, clock

    async def look(self, user: str, token: str) -> Doorstep:
        """Raises LinkExpired."""
        link, asked = await self._links.target(user, token)
        return Doorstep(asked.group, link.inviter, inside=asked.member is not None)

    async def __call__(self, user: str, token: str) -> tuple[Conversation, bool]:
        """The group, and whether one is in it now; else one waits to be let in.

        Raises LinkExpired and GroupFull. Joining twice is joining.
        """
        link, asked = await self._links.target(user, token)
        if asked.member is None and asked.group.approval:
            if asked.group.size >= MOST_MEMBERS:
                raise GroupFull(f"a group has at most {MOST_MEMBERS} members")
            now = self._clock.now_ms()
            fact = Fact("group_join_asked", user, link.conv, now, {"inviter": link.inviter})
            await self._groups.ask_to_join(JoinRequest(link.conv, user, link.inviter, now), fact)
            return asked.group, False

        async def plan(asked: Asked) -> Step | None:
            self._links.check(link, asked.group)
            return None if asked.member else _coming(asked.group, user, link.inviter)

        return await self._change(user, link.conv, plan), True


class JoinRequests:
    """Who waits to be let in; for the owner and the admins."""

    def __init__(self, change: ChangeGroup, groups: GroupStore, clock: Clock) -> None:
        self._change, self._groups, self._clock = change, groups, clock

    async def list(self, actor: str, conv: str) -> Sequence[JoinRequest]:
        """Oldest first."""
        governing((await self._change.look(actor, conv)).own)
        return await self._groups.requests(conv, MOST_LISTED)

    async def approve(self, actor: str, conv: str, user: str) -> Conversation:
        async def plan(asked: Asked) -> Step | None:
            governing(asked.own)
            request = await self._waiting(conv, user)
            known = await self._groups.among(conv, [user])
            if any(member.left_seq is None for member in known):
                return None
            return _coming(asked.group, user, request.inviter)

        return await self._change(actor, conv, plan)

    async def refuse(self, actor: str, conv: str, user: str) -> None:
        governing((await self._change.look(actor, conv)).own)
        fact = Fact("group_join_refused", actor, conv, self._clock.now_ms(), {"whom": user})
        if not await self._groups.drop_request(conv, user, fact):
            raise NotFound("nobody of that name waits")

    async def _waiting(self, conv: str, user: str) -> JoinRequest:
        request = await self._groups.request(conv, user)
        if request is None:
            raise NotFound("nobody of that name waits")
        return request


def _coming(group: Conversation, user: str, inviter: str) -> Step:
    place = Place(user, Role.MEMBER)
    return Step(what="joined", group=group, whom=[user], by=inviter, joining=[place])
