"""What people at the bank ask: the next best offer, an audience's result, how the model does."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from recommender.contract import (
    Consents,
    FeedbackKind,
    RecommenderError,
    Suggestion,
    UnknownProduct,
)
from recommender.features.columns import FEATURES, PLACE
from recommender.features.log import Decision, open_log
from recommender.guardrails.rules import Rules, held_out
from recommender.open import open_recommender
from recommender.ranking.uplift import FOLDER, load
from recommender.training.uplift_live import train_uplift

from .conftest import ALL_ON, NOON

NOBODY = Consents("none")
SILENT = Rules(hold_out_share=0.0)


def opened(directory: Path, rules: Rules = SILENT):
    return open_recommender(f"model://{directory}", now=lambda: NOON, rules=rules)


async def test_the_next_best_offers_come_with_reasons_and_are_not_counted(town, tell):
    async with opened(town) as recommender:
        await recommender.observe([tell("article_read", "gold", "", days_ago=2) for _ in range(6)])
        found = await recommender.next_best("zhangwei", ALL_ON, NOON)
        assert found[0].product == "accumulated_gold"
        assert "gold_read" in [one.feature for one in found[0].reasons]
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
        for _ in range(5):
            assert await recommender.next_best("zhangwei", ALL_ON, NOON) == found
        offer = await recommender.suggest(tell.occasion(now=NOON))
        assert isinstance(offer, Suggestion)
        await recommender.feedback(offer.offer_id, FeedbackKind.DISMISSED, NOON)
        later = await recommender.next_best("zhangwei", ALL_ON, NOON + timedelta(hours=1))
        assert offer.product not in {one.product for one in later}


async def test_without_consent_or_in_the_hold_out_there_is_nothing(town):
    async with opened(town) as recommender:
        assert await recommender.next_best("zhangwei", NOBODY, NOON) == []
        assert await recommender.likely({"zhangwei": NOBODY}, "fund", NOON) == []
    async with opened(town, Rules(hold_out_share=0.999999)) as recommender:
        assert await recommender.next_best("zhangwei", ALL_ON, NOON) == []


async def test_an_audience_is_foreseen_with_an_interval(town):
    everybody = {f"somebody-{number}": ALL_ON for number in range(120)} | {"no": NOBODY}
    async with opened(town) as recommender:
        found = await recommender.expected(everybody, "fund", NOON)
        scores = await recommender.scores(everybody, "fund", NOON)
        with pytest.raises(UnknownProduct):
            await recommender.expected(everybody, "yacht", NOON)
        nobody = await recommender.expected({}, "fund", NOON)
    assert (found.asked, found.reached) == (121, 120)
    assert found.interested == pytest.approx(sum(scores.values()))
    assert 0 <= found.low < found.interested < found.high <= 120
    assert found.added is None
    assert (nobody.reached, nobody.interested) == (0, 0.0)


async def test_the_card_says_what_the_model_learnt_from(town, tmp_path):
    async with opened(town, Rules()) as recommender:
        card = await recommender.card()
    assert card.version
    assert card.roc_auc > 0.6
    assert card.log_loss < card.popularity_log_loss
    assert {one.product for one in card.products} >= {"fund", "fixed_deposit"}
    async with opened(tmp_path / "empty") as recommender:
        assert (await recommender.card()).version == ""


def tell_trial(directory: Path, tell, people: int = 900) -> None:
    """Who reads of gold is changed by an offer, others are not; a third is held out, by lot."""
    random = np.random.default_rng(4)
    decided_at = NOON - timedelta(days=40)
    with open_log(directory / "events.db") as log, log.transaction():
        for number in range(people):
            customer, reads = f"person-{number}", number % 2 == 0
            offered = not held_out(Rules(hold_out_share=1 / 3), customer)
            trigger = tell(customer=customer, at=decided_at)
            log.add([trigger])
            if reads:
                log.add([tell("article_read", "gold", "", customer=customer, at=decided_at)])
            log.record(
                Decision(
                    trigger_id=trigger.event_id,
                    trigger_at=decided_at,
                    customer=customer,
                    decided_at=decided_at,
                    consent_snapshot_id="c",
                    chat_content=True,
                    account_data=True,
                    silence=None if offered else "hold_out",
                    offer_id=f"o{number}" if offered else None,
                    product="accumulated_gold",
                    expires_at=decided_at + timedelta(days=3) if offered else None,
                )
            )
            if random.random() < 0.1 + 0.4 * (offered and reads):
                at = decided_at + timedelta(days=3)
                log.add([tell("taken", "accumulated_gold", "", customer=customer, at=at)])


def learn(directory: Path):
    with open_log(directory / "events.db") as log:
        return train_uplift(log, directory, held_out_share=1 / 3, trained_at=NOON, seed=7)


def test_what_an_offer_adds_is_learnt_from_the_hold_out(tmp_path, tell):
    tell_trial(tmp_path, tell)
    (report,) = learn(tmp_path)
    assert report.low < 0.2 < report.high
    assert report.low > 0
    model = load(tmp_path / FOLDER, report.version)
    rows = np.zeros((2, len(FEATURES)))
    rows[0, PLACE["gold_read"]] = 1
    reader, other = model.effects("accumulated_gold", rows)
    assert reader > 0.25
    assert abs(other) < 0.15
    added, error = model.together("accumulated_gold", rows.repeat(50, axis=0))
    assert abs(added - 50 * 0.4) < 3 * error


async def test_with_it_an_audience_says_how_many_are_added(town, tmp_path, tell):
    tell_trial(tmp_path / "trial", tell)
    learn(tmp_path / "trial")
    shutil.copytree(tmp_path / "trial" / FOLDER, town / FOLDER)
    async with opened(town) as recommender:
        read = [tell("article_read", "gold", "", customer=f"r{n}", days_ago=1) for n in range(40)]
        await recommender.observe(read)
        readers = {f"r{n}": ALL_ON for n in range(40)}
        found = await recommender.expected(readers, "accumulated_gold", NOON)
        each = await recommender.likely(readers, "accumulated_gold", NOON)
    assert found.added_low < found.added < found.added_high
    assert found.added == pytest.approx(sum(one.adds for one in each))
    assert found.added > 8


def test_too_few_or_nothing_taken_teach_nothing(tmp_path, tell):
    tell_trial(tmp_path, tell, people=60)
    (report,) = learn(tmp_path)
    assert (report.version, report.added) == (None, None)
    assert learn(tmp_path / "empty") == ()


def test_a_damaged_model_of_effects_is_refused(tmp_path, tell):
    tell_trial(tmp_path, tell)
    (report,) = learn(tmp_path)
    path = tmp_path / FOLDER / report.version / "weights.npy"
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(RecommenderError, match="damaged"):
        load(tmp_path / FOLDER, report.version)
