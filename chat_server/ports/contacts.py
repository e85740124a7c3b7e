"""Contacts and presence, kept: ties between people, what they let be seen, when they were there.

As in `ports/store.py`, every mutating method is one atomic, durable commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from chat_server.domain.contacts import Audience, Privacy, Tie
from chat_server.domain.facts import Fact
from chat_server.domain.people import Person


class ContactStore(Protocol):
    async def tie(self, user: str, peer: str) -> Tie | None: ...

    async def ties(self, user: str, *, after: str = "", limit: int = 500) -> Sequence[Tie]:
        """The person's ties, by the other's id, from behind `after`."""

    async def ties_among(self, user: str, peers: Iterable[str]) -> Sequence[Tie]:
        """Those of the person's ties that are with one of `peers`, by the other's id."""

    async def put(self, tie: Tie, fact: Fact) -> None:
        """Store the tie, and open or close the two's direct conversation as `tie.talks` says:
        opened it is there with both in it, closed it is silent, and None leaves it as it is.

        VersionConflict, changing nothing, unless `revision` is one above the stored one.
        """

    async def privacy(self, users: Iterable[str]) -> Mapping[str, Privacy]:
        """Of each of them; who never said anything has the defaults."""

    async def set_privacy(
        self, user: str, *, findable: bool, audience: Audience, fact: Fact
    ) -> None: ...

    async def renew_card(self, user: str, former: str, card: str, fact: Fact) -> bool:
        """Replace the card if it still is `former`; else False, changing nothing."""

    async def card_holder(self, card: str) -> str:
        """Whose card it is now; empty for nobody's."""

    async def holders(self, numbers: Iterable[str]) -> Sequence[Person]:
        """Whose id or phone is one of the numbers, by id."""


class SightingStore(Protocol):
    async def note_seen(self, seen: Mapping[str, int]) -> None:
        """When each of them was last there, in milliseconds; earlier than known: left as it is."""

    async def last_seen(self, users: Iterable[str]) -> Mapping[str, int]:
        """Of those who ever were there."""
