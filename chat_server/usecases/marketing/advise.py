"""What the bank's people ask the recommender: offers for one customer, an audience, the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from chat_server.domain.errors import InvalidValue, NotFound
from chat_server.domain.facts import Purpose
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.assist.effects import ConsentSwitch
from chat_server.usecases.public_accounts.entry import Entries
from recommender.contract import (
    Consents,
    Expected,
    ModelCard,
    NextBest,
    Readings,
    Recommender,
    UnknownProduct,
)

_PAGE: Final = 1000
_MOST: Final = 20_000  # followers of one question


class Advise:
    """Nothing here is shown to a customer, or counted as an offer."""

    def __init__(
        self, store: Store, recommender: Recommender, consents: ConsentSwitch, clock: Clock
    ) -> None:
        self._store, self._recommender = store, recommender
        self._consents, self._clock = consents, clock
        self._entries = Entries(store.accounts, store.people)

    async def next_best(self, manager: str, customer: str) -> Sequence[NextBest]:
        """Of one's own customer, as far as they consented. NotFound for anybody else's."""
        assignment = await self._store.people.assignment(customer)
        if assignment is None or assignment.manager != manager:
            raise NotFound("no such customer of yours")
        consents = await self._consents.snapshot(customer)
        return await self._recommender.next_best(customer, consents, self._clock.now())

    async def model(self) -> tuple[ModelCard, Readings]:
        """What the model learnt from, and how it does now."""
        return await self._recommender.card(), self._recommender.readings()

    async def foresee(
        self, user: str, account: str, product: str, *, at_least: float, top: int
    ) -> Expected:
        """What offering the product to the likeliest followers would bring, before it is sent.

        Those with a chance of `at_least`, the `top` of them, or all if that is 0.
        """
        entry = await self._entries.reader(user, account)
        asked = await self._consenting(entry.id)
        now = self._clock.now()
        try:
            found = [
                one
                for one in await self._recommender.likely(asked, product, now)
                if one.score >= at_least
            ]
            best = sorted(found, key=lambda one: (-one.score, one.customer))[: top or None]
            chosen = {one.customer: asked[one.customer] for one in best}
            return await self._recommender.expected(chosen, product, now)
        except UnknownProduct as exc:
            raise InvalidValue("product: the model knows no such") from exc

    async def _consenting(self, account: str) -> Mapping[str, Consents]:
        """Followers who agreed to offers, with what else they agreed to."""
        found: dict[str, Consents] = {}
        after = ""
        while page := await self._store.followers.page(account, after=after, limit=_PAGE):
            after = page[-1].customer
            customers = [each.customer for each in page]
            offers = await self._store.consents.consenting(customers, Purpose.PERSONALISED_OFFERS)
            data = await self._store.consents.consenting(offers, Purpose.ACCOUNT_DATA)
            chats = await self._store.consents.consenting(offers, Purpose.CHAT_CONTENT)
            for customer in sorted(offers):
                found[customer] = Consents(
                    "audience",
                    personalised_offers=True,
                    account_data=customer in data,
                    chat_content=customer in chats,
                )
            if len(found) > _MOST:
                raise InvalidValue(f"account: more than {_MOST} followers; ask for a campaign's")
        return found
