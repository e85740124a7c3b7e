"""Followers, tags and the black list, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from chat_server.adapters.memory.conversations import MemoryConversationStore
from chat_server.adapters.memory.log import MemoryLog
from chat_server.adapters.rules import rejoined
from chat_server.adapters.rules_followers import (
    FULL,
    arrived,
    barred,
    counted,
    found_tag,
    next_tag,
    renamed_tag,
)
from chat_server.domain.accounts.following import TAGS_EACH, Follower, Tag
from chat_server.domain.conversation import Membership, Role
from chat_server.domain.errors import NotAccepting, TooLong
from chat_server.domain.facts import Fact
from chat_server.domain.ids import feed_conversation, service_conversation


class MemoryFollowerStore:
    def __init__(self, log: MemoryLog, conversations: MemoryConversationStore) -> None:
        self._log, self._conversations = log, conversations
        self._kept: dict[tuple[str, str], Follower] = {}
        self._tags: dict[tuple[str, int], Tag] = {}

    async def follow(self, follower: Follower, membership: Membership, fact: Fact) -> bool:
        key = (follower.account, follower.customer)
        former = self._kept.get(key)
        if former is not None and former.blocked:
            raise NotAccepting("this account does not take you now")
        place = await self._conversations.membership(membership.conv, membership.user)
        if place is not None and place.left_seq is None:
            return False
        self._conversations.keep(rejoined(place, membership))
        self._kept[key] = arrived(former, follower)
        self._log.note(fact)
        return True

    async def unfollow(self, account: str, customer: str, fact: Fact) -> bool:
        former = await self._one(account, customer)
        if former is None or not (former.following or former.returns):
            return False
        left = replace(former, following=False, returns=False, tags=())
        self._kept[account, customer] = left
        if former.following:
            await self._leave(account, customer)
        self._log.note(fact)
        return True

    async def block(self, account: str, customer: str, fact: Fact, *, blocked: bool) -> bool:
        former = await self._one(account, customer) or Follower(account, customer)
        if former.blocked == blocked:
            return False
        convs = (feed_conversation(account), service_conversation(account, customer))
        found = [await self._conversations.membership(conv, customer) for conv in convs]
        head = self._log.standing(feed_conversation(account)).seq
        after, places = barred(former, [each for each in found if each], head, blocked=blocked)
        for place in places:
            self._conversations.keep(place)
        self._kept[account, customer] = after
        self._log.note(fact)
        return True

    async def remark(self, account: str, customer: str, remark: str, fact: Fact) -> bool:
        former = await self._one(account, customer)
        if former is None or not former.following or former.remark == remark:
            return False
        self._kept[account, customer] = replace(former, remark=remark)
        self._log.note(fact)
        return True

    async def among(self, account: str, customers: Iterable[str]) -> Sequence[Follower]:
        found = [await self._one(account, customer) for customer in sorted(set(customers))]
        return [each for each in found if each]

    async def page(
        self, account: str, *, after: str = "", limit: int, tag: int = 0
    ) -> Sequence[Follower]:
        members = await self._conversations.members(feed_conversation(account))
        present = [each.user for each in members if each.role is Role.FOLLOWER]
        found = await self.among(account, (user for user in present if user > after))
        return [each for each in found if not tag or tag in each.tags][: max(limit, 0)]

    async def black_list(self, account: str, *, after: str = "", limit: int) -> Sequence[Follower]:
        found = [each for (of, _), each in sorted(self._kept.items()) if of == account]
        return [each for each in found if each.blocked and each.customer > after][: max(limit, 0)]

    async def black_list_count(self, account: str) -> int:
        return sum(each.blocked for (of, _), each in self._kept.items() if of == account)

    async def tags(self, account: str) -> Sequence[Tag]:
        living = [each for each in self._of(account) if each.name]
        return [replace(each, count=self._count(account, each.tag)) for each in living]

    async def create_tag(self, account: str, name: str, fact: Fact) -> Tag:
        tag = next_tag(self._of(account), account, name)
        self._tags[account, tag.tag] = tag
        self._log.note(fact)
        return tag

    async def rename_tag(self, account: str, tag: int, name: str, fact: Fact) -> None:
        renamed = renamed_tag(self._of(account), tag, name)
        if renamed != self._tags[account, tag]:
            self._tags[account, tag] = renamed
            self._log.note(fact)

    async def delete_tag(self, account: str, tag: int, fact: Fact) -> None:
        self._tags[account, tag] = replace(found_tag(self._of(account), tag), name="")
        for (of, customer), each in self._kept.items():
            if of == account and tag in each.tags:
                left = tuple(other for other in each.tags if other != tag)
                self._kept[of, customer] = replace(each, tags=left)
        self._log.note(fact)

    async def tag(self, account: str, tag: int, customers: Iterable[str], fact: Fact) -> int:
        found_tag(self._of(account), tag)
        found = await self.among(account, customers)
        new = [each for each in found if each.following and tag not in each.tags]
        if any(len(each.tags) >= TAGS_EACH for each in new):
            raise TooLong(FULL)
        for each in new:
            tagged = replace(each, tags=tuple(sorted((*each.tags, tag))))
            self._kept[account, each.customer] = tagged
        if new:
            self._log.note(counted(fact, len(new)))
        return len(new)

    async def untag(self, account: str, tag: int, customers: Iterable[str], fact: Fact) -> int:
        found_tag(self._of(account), tag)
        found = [each for each in await self.among(account, customers) if tag in each.tags]
        for each in found:
            left = tuple(other for other in each.tags if other != tag)
            self._kept[account, each.customer] = replace(each, tags=left)
        if found:
            self._log.note(counted(fact, len(found)))
        return len(found)

    def _of(self, account: str) -> list[Tag]:
        return [tag for (of, _), tag in sorted(self._tags.items()) if of == account]

    def _count(self, account: str, tag: int) -> int:
        return sum(tag in each.tags for (of, _), each in self._kept.items() if of == account)

    async def _one(self, account: str, customer: str) -> Follower | None:
        kept = self._kept.get((account, customer))
        place = await self._conversations.membership(feed_conversation(account), customer)
        if kept is None and (place is None or place.role is not Role.FOLLOWER):
            return None
        following = place is not None and place.left_seq is None
        return replace(kept or Follower(account, customer), following=following)

    async def _leave(self, account: str, customer: str) -> None:
        feed = feed_conversation(account)
        place = await self._conversations.membership(feed, customer)
        if place is not None:
            head = self._log.standing(feed).seq
            self._conversations.keep(replace(place, left_seq=head))
