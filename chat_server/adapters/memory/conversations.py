"""Conversations, memberships and positions, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from chat_server.adapters.memory.log import MemoryLog
from chat_server.adapters.rules import advanced, rejoined
from chat_server.domain.conversation import Conversation, Membership, Positions
from chat_server.domain.facts import Fact


class MemoryConversationStore:
    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._conversations: dict[str, Conversation] = {}
        self._members: dict[str, dict[str, Membership]] = {}
        self._of_user: dict[str, dict[str, Membership]] = {}
        self._versions: dict[str, int] = {}

    async def open_conversation(
        self, conversation: Conversation, members: Sequence[Membership], fact: Fact
    ) -> bool:
        if conversation.conv in self._conversations:
            return False
        self._conversations[conversation.conv] = conversation
        for membership in members:
            self.keep(membership)
        self._log.note(fact)
        return True

    async def conversation(self, conv: str) -> Conversation | None:
        return self._conversations.get(conv)

    async def membership(self, conv: str, user: str) -> Membership | None:
        return self._members.get(conv, {}).get(user)

    async def members(self, conv: str) -> Sequence[Membership]:
        everyone = self._members.get(conv, {})
        return [m for _, m in sorted(everyone.items()) if m.left_seq is None]

    async def members_of(self, convs: Iterable[str]) -> Mapping[str, Sequence[Membership]]:
        found = {conv: await self.members(conv) for conv in convs}
        return {conv: members for conv, members in found.items() if members}

    async def memberships(
        self, user: str, *, after_version: int = 0, limit: int = 500
    ) -> Sequence[Membership]:
        mine = self._of_user.get(user, {}).values()
        later = sorted((m for m in mine if m.version > after_version), key=lambda m: m.version)
        return later[: max(limit, 0)]

    async def join(self, membership: Membership, fact: Fact) -> Membership:
        former = self._members.get(membership.conv, {}).get(membership.user)
        if former is not None and former.left_seq is None:
            return former
        self._log.note(fact)
        return self.keep(rejoined(former, membership))

    async def leave(self, conv: str, user: str, fact: Fact) -> Membership | None:
        former = self._members.get(conv, {}).get(user)
        if former is None or former.left_seq is not None:
            return None
        self._log.note(fact)
        return self.keep(replace(former, left_seq=self._log.standing(conv).seq))

    async def advance(
        self, conv: str, user: str, *, read: int = 0, delivered: int = 0
    ) -> Positions | None:
        former = self._members.get(conv, {}).get(user)
        if former is None:
            return None
        moved = advanced(former, self._log.standing(conv).seq, read, delivered)
        if moved is None:
            return None
        kept = self.keep(moved)
        return Positions(conv, user, kept.read, kept.delivered, kept.version)

    def put(self, conversation: Conversation, members: Sequence[Membership]) -> None:
        """A group's new state and places, as part of its change."""
        self._conversations[conversation.conv] = conversation
        for membership in members:
            self.keep(membership)

    def keep(self, membership: Membership) -> Membership:
        version = self._versions.get(membership.user, 0) + 1
        self._versions[membership.user] = version
        kept = replace(membership, version=version)
        self._members.setdefault(kept.conv, {})[kept.user] = kept
        self._of_user.setdefault(kept.user, {})[kept.conv] = kept
        return kept
