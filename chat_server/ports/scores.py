"""How much each of some customers might want a product: what a recommender is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol


class Scores(Protocol):
    async def score(
        self, customers: Sequence[str], product: str, at: datetime
    ) -> Mapping[str, float]:
        """A chance from 0 to 1 of those who may be scored, by what was known at that time.

        Left out are who did not consent to offers, who refused the product lately, and who is
        never offered anything so that the others can be compared; with no model, everybody.
        InvalidValue for a product that nobody knows.
        """


class NoScores:
    """Of a house without a recommender: nobody has a score."""

    async def score(
        self, customers: Sequence[str], product: str, at: datetime
    ) -> Mapping[str, float]:
        del customers, product, at
        return {}
