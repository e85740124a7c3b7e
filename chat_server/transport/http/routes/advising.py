"""What the bank's people ask the recommender: offers, audiences, and how the model does."""

from __future__ import annotations

from msgspec.structs import asdict

from chat_server.transport.http.recommender_shapes import (
    AudienceQuestion,
    ContributionItem,
    ExpectedResult,
    ModelCardItem,
    ModelReadings,
    NextBestItem,
    ProductCardItem,
)
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.identity.tokens import Claims


async def next_offers(cases: UseCases, claims: Claims, user: str) -> list[NextBestItem]:
    """What might suit one of your own customers, best first, as far as they consented."""
    return [
        NextBestItem(
            product=one.product,
            score=one.score,
            reasons=[ContributionItem(why.feature, why.value, why.weight) for why in one.reasons],
            adds=one.adds,
        )
        for one in await cases.recommending.advise.next_best(claims.user, user)
    ]


async def foresee(
    cases: UseCases, claims: Claims, account: str, body: AudienceQuestion
) -> ExpectedResult:
    """What offering a product to the account's likeliest followers would bring, before sending."""
    found = await cases.recommending.advise.foresee(
        claims.user, account, body.product, at_least=body.at_least, top=body.top
    )
    told = asdict(found)
    del told["asked"]
    return ExpectedResult(**told)


async def model_card(cases: UseCases) -> ModelCardItem:
    """The offers' model in use: what it learnt from, how good it was, and how it does now."""
    card, now = await cases.recommending.advise.model()
    return ModelCardItem(
        version=card.version,
        protocol=card.protocol,
        offers=card.offers,
        customers=card.customers,
        held_out=card.held_out,
        roc_auc=card.roc_auc,
        calibration_error=card.calibration_error,
        log_loss=card.log_loss,
        popularity_log_loss=card.popularity_log_loss,
        hold_out_share=card.hold_out_share,
        products=[
            ProductCardItem(one.product, one.offers, one.interest_rate, one.drivers)
            for one in card.products
        ],
        readings=ModelReadings(
            outcomes=now.outcomes,
            settled=now.settled,
            promised=now.promised,
            kept=now.kept,
            calibration_error=now.calibration_error,
            drift=now.drift,
        ),
    )
