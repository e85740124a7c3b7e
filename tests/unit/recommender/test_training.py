"""Training: honest about what it learned, and unable to see what it must not."""

import asyncio
from datetime import timedelta
from math import fsum, log
from random import Random
from time import process_time

import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner

from recommender.artefacts.signed import current_version
from recommender.cli import app
from recommender.contract import Consents, FeedbackKind, RecommenderError, Suggestion
from recommender.features.columns import FEATURES
from recommender.features.log import open_log
from recommender.open import Rules, load_population, open_recommender, train
from recommender.ranking.artefact import load
from recommender.ranking.model import score
from recommender.training.dataset import read_dataset


def test_five_thousand_customers_are_learned_in_seconds_and_beat_popularity(tmp_path, clock):
    load_population(tmp_path, customers=5000, seed=7, now=clock)
    started = process_time()
    report = train(tmp_path, now=clock, seed=7)
    assert process_time() - started < 20
    assert report.customers == 5000
    assert report.model.log_loss < 0.92 * report.popularity.log_loss
    assert report.model.roc_auc > report.popularity.roc_auc + 0.12
    assert report.model.calibration_error < 0.04
    assert report.gain.beyond_chance


def test_the_report_lies_beside_the_model(trained_town):
    models = trained_town / "models"
    report = msgspec.json.decode((models / current_version(models) / "report.json").read_bytes())
    assert report["held_out"] == round(report["offers"] * 0.2)


def test_the_same_seed_learns_the_same_weights(town, clock):
    clock.at += timedelta(days=1)
    first = load(town / "models", train(town, now=clock, seed=3).version)
    second = load(town / "models", train(town, now=clock, seed=3).version)
    np.testing.assert_array_equal(first.weights, second.weights)


def test_listed_contributions_sum_to_the_models_own_log_odds(trained_town):
    model = load(trained_town / "models", current_version(trained_town / "models"))
    random = np.random.default_rng(1)
    for row in random.integers(0, 300, (50, len(FEATURES))).astype(np.float64):
        expected = model.log_odds(row)
        for place, product in enumerate(model.products):
            reasons = model.explain(product, row)
            assert abs(fsum(part.weight for part in reasons) - expected[place]) < 1e-9
            assert 0 <= score(reasons) <= 1


async def test_training_and_serving_compute_the_same_numbers(town, clock, tell):
    """Offers made live are learned from later with exactly the columns that made them."""
    story = [
        *[("purchase", "retail", "100-499")] * 3,
        ("intent", "gold", ""),
        ("article_read", "gold", ""),
        ("transfer", "salary", "2000-9999"),
        ("purchase", "dining", "<100"),
    ]
    consents = {
        "all": Consents("1", personalised_offers=True, chat_content=True, account_data=True),
        "no-chat": Consents("2", personalised_offers=True, account_data=True),
        "reader": Consents("3", personalised_offers=True),
    }
    served = {}
    url, open_rules = f"model://{town}", Rules(minimum_score=0.0)
    async with open_recommender(url, now=clock, rules=open_rules) as recommender:
        for customer, given in consents.items():
            await recommender.observe(
                [
                    tell(*what, customer=customer, days_ago=29 * ago + 1)
                    for ago, what in enumerate(story)
                ]
            )
            kind = "article_read" if customer == "reader" else "purchase"
            occasion = tell.occasion(kind, "deposit", "500-1999", customer=customer, consents=given)
            offer = await recommender.suggest(occasion)
            assert isinstance(offer, Suggestion)
            await recommender.feedback(offer.offer_id, FeedbackKind.SHOWN, clock.at)
            served[customer] = {r.feature: r.value for r in offer.reasons if r.feature in FEATURES}
    with open_log(town / "events.db") as log:
        learned = read_dataset(log, clock.at + timedelta(days=4))
    for customer, values in served.items():
        (row,) = np.flatnonzero(learned.customers == customer)
        assert dict(zip(FEATURES, learned.columns[row], strict=True)) == (
            dict.fromkeys(FEATURES, 0.0) | values
        )
    assert "gold_asked" in served["all"]
    assert "gold_asked" not in served["no-chat"]
    assert "salaries" not in served["reader"]


async def test_an_offer_still_open_teaches_nothing_yet(town, clock, tell):
    async with open_recommender(f"model://{town}", now=clock) as recommender:
        offer = await recommender.suggest(tell.occasion(customer="new"))
        await recommender.feedback(offer.offer_id, FeedbackKind.INTERESTED, clock.at)
    with open_log(town / "events.db") as log:
        assert "new" not in read_dataset(log, offer.expires_at - timedelta(seconds=1)).customers
        settled = read_dataset(log, offer.expires_at)
    assert settled.interested[settled.customers == "new"].tolist() == [True]


async def test_who_was_forgotten_teaches_nothing(town, clock):
    with open_log(town / "events.db") as log:
        before = read_dataset(log, clock.at)
        customer = str(before.customers[0])
    async with open_recommender(f"model://{town}", now=clock) as recommender:
        await recommender.forget(customer, clock.at)
    with open_log(town / "events.db") as log:
        after = read_dataset(log, clock.at)
    assert customer not in after.customers
    assert len(after.at) == len(before.at) - (before.customers == customer).sum()


async def test_a_running_server_takes_the_newly_trained_model(town, clock, tell):
    async with open_recommender(f"model://{town}", now=clock) as recommender:
        first = await recommender.suggest(tell.occasion(customer="a"))
        clock.at += timedelta(days=1)
        report = await asyncio.to_thread(train, town, now=clock, seed=9)
        second = await recommender.suggest(tell.occasion(customer="b", now=clock.at))
    assert first.model_version != second.model_version == report.version


def test_without_a_log_there_is_nothing_to_learn_from(tmp_path, clock):
    with pytest.raises(RecommenderError, match="no event log"):
        train(tmp_path, now=clock, seed=7)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("customers", [1, 20])
def test_too_little_is_said_and_not_published(tmp_path, clock, customers):
    load_population(tmp_path, customers=customers, seed=7, now=clock)
    with pytest.raises(RecommenderError, match="too little"):
        train(tmp_path, now=clock, seed=7)
    assert current_version(tmp_path / "models") is None


@pytest.mark.parametrize("kept", ["interested", "none"])
def test_answers_that_are_all_alike_teach_nothing(town, clock, kept):
    before = current_version(town / "models")
    with open_log(town / "events.db") as log, log.transaction():
        log.connection.execute("UPDATE OR IGNORE feedback SET kind = 'shown' WHERE kind != 'shown'")
        log.connection.execute("DELETE FROM feedback WHERE kind != 'shown'")
        if kept == "interested":
            log.connection.execute("UPDATE feedback SET kind = 'interested'")
    with pytest.raises(RecommenderError, match="too little"):
        train(town, now=clock, seed=7)
    assert current_version(town / "models") == before


def test_a_model_no_better_than_popularity_is_not_published(town, clock):
    """Answers handed out by lot: there is nothing to learn but each product's rate."""
    before, lots = current_version(town / "models"), Random(4)
    with open_log(town / "events.db") as log, log.transaction():
        log.connection.execute("DELETE FROM feedback WHERE kind = 'interested'")
        offers = log.connection.execute("SELECT offer_id, decided_at FROM decisions").fetchall()
        log.connection.executemany(
            "INSERT INTO feedback VALUES (?, 'interested', ?)",
            [offer for offer in offers if lots.random() < 0.2],
        )
    report = train(town, now=clock, seed=7)
    assert report.version is None
    assert not report.gain.beyond_chance
    assert current_version(town / "models") == before


def test_the_command_prints_a_report_and_its_json(town, tmp_path):
    (tmp_path / "data").mkdir()
    town.rename(tmp_path / "data" / "recommender")
    command = ["train", "--data", str(tmp_path / "data"), "--seed", "5"]
    readable = CliRunner().invoke(app, command)
    assert readable.exit_code == 0, readable.output
    assert "Model published as" in readable.output
    assert "accumulated_gold" in readable.output
    exact = CliRunner().invoke(app, [*command, "--json"])
    assert msgspec.json.decode(exact.output)["seed"] == 5


def test_the_command_says_what_is_missing(tmp_path):
    told = CliRunner().invoke(app, ["train", "--data", str(tmp_path)])
    assert told.exit_code == 1
    assert "not trained: there is no event log yet" in told.output


def test_probability_and_log_odds_agree(trained_town):
    model = load(trained_town / "models", current_version(trained_town / "models"))
    reasons = model.explain("fund", np.zeros(len(FEATURES)))
    assert [reason.feature for reason in reasons] == ["baseline"]
    assert log(score(reasons) / (1 - score(reasons))) == pytest.approx(reasons[0].weight)
