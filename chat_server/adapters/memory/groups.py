"""Groups, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chat_server.adapters.memory.conversations import MemoryConversationStore
from chat_server.adapters.memory.log import MemoryLog
from chat_server.adapters.rules import check_change, placed
from chat_server.domain.conversation import Membership
from chat_server.domain.facts import Fact
from chat_server.domain.groups import GroupChange, JoinRequest
from chat_server.domain.message import Event


class MemoryGroupStore:
    def __init__(self, log: MemoryLog, conversations: MemoryConversationStore) -> None:
        self._log, self._conversations = log, conversations
        self._requests: dict[str, dict[str, JoinRequest]] = {}

    async def change(self, change: GroupChange) -> Event | None:
        conv = change.conversation.conv
        check_change(change, await self._conversations.conversation(conv))
        if change.draft is not None:
            self._log.check([change.draft])
        event = self._log.write(change.draft).event if change.draft else None
        former = {each.user: each for each in await self.among(conv, change.users)}
        self._conversations.put(
            change.conversation, placed(change, former, event.seq if event else 0)
        )
        for place in change.joining:
            self._requests.get(conv, {}).pop(place.user, None)
        self._log.note(change.fact)
        self._log.ring()
        return event

    async def page(self, conv: str, *, after: str, limit: int) -> Sequence[Membership]:
        members = await self._conversations.members(conv)
        return [member for member in members if member.user > after][: max(limit, 0)]

    async def among(self, conv: str, users: Iterable[str]) -> Sequence[Membership]:
        found = [await self._conversations.membership(conv, user) for user in sorted(set(users))]
        return [member for member in found if member]

    async def ask_to_join(self, request: JoinRequest, fact: Fact) -> bool:
        waiting = self._requests.setdefault(request.conv, {})
        if request.user in waiting:
            return False
        waiting[request.user] = request
        self._log.note(fact)
        return True

    async def requests(self, conv: str, limit: int) -> Sequence[JoinRequest]:
        waiting = self._requests.get(conv, {}).values()
        return sorted(waiting, key=lambda each: (each.at_ms, each.user))[: max(limit, 0)]

    async def request(self, conv: str, user: str) -> JoinRequest | None:
        return self._requests.get(conv, {}).get(user)

    async def drop_request(self, conv: str, user: str, fact: Fact) -> bool:
        if self._requests.get(conv, {}).pop(user, None) is None:
            return False
        self._log.note(fact)
        return True
