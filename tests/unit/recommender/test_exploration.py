"""Exploration: choices with their chances, beliefs as plain numbers, estimates that hold."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from recommender.cli import app
from recommender.contract import RecommenderError
from recommender.exploration.belief import Belief
from recommender.exploration.estimates import (
    Log,
    cross_fitted,
    doubly_robust,
    effective_rows,
    ips,
    snips,
)
from recommender.exploration.policy import FLOOR, EpsilonGreedy, Thompson, decide, draw
from recommender.training.bandit import evaluate


def _plain(many, random):
    return np.column_stack([np.ones(many), random.normal(size=many)])


def _told(belief, random, many=300):
    contexts = _plain(many, random)
    arms = random.integers(0, belief.arms, many)
    belief.learn(contexts, arms, (arms == 1) * 0.5 + 0.01 * random.normal(size=many))
    return belief


def test_every_choice_carries_the_chance_with_which_it_was_drawn():
    random = np.random.default_rng(1)
    for policy in (Thompson(Belief(3, 2)), EpsilonGreedy(Belief(3, 2))):
        choices = decide(policy, np.tile([[1.0, 0.3]], (4000, 1)), random)
        assert choices.chances.sum(1) == pytest.approx(1)
        assert (choices.propensity >= FLOOR / 3).all()
        own = choices.chances[np.arange(4000), choices.arms]
        np.testing.assert_array_equal(choices.propensity, own)


def test_arms_are_drawn_as_often_as_their_chances_say():
    chances = np.tile([[0.7, 0.25, 0.05]], (20_000, 1))
    often = np.bincount(draw(chances, np.random.default_rng(2)).arms) / 20_000
    np.testing.assert_allclose(often, [0.7, 0.25, 0.05], atol=0.01)


def test_what_pays_is_tried_more_and_nothing_is_ever_given_up():
    random = np.random.default_rng(3)
    policy = Thompson(_told(Belief(3, 2), random))
    chances = policy.chances(_plain(5, random), random)
    assert (chances[:, 1] > 0.95).all()
    assert (chances >= FLOOR / 3 - 1e-12).all()


@settings(deadline=None, max_examples=25)
@given(st.permutations(range(6)))
def test_rewards_may_come_late_and_in_any_order(order):
    random = np.random.default_rng(4)
    contexts, arms, rewards = _plain(6, random), np.array([0, 1, 2, 0, 1, 2]), random.random(6)
    at_once, late = Belief(3, 2), Belief(3, 2)
    at_once.learn(contexts, arms, rewards)
    for row in order:
        late.learn(contexts[[row]], arms[[row]], rewards[[row]])
    np.testing.assert_allclose(late.mean, at_once.mean, atol=1e-12)


def test_a_belief_is_plain_arrays_and_comes_back_from_them():
    random = np.random.default_rng(5)
    belief = _told(Belief(3, 2), random)
    plain = belief.plain()
    assert all(one.dtype == np.float64 for one in plain.values())
    again = Belief.of(plain)
    contexts = _plain(9, random)
    for one, other in zip(belief.foresee(contexts), again.foresee(contexts), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "harm",
    [
        lambda plain: plain.pop("noise"),
        lambda plain: plain.update(pull=plain["pull"][:, :1]),
        lambda plain: plain.update(pull=plain["pull"] * np.nan),
        lambda plain: plain.update(precision=-plain["precision"]),
        lambda plain: plain.update(pull=plain["pull"].astype(object)),
    ],
)
def test_what_is_no_belief_is_refused(harm):
    plain = Belief(3, 2).plain()
    harm(plain)
    with pytest.raises(RecommenderError, match="no belief"):
        Belief.of(plain)


def test_values_that_cannot_be_change_no_belief():
    belief = Belief(2, 2)
    before = belief.plain()
    good, arm, one = np.ones((1, 2)), np.array([0]), np.array([1.0])
    for contexts, arms, rewards in (
        (good * np.nan, arm, one),
        (good, np.array([2]), one),
        (good, arm, one * np.inf),
        (good[:, :1], arm, one),
    ):
        with pytest.raises(RecommenderError):
            belief.learn(contexts, arms, rewards)
    for name, value in belief.plain().items():
        np.testing.assert_array_equal(value, before[name])
    with pytest.raises(RecommenderError):
        Belief(0, 2)


def test_one_who_clicks_ten_thousand_times_moves_only_what_such_customers_are_offered():
    random = np.random.default_rng(6)
    belief = _told(Belief(3, 2), random)
    many = 10_000
    belief.learn(np.tile([[1.0, 30.0]], (many, 1)), np.full(many, 2), np.ones(many))
    assert belief.foresee(np.array([[1.0, 0.0]]))[0].argmax() == 1


def _log(random, many=4000):
    """Arm 1 pays half, arm 0 nothing; mostly arm 0 was tried."""
    arms = (random.random(many) < 0.2).astype(int)
    return Log(arms, arms * (random.random(many) < 0.5), np.where(arms == 1, 0.2, 0.8))


def test_the_three_estimates_find_what_another_policy_would_have_earned():
    random = np.random.default_rng(7)
    log = _log(random)
    always = np.tile([[0.0, 1.0]], (len(log.arms), 1))
    foreseen = cross_fitted(log, np.ones((len(log.arms), 1)), 2)
    for one in (ips(log, always), snips(log, always), doubly_robust(log, always, foreseen)):
        assert one.covers(0.5)
        assert one.high - one.low < 0.1
    assert effective_rows(log, always) == pytest.approx(log.arms.sum())


def test_a_log_that_cannot_be_is_refused():
    log = _log(np.random.default_rng(8), 10)
    chances = np.full((10, 2), 0.5)
    for wrong in (
        log._replace(propensity=log.propensity * 0),
        log._replace(propensity=log.propensity * 9),
        log._replace(rewards=log.rewards * np.nan),
    ):
        with pytest.raises(RecommenderError):
            ips(wrong, chances)
    with pytest.raises(RecommenderError, match="sum to one"):
        ips(log, chances * 2)
    with pytest.raises(RecommenderError, match="two logged choices"):
        ips(log, chances[:3])
    with pytest.raises(RecommenderError, match="never tried"):
        snips(log._replace(arms=np.zeros(10, int)), np.tile([[0.0, 1.0]], (10, 1)))


def test_less_is_lost_than_by_epsilon_greedy_and_intervals_hold():
    report = evaluate(7, worlds=1, logs=60, days=40)
    assert report.regret_of_epsilon_greedy < 0.7
    assert report.models["ours"].regret < report.models["uniform"].regret / 5
    for one in report.intervals.values():
        assert one.coverage > 0.85
    assert "heard at the end of the next day" in report.protocol


def test_the_command_reads_a_log_of_choices_and_says_how_little_it_tells(tmp_path):
    random, path = np.random.default_rng(9), tmp_path / "log.csv"
    lines = [",item_id,click,propensity_score"]
    lines += [f"{row},{random.integers(4)},{int(row % 9 == 0)},0.25" for row in range(90)]
    path.write_text("\n".join(lines), encoding="utf-8")
    ran = CliRunner().invoke(app, ["evaluate", "--bandit", "--log", str(path), "--json"])
    assert ran.exit_code == 0, ran.stderr
    report = msgspec.json.decode(ran.stdout)
    assert (report["rows"], report["arms"], report["rewarded"]) == (90, 4, 10)
    assert report["models"]["uniform"]["ips"]["value"] == pytest.approx(5 / 45)
    assert "tests the estimators" in report["warning"]


@pytest.mark.parametrize(
    "text",
    [
        "item_id,click\n1,0\n",
        "item_id,click,propensity\n1,,0.5\n2,1,0.5\n",
        "item_id,click,propensity\n1,no,0.5\n2,yes,0.5\n",
        "item_id,click,propensity\n" + "1,1,0\n" * 8,
    ],
)
def test_a_file_that_is_no_log_is_refused(tmp_path, text):
    path = tmp_path / "wrong.csv"
    path.write_text(text, encoding="utf-8")
    ran = CliRunner().invoke(app, ["evaluate", "--bandit", "--log", str(path)])
    assert ran.exit_code == 1
    assert "not evaluated" in ran.stderr
