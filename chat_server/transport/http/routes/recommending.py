"""What one may want to read, follow or buy next, why, and not this again."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_server.transport.http.recommender_shapes import (
    InterestItem,
    ReasonItem,
    RecommendedAnswer,
    RecommendedItem,
    RefusedItem,
)
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.identity.tokens import Claims
from recommender.contract import ItemKind


async def recommended(
    cases: UseCases,
    claims: Claims,
    kind: ItemKind,
    limit: Annotated[int, Meta(ge=1, le=50)] = 10,
) -> RecommendedAnswer:
    """Articles, accounts or goods for you, best first, with what of your history speaks for each.

    Without consent to personal offers it is the same list for everybody.
    """
    found = await cases.recommending.items.listed(claims.user, kind, limit)
    return RecommendedAnswer(
        items=[
            RecommendedItem(
                item=one.item,
                title=one.title,
                account=one.account,
                account_name=one.account_name,
                score=one.score,
                because=[ReasonItem(why.item, why.title, why.weight) for why in one.because],
            )
            for one in found.entries
        ],
        personal=found.personal,
        model_version=found.model_version,
    )


async def interests(cases: UseCases, claims: Claims) -> list[InterestItem]:
    """The topics that you are taken to care about; withdrawing consent empties them."""
    found = await cases.recommending.items.interests(claims.user)
    return [InterestItem(one.topic, one.weight) for one in found]


async def refuse_recommended(
    cases: UseCases, claims: Claims, kind: ItemKind, body: RefusedItem
) -> None:
    """Not this again: it is in none of your lists from now on."""
    await cases.recommending.items.refuse(claims.user, kind, body.item)
