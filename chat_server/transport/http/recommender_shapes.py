"""Bodies of the recommender's endpoints."""

from __future__ import annotations

from collections.abc import Sequence
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
