"""What is a person's own in their conversations. See `ports/store.py` for what holds of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from chat_server.domain.conversation import Membership
from chat_server.domain.facts import Fact
from chat_server.domain.own import Star, Unsent, Wish


class OwnStore(Protocol):
    """Settings, drafts and stars: they change the version of the person's membership, and
    nothing in the log.
    """

    async def settle(
        self, conv: str, user: str, wish: Wish, fact: Fact | None = None
    ) -> Membership | None:
        """The membership as `own.settled` makes it, with a new version if it is another; the
        fact is noted only then. None if they never were a member.
        """

    async def write_draft(self, unsent: Unsent) -> Membership | None:
        """Keep it in place of the former one, with a new version of the membership; without
        a text there is none. None, keeping nothing, if they are not a present member.
        """

    async def drafts(self, user: str, convs: Iterable[str]) -> Mapping[str, Unsent]:
        """Those there are, by conversation; also those that were sent since."""

    async def own_count(self, conv: str, user: str, *, after: int, upto: int) -> int:
        """How many of the messages with `after` < seq <= `upto` this person wrote."""

    async def star(self, star: Star) -> Star:
        """Keep it, with the next number; the same message again gives the first star back.
        Raises TooLong when the person has `MOST_STARS`.
        """

    async def unstar(self, user: str, conv: str, seq: int) -> bool:
        """False if there was none."""

    async def stars(
        self, user: str, *, before: int | None = None, conv: str = "", limit: int
    ) -> Sequence[Star]:
        """Newest first, those with a number below `before`, of one conversation if given."""
