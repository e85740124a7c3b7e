"""Followers as an account's staff, or its partner, sees and files them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from chat_server.domain.accounts.following import (
    MAX_BATCH,
    Follower,
    Tag,
    check_remark,
    check_tag_name,
)
from chat_server.domain.errors import InvalidValue, NotFound, TooLong
from chat_server.domain.facts import Fact
from chat_server.domain.ids import feed_conversation, service_conversation
from chat_server.ports.bus import Bus, MembershipChanged
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.entry import Entry

MAX_PAGE = 10_000
MAX_BLOCKED = 50  # put on the black list in one request


class FollowerFile:
    """Remarks, tags and the black list. Names nobody who is not a follower."""

    def __init__(self, store: Store, bus: Bus, clock: Clock) -> None:
        self._store, self._bus, self._clock = store, bus, clock
        self._followers = store.followers

    async def count(self, entry: Entry) -> int:
        return await self._store.accounts.follower_count(entry.id)

    async def page(
        self, entry: Entry, *, after: str = "", limit: int = 100, tag: int = 0
    ) -> Sequence[Follower]:
        """By id, from `after`; those with the tag, if one is given."""
        most = min(limit, MAX_PAGE)
        return await self._followers.page(entry.id, after=after, limit=most, tag=tag)

    async def among(self, entry: Entry, customers: Sequence[str]) -> Sequence[Follower]:
        """Those of them who follow, or did once."""
        return await self._followers.among(entry.id, self._batch(customers))

    async def black_list(
        self, entry: Entry, *, after: str = "", limit: int = 100
    ) -> tuple[int, Sequence[Follower]]:
        """How many are on it, and a page of them by id."""
        total = await self._followers.black_list_count(entry.id)
        most = min(limit, MAX_PAGE)
        return total, await self._followers.black_list(entry.id, after=after, limit=most)

    async def remark(self, entry: Entry, customer: str, remark: str) -> Follower:
        fact = self._fact(entry, "follower_remarked", customer=customer)
        kept = check_remark(remark)
        await self._followers.remark(entry.id, customer, kept, fact)
        found = await self._followers.among(entry.id, [customer])
        if not found or not found[0].following:
            raise NotFound("they do not follow")
        return found[0]

    async def block(self, entry: Entry, customers: Sequence[str], *, blocked: bool) -> int:
        """How many that changes. Each is a commit of its own; the same again changes nothing."""
        if len(customers) > MAX_BLOCKED:
            raise TooLong(f"customers: at most {MAX_BLOCKED}")
        people = await self._store.people.people(customers)
        known = {person.user for person in people}
        if unknown := [each for each in customers if each not in known]:
            raise InvalidValue(f"customers: {unknown[0][:64]!r} is nobody")
        done = await asyncio.gather(*(self._block(entry, user, blocked) for user in sorted(known)))
        return sum(done)

    async def _block(self, entry: Entry, customer: str, blocked: bool) -> bool:
        kind = "follower_blocked" if blocked else "follower_unblocked"
        fact = self._fact(entry, kind, customer=customer)
        changed = await self._followers.block(entry.id, customer, fact, blocked=blocked)
        if changed:
            for conv in (feed_conversation(entry.id), service_conversation(entry.id, customer)):
                self._bus.publish(MembershipChanged(conv, customer))
        return changed

    async def names(self, followers: Sequence[Follower]) -> Mapping[str, str]:
        """What they are called, by id."""
        people = await self._store.people.people(each.customer for each in followers)
        return {person.user: person.name for person in people}

    async def tags(self, entry: Entry) -> Sequence[Tag]:
        return await self._followers.tags(entry.id)

    async def create_tag(self, entry: Entry, name: str) -> Tag:
        fact = self._fact(entry, "tag_created")
        return await self._followers.create_tag(entry.id, check_tag_name(name), fact)

    async def rename_tag(self, entry: Entry, tag: int, name: str) -> None:
        fact = self._fact(entry, "tag_renamed", tag=tag)
        await self._followers.rename_tag(entry.id, tag, check_tag_name(name), fact)

    async def delete_tag(self, entry: Entry, tag: int) -> None:
        await self._followers.delete_tag(entry.id, tag, self._fact(entry, "tag_deleted", tag=tag))

    async def tag(self, entry: Entry, tag: int, customers: Sequence[str]) -> int:
        """How many did not have it. TooLong when one would have too many."""
        fact = self._fact(entry, "followers_tagged", tag=tag)
        return await self._followers.tag(entry.id, tag, self._batch(customers), fact)

    async def untag(self, entry: Entry, tag: int, customers: Sequence[str]) -> int:
        fact = self._fact(entry, "followers_untagged", tag=tag)
        return await self._followers.untag(entry.id, tag, self._batch(customers), fact)

    def _batch(self, customers: Sequence[str]) -> Sequence[str]:
        if len(customers) > MAX_BATCH:
            raise TooLong(f"customers: at most {MAX_BATCH} in one request")
        return customers

    def _fact(self, entry: Entry, kind: str, **detail: str | int) -> Fact:
        return Fact(kind, entry.actor, entry.id, self._clock.now_ms(), detail)
