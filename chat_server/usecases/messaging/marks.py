"""Whose read and delivered marks somebody may see in a conversation.

Called by transport at the end of a catch-up; live changes go out by the fan-out.
"""

from __future__ import annotations

from collections.abc import Sequence

from chat_server.domain.conversation import ConversationKind, Membership
from chat_server.domain.errors import NotAMember
from chat_server.domain.groups import MOST_TOLD
from chat_server.domain.ids import TWO_SIDED
from chat_server.ports.store import ConversationStore
from chat_server.usecases.messaging.standing import Standings


class SeeMarks:
    def __init__(self, store: ConversationStore, standings: Standings) -> None:
        self._store, self._standings = store, standings

    async def __call__(self, user: str, conv: str) -> Sequence[Membership]:
        """The members whose positions this person may see, themselves among them.

        Raises NotAMember.
        """
        if conv.startswith(TWO_SIDED) or await self._small_group(user, conv):
            members = await self._store.members(conv)
            if any(member.user == user for member in members):
                return members
        own = await self._store.membership(conv, user)
        if own is None:
            raise NotAMember
        return (own,)

    async def _small_group(self, user: str, conv: str) -> bool:
        conversation = (await self._standings.find(user, conv)).conversation
        return conversation.kind is ConversationKind.GROUP and conversation.size <= MOST_TOLD
