"""`elian recommend evaluate --uplift`: whom an offer changes, and whether a plan finds them."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner

from recommender.cli import app
from recommender.contract import RecommenderError
from recommender.training import uplift
from recommender.training.uplift import evaluate, on_truth
from recommender.training.uplift_measures import (
    Trial,
    auuc,
    chosen,
    first,
    qini,
    share_of_oracle,
    uplift_at,
)
from recommender.training.uplift_strategies import Kind, doubly_robust
from recommender.training.uplift_truth import draw


def _clear(many=4000):
    """The first half is changed by the offer, the second never: nothing else differs."""
    random = np.random.default_rng(2)
    features = np.column_stack([np.arange(many) < many / 2, random.normal(size=many)]) * 1.0
    treated = random.random(many) < 0.5
    effect = 0.4 * features[:, 0]
    outcome = (random.random(many) < 0.2 + effect * treated).astype(float)
    return Trial(features, treated, outcome, np.full(many, 0.5), effect)


def test_a_ranking_by_the_truth_gains_and_its_opposite_loses():
    trial, random = _clear(), np.random.default_rng(0)
    best, worst = first(trial.effect, random), first(-trial.effect, random)
    assert qini(best, trial) > 0.02 > -0.02 > qini(worst, trial)
    assert auuc(best, trial) > auuc(worst, trial)
    assert uplift_at(best, trial, 0.3) == pytest.approx(0.4, abs=0.06)
    assert uplift_at(worst, trial, 0.3) == pytest.approx(0.0, abs=0.06)


def test_a_plan_keeps_its_budget_and_treats_nobody_it_would_put_off():
    scores = np.array([0.5, -0.1, 0.3, -0.2])
    order = first(scores, np.random.default_rng(0))
    assert list(chosen(order, scores, 0.5, 0.0)) == [True, False, True, False]
    assert list(chosen(order, scores, 1.0, 0.0)) == [True, False, True, False]
    assert chosen(order, scores, 1.0, None).all()
    effect = np.array([2.0, 1.0, 0.5, -1.0])
    assert share_of_oracle(chosen(order, scores, 0.5, 0.0), effect, 0.5) == pytest.approx(2.5 / 3)


def test_ties_are_broken_by_lot():
    orders = [tuple(first(np.zeros(50), np.random.default_rng(seed))) for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]


def test_doubly_robust_effects_are_right_on_average():
    trial = _clear()
    effects = doubly_robust(trial, Kind(np.zeros(2, bool), yes_or_no=True, seed=7))
    changed = trial.features[:, 0] > 0
    assert effects[changed].mean() == pytest.approx(0.4, abs=0.06)
    assert effects[~changed].mean() == pytest.approx(0.0, abs=0.06)


def test_the_planner_comes_near_the_best_plan_where_the_truth_is_known():
    judged = on_truth(3000, budget=0.3, seed=7)
    shares = {name: one.share_of_oracle for name, one in judged.models.items()}
    assert shares["ours"] > 0.75 > shares["response_model"]
    assert shares["random"] < 0.5
    assert len(judged.chosen) == 3
    assert all(one.treated_share <= 0.301 for one in judged.models.values())


def test_the_command_writes_a_trial_and_judges_it(tmp_path, monkeypatch):
    monkeypatch.setattr(uplift, "_SYNTHETIC", 300)
    path = str(tmp_path / "trial.csv")
    drawn = CliRunner().invoke(app, ["draw-trial", path, "--people", "300", "--seed", "3"])
    assert drawn.exit_code == 0, drawn.stderr
    ran = CliRunner().invoke(app, ["evaluate", "--uplift", path, "--json"])
    assert ran.exit_code == 0, ran.stderr
    report = msgspec.json.decode(ran.stdout)
    assert {"random", "response_model", "t_learner", "dr_learner", "ours"} <= set(report["models"])
    assert {"qini", "auuc", "uplift@30%"} <= set(report["models"]["ours"])
    assert "Three folds" in report["protocol"]
    assert report["people"] == 300
    assert report["synthetic_truth"]["models"]["ours"]["share_of_oracle"] is not None


def test_a_written_trial_comes_back_as_it_was_drawn(tmp_path):
    path = tmp_path / "trial.csv"
    uplift.draw(200, 5)  # the same again
    CliRunner().invoke(app, ["draw-trial", str(path), "--people", "200", "--seed", "5"])
    table = uplift.read_table(path)
    columns = table.without(frozenset({"treatment", "outcome", "true_uplift"}))
    trial, control = uplift._trial(table, columns, "treatment", "outcome")
    np.testing.assert_array_equal(trial.treated, draw(200, 5).treated)
    np.testing.assert_allclose(trial.effect, draw(200, 5).effect, atol=1e-6)
    assert control == "0"


def test_an_arm_may_be_named_in_words_and_what_is_known_afterwards_is_left_out(tmp_path):
    random, path = np.random.default_rng(1), tmp_path / "mail.csv"
    lines = ["recency,segment,visit,conversion,spend"]
    lines += [
        f"{random.integers(12)},{random.choice(['No E-Mail', 'Mens E-Mail', 'Womens E-Mail'])},"
        f"{int(random.random() < 0.3)},{int(random.random() < 0.1)},0"
        for _ in range(400)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    table = uplift.read_table(path)
    trial, control = uplift._trial(table, table, "segment", "visit")
    assert control == "No E-Mail"
    assert 0.5 < trial.treated.mean() < 0.8


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,outcome\n1,0\n", "no treatment"),
        ("a,treatment\n1,0\n", "no outcome"),
        ("treatment,outcome\n1,0\n0,1\n", "no column is left"),
        ("a,treatment,outcome\n" + "1,1,0\n2,0,0\n" * 60, "the same for everybody"),
        ("a,treatment,outcome\n" + "1,1,0\n2,1,1\n" * 60, "50 people with and without"),
        ("a,treatment,outcome\n" + "1,2,0\n2,1,1\n" * 60, "other numbers than 0 and 1"),
        ("a,treatment,outcome\n" + "1,x,0\n2,z,1\n" * 60, "who was left alone"),
        ("a,treatment,outcome\n1,,0\n2,1,1\n", "rows without"),
        ("a,treatment,outcome\n1,0,so\n2,1,la\n3,1,ti\n", "neither a number"),
        ("a,treatment,outcome,propensity\n" + "1,1,0,0\n2,0,1,.5\n" * 60, "no chance"),
    ],
)
def test_what_is_no_trial_is_refused(tmp_path, text, said):
    path = tmp_path / "wrong.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecommenderError, match=said):
        evaluate(path, seed=7)


def test_a_trial_of_nobody_and_a_budget_of_nothing_are_refused(tmp_path):
    ran = CliRunner().invoke(app, ["draw-trial", str(tmp_path / "x.csv"), "--people", "3"])
    assert (ran.exit_code, "people" in ran.stderr) == (1, True)
    with pytest.raises(RecommenderError, match="budget"):
        evaluate(tmp_path / "x.csv", budget=0, seed=7)
