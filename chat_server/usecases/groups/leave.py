"""Leave a group, or dissolve it for everybody."""

from __future__ import annotations

from msgspec.structs import replace

from chat_server.domain.conversation import Role
from chat_server.domain.errors import LastOwner
from chat_server.domain.groups import owning
from chat_server.ports.store import ConversationStore
from chat_server.usecases.groups.change import Asked, ChangeGroup, Step


class LeaveGroup:
    def __init__(self, change: ChangeGroup, conversations: ConversationStore) -> None:
        self._change, self._conversations = change, conversations

    async def __call__(self, user: str, conv: str) -> None:
        """Raises LastOwner: who owns a group hands it over first."""

        async def plan(asked: Asked) -> Step:
            if asked.own.role is Role.OWNER:
                raise LastOwner
            return Step(what="left", group=asked.group, whom=[user], leaving=[user])

        await self._change(user, conv, plan)

    async def dissolve(self, owner: str, conv: str) -> None:
        """Everybody leaves by one event; what was said stays readable to them."""

        async def plan(asked: Asked) -> Step:
            owning(asked.own)
            everybody = [member.user for member in await self._conversations.members(conv)]
            group = replace(asked.group, dissolved=True)
            return Step(what="dissolved", group=group, leaving=everybody)

        await self._change(owner, conv, plan)
