"""Monitors: whether the model still keeps what it promised, told to Prometheus."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import numpy as np
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from typer.testing import CliRunner

from chat_server.transport.offer_metrics import OfferMetrics
from recommender.cli import app
from recommender.contract import FeedbackKind, Readings, Suggestion
from recommender.features.log import Outcome
from recommender.guardrails.rules import Rules
from recommender.open import open_recommender, train
from recommender.ranking.monitors import drift, readings

ALWAYS = Rules(minimum_score=0.0, per_day=99, per_week=99)


def _offers(now, scores, days_ago, kept=lambda number: number % 2 == 0):
    at = now - timedelta(days=days_ago)
    return [
        Outcome(at, None, score, settled=True, interested=kept(number))
        for number, score in enumerate(scores)
    ]


def test_a_promise_kept_and_one_broken_are_told_apart(clock):
    kept = readings("v1", _offers(clock.at, [0.5] * 100, 1), clock.at)
    assert (kept.settled, kept.promised, kept.kept) == (100, 0.5, 0.5)
    assert kept.calibration_error < 0.01
    broken = readings("v1", _offers(clock.at, [0.9] * 100, 1), clock.at)
    assert broken.calibration_error == pytest.approx(0.4, abs=0.01)


def test_what_is_older_than_a_week_is_only_what_drift_is_held_against(clock):
    scores = np.random.default_rng(1).uniform(0.1, 0.5, 300)
    old = _offers(clock.at, scores, 20)
    same = readings("v1", old + _offers(clock.at, scores, 1), clock.at)
    moved = readings("v1", old + _offers(clock.at, scores + 0.3, 1), clock.at)
    assert same.settled == 300
    assert same.drift < 0.01
    assert moved.drift > 1
    assert drift(scores[:10], scores) == 0


def test_nothing_decided_is_no_fault(clock):
    assert readings("", [], clock.at) == Readings()
    silent = [Outcome(clock.at, "cap_day", None, settled=False, interested=False)]
    assert readings("v1", silent, clock.at).outcomes == {"cap_day": 1}


async def test_a_served_recommender_tells_what_it_decided(model_only, clock, tell):
    url = f"model://{model_only}"
    async with open_recommender(url, now=clock, rules=ALWAYS) as recommender:
        first = recommender.readings()
        offer = await recommender.suggest(tell.occasion())
        assert isinstance(offer, Suggestion)
        await recommender.feedback(offer.offer_id, FeedbackKind.SHOWN, clock.at)
        await recommender.feedback(offer.offer_id, FeedbackKind.INTERESTED, clock.at)
        await recommender.suggest(tell.occasion("purchase", "shop", "<100"))
        clock.at += timedelta(days=4)
        recommender.readings()
        await recommender.observe([])  # behind the reading, in the one thread
        now = recommender.readings()
        told = generate_latest(_registered(recommender)).decode()
    assert first.outcomes == {}
    assert now.outcomes == {"offer": 1, "below_threshold": 1}
    assert (now.settled, now.kept, now.model_version) == (1, 1.0, offer.model_version)
    assert 'elian_offer_decisions{outcome="below_threshold"} 1.0' in told
    assert "elian_offer_drift 0.0" in told
    assert f'version="{offer.model_version}"' in told


def _registered(recommender):
    registry = CollectorRegistry()
    registry.register(OfferMetrics(recommender.readings))
    return registry


def test_an_older_model_is_taken_back_by_its_name(town, clock):
    first = train(town, now=clock, seed=7).version
    clock.at += timedelta(hours=1)
    second = train(town, now=clock, seed=7).version

    def models(*words):
        return CliRunner().invoke(app, ["models", *words, "--data", str(town)])

    def in_use():
        lines = models("list").output.splitlines()
        return [line.split()[1] for line in lines if line.startswith("offers") and "in use" in line]

    assert in_use() == [second]
    assert models("rollback").exit_code == 0
    assert in_use() == [first]
    (town / "models" / second / "weights.npz").write_bytes(b"")
    broken = models("promote", second)
    assert (broken.exit_code, in_use()) == (1, [first])
    assert "damaged" in broken.stderr
    assert f"{second}" in next(
        line for line in models("list").output.splitlines() if "unsound" in line
    )
    assert models("rollback", "offers").exit_code == 1


def test_a_log_of_the_first_release_is_taken_along(tmp_path, clock):
    from recommender.features.log import open_log  # noqa: PLC0415 - only here
    from recommender.features.schema import STEPS  # noqa: PLC0415 - only here

    connection = sqlite3.connect(tmp_path / "events.db")
    connection.executescript(STEPS[0])
    connection.execute(
        "INSERT INTO decisions (trigger_id, trigger_at, customer, decided_at, silence,"
        " reasons, consent_snapshot_id, chat_content, account_data)"
        " VALUES ('t', 1, 'lina', 1, 'cap_day', '[]', 'c', 1, 1)"
    )
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()
    with open_log(tmp_path / "events.db") as log:
        assert log.decision("t").propensity is None
        assert log.recent(clock.at, clock.at) == []
