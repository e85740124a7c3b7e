"""Scores for audiences: the recommender is asked under each customer's own consents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from chat_server.domain.errors import InvalidValue
from chat_server.domain.facts import Purpose
from chat_server.ports.store import ConsentLedger
from recommender.contract import Consents, Recommender, UnknownProduct

_SNAPSHOT = "campaign"  # of many at once; a campaign's messages rely on the ledger when sent


class RecommendedScores:
    """Until a recommender is there, nobody has a score."""

    def __init__(self, consents: ConsentLedger) -> None:
        self._consents = consents
        self._recommender: Recommender | None = None

    def ask(self, recommender: Recommender) -> None:
        """From now on, this one."""
        self._recommender = recommender

    async def score(
        self, customers: Sequence[str], product: str, at: datetime
    ) -> Mapping[str, float]:
        if self._recommender is None:
            return {}
        offers = await self._consents.consenting(customers, Purpose.PERSONALISED_OFFERS)
        data = await self._consents.consenting(offers, Purpose.ACCOUNT_DATA)
        chats = await self._consents.consenting(offers, Purpose.CHAT_CONTENT)
        asked = {
            each: Consents(
                _SNAPSHOT,
                personalised_offers=True,
                account_data=each in data,
                chat_content=each in chats,
            )
            for each in customers
            if each in offers
        }
        try:
            return await self._recommender.scores(asked, product, at)
        except UnknownProduct as exc:
            raise InvalidValue("audience.likely.product: the recommender knows no such") from exc
