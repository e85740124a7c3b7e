"""What is a person's own in their conversations, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from chat_server.adapters.memory.conversations import MemoryConversationStore
from chat_server.adapters.memory.log import MemoryLog
from chat_server.domain.conversation import Membership
from chat_server.domain.errors import TooLong
from chat_server.domain.facts import Fact
from chat_server.domain.message import EventKind
from chat_server.domain.own import MOST_STARS, Star, Unsent, Wish, settled


class MemoryOwnStore:
    def __init__(self, log: MemoryLog, conversations: MemoryConversationStore) -> None:
        self._log, self._conversations = log, conversations
        self._drafts: dict[tuple[str, str], Unsent] = {}
        self._stars: dict[str, dict[tuple[str, int], Star]] = {}

    async def settle(
        self, conv: str, user: str, wish: Wish, fact: Fact | None = None
    ) -> Membership | None:
        former = await self._conversations.membership(conv, user)
        if former is None:
            return None
        wished = settled(former, wish, self._log.standing(conv).seq)
        if wished == former:
            return former
        if fact is not None:
            self._log.note(fact)
        return self._conversations.keep(wished)

    async def write_draft(self, unsent: Unsent) -> Membership | None:
        former = await self._conversations.membership(unsent.conv, unsent.user)
        if former is None or former.left_seq is not None:
            return None
        if unsent.text:
            self._drafts[unsent.user, unsent.conv] = unsent
        else:
            self._drafts.pop((unsent.user, unsent.conv), None)
        return self._conversations.keep(former)

    async def drafts(self, user: str, convs: Iterable[str]) -> Mapping[str, Unsent]:
        asked = set(convs)
        return {conv: self._drafts[user, conv] for conv in asked if (user, conv) in self._drafts}

    async def own_count(self, conv: str, user: str, *, after: int, upto: int) -> int:
        within = await self._log.events(conv, after=after, limit=max(upto - max(after, 0), 0))
        return sum(e.sender == user and e.kind is EventKind.MESSAGE for e in within)

    async def star(self, star: Star) -> Star:
        mine = self._stars.setdefault(star.user, {})
        place = star.conv, star.seq
        if place not in mine:
            if len(mine) >= MOST_STARS:
                raise TooLong(f"at most {MOST_STARS} stars")
            number = max((one.number for one in mine.values()), default=0) + 1
            mine[place] = replace(star, number=number)
        return mine[place]

    async def unstar(self, user: str, conv: str, seq: int) -> bool:
        return self._stars.get(user, {}).pop((conv, seq), None) is not None

    async def stars(
        self, user: str, *, before: int | None = None, conv: str = "", limit: int
    ) -> Sequence[Star]:
        mine = [
            one
            for one in self._stars.get(user, {}).values()
            if (before is None or one.number < before) and conv in ("", one.conv)
        ]
        return sorted(mine, key=lambda one: -one.number)[: max(limit, 0)]
