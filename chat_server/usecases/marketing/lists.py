"""What a customer may want to read, follow or buy next: the recommender's list, as can be shown.

Only what they may open now is in it; what they read or follow already, or did not want, is not.
Who gave no consent gets a list of the same length that is the same for everybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from chat_server.domain.accounts.articles import article_place
from chat_server.domain.errors import InvalidValue, NotFound
from chat_server.domain.ids import feed_conversation
from chat_server.domain.publishing import Broadcast, BroadcastState, PublicAccount
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.assist.effects import ConsentSwitch
from chat_server.usecases.public_accounts.articles import READ
from recommender.contract import Interest, ItemKind, ItemList, ItemsAsked, Recommender

_ASKED = 200  # of which those that can be shown now are taken
_BROADCASTS = 50  # of each account, the newest
_REASONS = 3
_LONGEST = 255


class Reason(msgspec.Struct, frozen=True):
    """Something of the customer's own history that speaks for an entry."""

    item: str
    title: str
    weight: float


class Entry(msgspec.Struct, frozen=True):
    """`score` and `because` are empty for what is there because it is new."""

    item: str
    title: str
    account: str = ""
    account_name: str = ""
    score: float = 0.0
    because: Sequence[Reason] = ()


class RecommendedList(msgspec.Struct, frozen=True):
    entries: Sequence[Entry]
    personal: bool
    model_version: str


class _Shown(msgspec.Struct, frozen=True):
    title: str
    account: PublicAccount


class RecommendedItems:
    """Lists for customers, and what they do not want in them."""

    def __init__(
        self, store: Store, recommender: Recommender, consents: ConsentSwitch, clock: Clock
    ) -> None:
        self._store, self._recommender = store, recommender
        self._consents, self._clock = consents, clock

    async def listed(self, customer: str, kind: ItemKind, many: int) -> RecommendedList:
        """The best first; filled up with the newest that they have not had."""
        consents = await self._consents.snapshot(customer)
        found = await self._recommender.next_items(ItemsAsked(customer, kind, consents, _ASKED))
        if kind is ItemKind.GOODS:
            entries = [_entry(found, place, {}) for place in range(len(found.items))]
        else:
            entries = await self._open_to(customer, kind, found, many)
        return RecommendedList(entries[:many], found.personal, found.model_version)

    async def refuse(self, customer: str, kind: ItemKind, item: str) -> None:
        """Not this again, in no list of theirs. NotFound for what nobody can be shown."""
        if not 0 < len(item) <= _LONGEST:
            raise InvalidValue(f"item: 1 to {_LONGEST} characters")
        if kind is not ItemKind.GOODS and item not in await self._catalogue(kind):
            raise NotFound("no such article or account")
        await self._recommender.unwanted(customer, kind, item, self._clock.now())

    async def interests(self, customer: str) -> Sequence[Interest]:
        """The topics that the customer is taken to care about; empty without consent."""
        consents = await self._consents.snapshot(customer)
        return await self._recommender.interests(customer, consents, self._clock.now())

    async def _open_to(
        self, customer: str, kind: ItemKind, found: ItemList, many: int
    ) -> list[Entry]:
        shown = await self._catalogue(kind)
        followed = await self._followed(customer, shown)
        ranked = {one.item: place for place, one in enumerate(found.items)}
        newest = [item for item in shown if item not in ranked and item not in found.unwanted]
        entries: list[Entry] = []
        for item in [*ranked, *newest]:
            if len(entries) == many:
                break
            if item in shown and await self._fresh(customer, kind, item, shown[item], followed):
                entries.append(
                    _entry(found, ranked[item], shown)
                    if item in ranked
                    else _named(Entry(item, item), shown)
                )
        return entries

    async def _fresh(
        self, customer: str, kind: ItemKind, item: str, what: _Shown, followed: set[str]
    ) -> bool:
        """Whether they may open it, and did not have it."""
        if kind is ItemKind.ACCOUNT:
            return item not in followed
        if what.account.account not in followed:
            return False
        return await self._store.shelf.get(item, READ, customer) is None

    async def _followed(self, customer: str, shown: Mapping[str, _Shown]) -> set[str]:
        accounts = {one.account.account for one in shown.values()}
        return {account for account in accounts if await self._follows(customer, account)}

    async def _follows(self, customer: str, account: str) -> bool:
        feed = feed_conversation(account)
        membership = await self._store.conversations.membership(feed, customer)
        return membership is not None and membership.left_seq is None

    async def _catalogue(self, kind: ItemKind) -> dict[str, _Shown]:
        """All that can be shown now, the newest first."""
        accounts = [one for one in await self._store.accounts.accounts() if one.active]
        if kind is ItemKind.ACCOUNT:
            return {one.account: _Shown(one.name, one) for one in accounts}
        published: list[tuple[Broadcast, PublicAccount]] = []
        for account in accounts:
            newest = await self._store.accounts.broadcasts(account.account, _BROADCASTS)
            published += [(one, account) for one in newest if one.state is BroadcastState.APPROVED]
        published.sort(key=lambda one: -one[0].decided_ms)
        return {
            article_place(broadcast.broadcast_id, index): _Shown(article.title, account)
            for broadcast, account in published
            for index, article in enumerate(broadcast.articles)
        }


def _entry(found: ItemList, place: int, shown: Mapping[str, _Shown]) -> Entry:
    one = found.items[place]
    because = [
        Reason(part.item, shown[part.item].title if part.item in shown else part.item, part.weight)
        for part in one.because
        if part.weight > 0
    ]
    return _named(Entry(one.item, one.item, score=one.score, because=because[:_REASONS]), shown)


def _named(entry: Entry, shown: Mapping[str, _Shown]) -> Entry:
    if entry.item not in shown:
        return entry
    what = shown[entry.item]
    return msgspec.structs.replace(
        entry, title=what.title, account=what.account.account, account_name=what.account.name
    )
