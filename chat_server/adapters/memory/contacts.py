"""Contacts and sightings, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from chat_server.adapters.memory.conversations import MemoryConversationStore
from chat_server.adapters.memory.log import MemoryLog
from chat_server.adapters.memory.records import MemoryPeopleStore
from chat_server.adapters.rules import check_tie, opened_direct
from chat_server.domain.contacts import Audience, Privacy, Tie, sorted_pair
from chat_server.domain.facts import Fact
from chat_server.domain.ids import direct_conversation
from chat_server.domain.people import Person


class MemoryContactStore:
    def __init__(
        self, log: MemoryLog, conversations: MemoryConversationStore, people: MemoryPeopleStore
    ) -> None:
        self._log, self._conversations, self._people = log, conversations, people
        self._ties: dict[tuple[str, str], Tie] = {}
        self._of_user: dict[str, dict[str, tuple[str, str]]] = {}
        self._privacy: dict[str, Privacy] = {}

    async def tie(self, user: str, peer: str) -> Tie | None:
        return self._ties.get(sorted_pair(user, peer))

    async def ties(self, user: str, *, after: str = "", limit: int = 500) -> Sequence[Tie]:
        mine = sorted(self._of_user.get(user, {}).items())
        return [self._ties[key] for peer, key in mine if peer > after][: max(limit, 0)]

    async def ties_among(self, user: str, peers: Iterable[str]) -> Sequence[Tie]:
        mine = self._of_user.get(user, {})
        return [self._ties[mine[peer]] for peer in sorted(set(peers)) if peer in mine]

    async def put(self, tie: Tie, fact: Fact) -> None:
        key = (tie.one, tie.other)
        check_tie(tie, self._ties.get(key))
        conv = direct_conversation(*key)
        found = await self._conversations.conversation(conv)
        if found is not None and tie.talks is not None:
            self._conversations.put(replace(found, silent=not tie.talks), ())
        elif tie.talks:
            self._conversations.put(*opened_direct(tie))
        self._ties[key] = tie
        self._of_user.setdefault(tie.one, {})[tie.other] = key
        self._of_user.setdefault(tie.other, {})[tie.one] = key
        self._log.note(fact)

    async def privacy(self, users: Iterable[str]) -> Mapping[str, Privacy]:
        return {user: self._privacy.get(user, Privacy(user)) for user in users}

    async def set_privacy(
        self, user: str, *, findable: bool, audience: Audience, fact: Fact
    ) -> None:
        former = self._privacy.get(user, Privacy(user))
        self._privacy[user] = replace(former, findable=findable, audience=audience)
        self._log.note(fact)

    async def renew_card(self, user: str, former: str, card: str, fact: Fact) -> bool:
        kept = self._privacy.get(user, Privacy(user))
        if kept.card != former:
            return False
        self._privacy[user] = replace(kept, card=card)
        self._log.note(fact)
        return True

    async def card_holder(self, card: str) -> str:
        held = (each.user for each in self._privacy.values() if card and each.card == card)
        return next(held, "")

    async def holders(self, numbers: Iterable[str]) -> Sequence[Person]:
        wanted = {number for number in numbers if number}
        return [each for each in self._people.everyone() if wanted & {each.user, each.phone}]


class MemorySightingStore:
    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    async def note_seen(self, seen: Mapping[str, int]) -> None:
        for user, at_ms in seen.items():
            self._seen[user] = max(at_ms, self._seen.get(user, 0))

    async def last_seen(self, users: Iterable[str]) -> Mapping[str, int]:
        return {user: self._seen[user] for user in set(users) if user in self._seen}
