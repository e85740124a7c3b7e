"""What the house may rely on from any recommender, whatever it is made of."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recommender.contract import (
    Consents,
    Event,
    FeedbackKind,
    Occasion,
    Recommender,
    Silence,
    Suggestion,
)
from recommender.open import load_population, open_recommender, train

NOON = datetime(2025, 6, 3, 4, 0, tzinfo=UTC)
ALL_ON = Consents("c-1", personalised_offers=True, chat_content=True, account_data=True)


def purchase(event_id: str, at: datetime = NOON, **known) -> Event:
    return Event(
        event_id=event_id,
        type="purchase",
        customer=known.get("customer", "zhangwei"),
        occurred_at=at,
        product="retail",
        amount_band=known.get("band", "100-499"),
        channel="till",
        consents=known.get("consents", ALL_ON),
    )


def occasion(event_id: str, at: datetime = NOON, **known) -> Occasion:
    return Occasion(purchase(event_id, at, **known), at)


def features(answer: Suggestion | Silence) -> dict[str, float]:
    assert isinstance(answer, Suggestion)
    return {reason.feature: reason.value for reason in answer.reasons}


class RecommenderContract:
    """Each recommender inherits this and gives a `recommender` that has learned something."""

    async def test_a_good_occasion_brings_an_explained_offer(self, recommender: Recommender):
        offer = await recommender.suggest(occasion("t-1"))
        assert isinstance(offer, Suggestion)
        assert 0 < offer.score < 1
        assert offer.reasons
        assert offer.expires_at > NOON
        assert (offer.customer, offer.consent_snapshot_id) == ("zhangwei", "c-1")
        assert offer.model_version

    async def test_the_same_trigger_again_is_the_same_offer_counted_once(
        self, recommender: Recommender
    ):
        first, second = await asyncio.gather(
            recommender.suggest(occasion("t-1")), recommender.suggest(occasion("t-1"))
        )
        assert first == second == await recommender.suggest(occasion("t-1"))
        tomorrow = await recommender.suggest(occasion("t-2", NOON + timedelta(days=1)))
        assert isinstance(tomorrow, Suggestion)

    async def test_an_event_told_twice_happened_once(self, recommender: Recommender):
        earlier = purchase("e-1", NOON - timedelta(days=2))
        await recommender.observe([earlier, earlier])
        await recommender.observe([earlier])
        offer = await recommender.suggest(occasion("t-1"))
        assert features(offer)["shop_purchases"] == 2

    async def test_observing_the_trigger_first_or_not_makes_no_difference(
        self, recommender: Recommender
    ):
        await recommender.observe([purchase("t-1", customer="a")])
        seen = await recommender.suggest(occasion("t-1", customer="a"))
        unseen = await recommender.suggest(occasion("t-2", customer="b"))
        assert features(seen) == features(unseen)

    async def test_nothing_observed_is_no_fault(self, recommender: Recommender):
        await recommender.observe([])

    @pytest.mark.parametrize("missing", ["personalised_offers", "account_data"])
    async def test_a_purchase_without_consent_brings_silence(
        self, recommender: Recommender, missing: str
    ):
        given = dict.fromkeys(("personalised_offers", "account_data"), True) | {missing: False}
        without = Consents("c-2", **given)
        await recommender.observe([purchase("e-1", NOON - timedelta(days=1), consents=without)])
        answer = await recommender.suggest(occasion("t-1", consents=without))
        assert answer == Silence.NO_CONSENT
        later = await recommender.suggest(occasion("t-2"))
        assert features(later)["shop_purchases"] == 1

    async def test_a_small_purchase_brings_silence(self, recommender: Recommender):
        answer = await recommender.suggest(occasion("t-1", band="<100"))
        assert answer == Silence.BELOW_THRESHOLD

    async def test_a_second_occasion_of_the_day_brings_silence(self, recommender: Recommender):
        await recommender.suggest(occasion("t-1"))
        assert await recommender.suggest(occasion("t-2")) == Silence.CAP_DAY

    async def test_feedback_may_repeat_and_may_be_about_nothing(self, recommender: Recommender):
        offer = await recommender.suggest(occasion("t-1"))
        assert isinstance(offer, Suggestion)
        for kind in FeedbackKind:
            for offer_id in (offer.offer_id, offer.offer_id, "never made"):
                await recommender.feedback(offer_id, kind, NOON)

    async def test_a_dismissed_product_does_not_come_back_at_once(self, recommender: Recommender):
        offer = await recommender.suggest(occasion("t-1"))
        assert isinstance(offer, Suggestion)
        await recommender.feedback(offer.offer_id, FeedbackKind.DISMISSED, NOON)
        answer = await recommender.suggest(occasion("t-2", NOON + timedelta(days=2)))
        assert isinstance(answer, Silence) or answer.product != offer.product

    async def test_what_is_forgotten_neither_speaks_nor_returns(self, recommender: Recommender):
        earlier = purchase("e-1", NOON - timedelta(days=2))
        await recommender.observe([earlier])
        await recommender.forget("zhangwei", NOON)
        await recommender.forget("zhangwei", NOON)
        await recommender.observe([earlier])
        assert await recommender.suggest(occasion("t-1")) == Silence.NO_CONSENT
        offer = await recommender.suggest(occasion("t-2", NOON + timedelta(hours=1)))
        assert features(offer)["shop_purchases"] == 1

    async def test_forgetting_somebody_unknown_is_no_fault(self, recommender: Recommender):
        await recommender.forget("nobody", NOON)


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("learned")
    load_population(directory, customers=1000, seed=11, now=lambda: NOON)
    assert train(directory, now=lambda: NOON, seed=11).version
    return directory / "models"


class TestModelRecommender(RecommenderContract):
    @pytest.fixture
    async def recommender(self, learned: Path, tmp_path: Path) -> AsyncIterator[Recommender]:
        shutil.copytree(learned, tmp_path / "models")
        async with open_recommender(f"model://{tmp_path}", now=lambda: NOON) as recommender:
            yield recommender
