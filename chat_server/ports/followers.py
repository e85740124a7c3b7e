"""Followers, their tags and the black list, as a store keeps them.

As everywhere in the store, a mutating method is one atomic, durable commit, and one that
changes nothing writes no fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from chat_server.domain.accounts.following import Follower, Tag
from chat_server.domain.conversation import Membership
from chat_server.domain.facts import Fact


class FollowerStore(Protocol):
    """Who follows is who is present in the account's feed with the role `follower`."""

    async def follow(self, follower: Follower, membership: Membership, fact: Fact) -> bool:
        """Join the feed and note how they came; False if they follow already.

        NotAccepting when they are on the black list.
        """

    async def unfollow(self, account: str, customer: str, fact: Fact) -> bool:
        """Leave the feed and all tags; False if they do not follow.

        Somebody on the black list will then not return to the feed.
        """

    async def block(self, account: str, customer: str, fact: Fact, *, blocked: bool) -> bool:
        """Put on the black list or let off it; False if that is so already.

        Who is put on it leaves feed and tags and can no longer write to the account.
        """

    async def remark(self, account: str, customer: str, remark: str, fact: Fact) -> bool:
        """False if they do not follow, or have that remark."""

    async def among(self, account: str, customers: Iterable[str]) -> Sequence[Follower]:
        """Those of `customers` who follow, followed once or are on the black list, by id."""

    async def page(
        self, account: str, *, after: str = "", limit: int, tag: int = 0
    ) -> Sequence[Follower]:
        """Present followers (with that tag) whose id comes after `after`, by id."""

    async def black_list(self, account: str, *, after: str = "", limit: int) -> Sequence[Follower]:
        """By id."""

    async def black_list_count(self, account: str) -> int: ...

    async def tags(self, account: str) -> Sequence[Tag]:
        """By number."""

    async def create_tag(self, account: str, name: str, fact: Fact) -> Tag:
        """Numbers only grow. AlreadyExists by that name; TooLong when there are too many."""

    async def rename_tag(self, account: str, tag: int, name: str, fact: Fact) -> None:
        """NotFound, AlreadyExists."""

    async def delete_tag(self, account: str, tag: int, fact: Fact) -> None:
        """NotFound. Its followers lose it."""

    async def tag(self, account: str, tag: int, customers: Iterable[str], fact: Fact) -> int:
        """Give the tag to those of them who follow; how many did not have it.

        NotFound; TooLong, changing nothing, when one would have too many tags. The fact's
        detail gets that `count`, here and in `untag`.
        """

    async def untag(self, account: str, tag: int, customers: Iterable[str], fact: Fact) -> int:
        """How many had it. NotFound."""
