"""Bodies of the recommender's endpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta


class RefusedItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    item: Annotated[str, Meta(min_length=1, max_length=255)]


class InterestItem(msgspec.Struct, frozen=True):
    """A topic that one read, asked or wrote about; one today is 1, a month ago a half."""

    topic: str
    weight: float


class ReasonItem(msgspec.Struct, frozen=True):
    """Something of one's own history that speaks for an entry."""

    item: str
    title: str
    weight: float


class RecommendedItem(msgspec.Struct, frozen=True):
    """`item` is an article as `broadcast/index`, an account, or a kind of goods.

    What is there because it is new has no score and no reasons.
    """

    item: str
    title: str
    account: str
    account_name: str
    score: float
    because: Sequence[ReasonItem]


class RecommendedAnswer(msgspec.Struct, frozen=True):
    """`personal`: one's own history had a part in it; without consent it never has."""

    items: Sequence[RecommendedItem]
    personal: bool
    model_version: str


class ContributionItem(msgspec.Struct, frozen=True):
    """A feature's part of a score's log-odds; `value` is in its own unit."""

    feature: str
    value: float
    weight: float


class NextBestItem(msgspec.Struct, frozen=True):
    """`adds` is what an offer adds to the chance; null while too few were held out to know."""

    product: str
    score: float
    reasons: Sequence[ContributionItem]
    adds: float | None


class AudienceQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`top` of 0: all followers whose chance is `at_least` that."""

    product: Annotated[str, Meta(min_length=1, max_length=64)]
    at_least: Annotated[float, Meta(ge=0, le=1)] = 0.0
    top: Annotated[int, Meta(ge=0, le=20_000)] = 0


class ExpectedResult(msgspec.Struct, frozen=True):
    """What an audience would bring, with 95 % intervals.

    `interested` of the `reached` will want it; `added` of them would not take it without an
    offer, null while too few were held out to know.
    """

    reached: int
    interested: float
    low: float
    high: float
    added: float | None
    added_low: float | None
    added_high: float | None
    model_version: str


class ProductCardItem(msgspec.Struct, frozen=True):
    """How often a product was offered and wanted, and the features that speak for it."""

    product: str
    offers: int
    interest_rate: float
    drivers: Sequence[str]


class ModelReadings(msgspec.Struct, frozen=True):
    """Of the last week: decisions by outcome, what was promised and kept, and drift.

    `drift` is the population stability index of scores against the four weeks before; above 0.2
    something changed.
    """

    outcomes: Mapping[str, int]
    settled: int
    promised: float
    kept: float
    calibration_error: float
    drift: float


class ModelCardItem(msgspec.Struct, frozen=True):
    """What the offers' model in use learnt from and how good it was on later offers.

    `version` is empty while there is none. `held_out` are the latest offers, that it was
    judged on.
    """

    version: str
    protocol: str
    offers: int
    customers: int
    held_out: int
    roc_auc: float
    calibration_error: float
    log_loss: float
    popularity_log_loss: float
    hold_out_share: float
    products: Sequence[ProductCardItem]
    readings: ModelReadings
