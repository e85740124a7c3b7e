"""`elian recommend evaluate --propensity`: a yes foreseen, beside a logistic regression."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner

from recommender.cli import app
from recommender.contract import RecommenderError
from recommender.training.learners import Propensity
from recommender.training.propensity import evaluate
from recommender.training.table_file import read_table


def _calls(path, rows=600, bent=True):
    """Who says yes follows from age and job, bent; `duration` gives the answer away."""
    random = np.random.default_rng(3)
    lines = ["age;job;duration;y"]
    for _ in range(rows):
        age, job = random.uniform(20, 80), random.choice(["clerk", "nurse", "unknown"])
        off = abs(age - 50) / 12 if bent else (age - 50) / 12
        yes = random.random() < 1 / (1 + np.exp(2 - off - (job == "nurse")))
        told = "" if random.random() < 0.05 else f"{age:.1f}"
        lines.append(
            f"{told};{job};{300 * yes + random.uniform(0, 9):.0f};{'yes' if yes else 'no'}"
        )
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    path = _calls(tmp_path_factory.mktemp("calls") / "calls.csv")
    return evaluate(path, target="y", seed=7, clock=lambda: 0.0)


def test_what_bends_is_foreseen_better_than_by_a_line(report):
    ours, line = report.models["ours"], report.models["logistic_regression"]
    assert ours.roc_auc > line.roc_auc + 0.05
    assert ours.pr_auc > line.pr_auc
    assert report.gain.log_loss > 2 * report.gain.standard_error
    assert ours.calibration_error < 0.08


def test_what_is_known_only_after_the_call_is_left_out_and_said(report):
    assert report.dropped == ("duration",)
    assert report.columns == ("age", "job")
    assert "Without duration" in report.protocol
    assert (report.positive, report.models["ours"].roc_auc < 0.95) == ("yes", True)


def test_the_command_prints_the_protocol_with_the_figures_and_drops_what_it_is_told(tmp_path):
    path = _calls(tmp_path / "calls.csv", rows=200, bent=False)
    asked = ["evaluate", "--propensity", str(path), "--target", "y", "--drop", "job"]
    ran = CliRunner().invoke(app, [*asked, "--drop", "duration", "--json"])
    assert ran.exit_code == 0, ran.stderr
    report = msgspec.json.decode(ran.stdout)
    assert report["columns"] == ["age"]
    assert {"roc_auc", "pr_auc", "calibration_error"} <= set(report["models"]["ours"])
    assert set(report["models"]) == {"ours", "logistic_regression"}


def test_words_and_gaps_that_were_never_seen_say_nothing():
    random = np.random.default_rng(1)
    rows = np.column_stack([random.normal(size=120), random.integers(0, 3, 120)])
    model = Propensity(of_words=np.array([False, True])).fit(rows, rows[:, 0] > 0)
    strange = np.array([[0.5, 99.0], [np.nan, np.nan], [0.5, np.nan]])
    foreseen = model.predict_proba(strange)
    assert np.isfinite(foreseen).all()
    assert foreseen.sum(1) == pytest.approx(1)
    assert list(model.predict(np.array([[3.0, 1.0], [-3.0, 1.0]]))) == [True, False]


def test_a_person_told_a_thousand_times_still_makes_a_model():
    rows = np.vstack([np.zeros((1000, 1)), np.arange(20.0)[:, None]])
    answers = np.r_[np.zeros(1000), np.ones(20)]
    foreseen = Propensity().fit(rows, answers).predict_proba(np.array([[0.0], [15.0]]))[:, 1]
    assert foreseen[0] < 0.1 < foreseen[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "header is empty"),
        ("a,y\n", "no row"),
        ("a,a,y\n1,2,3\n", "twice"),
        ("a,b\n1,2\n", "no column is named 'y'"),
        ("a,y\n" + "1,yes\n" * 40, "1 different answers"),
        ("a,y\n" + "1,yes\n2,no\n3,perhaps\n" * 40, "3 different answers"),
        ("a,y\n" + "1,yes\n" * 40 + "2,no\n", "1 rows of the rarer"),
        ("a,y\n1,yes\n2,\n", "without an answer"),
        ("a,y\n1,yes\n2\n", "line 3"),
        ("a,y\n1,yes\ninf,no\n", "infinite"),
        ("duration,y\n" + "1,yes\n2,no\n" * 40, "no column is left"),
    ],
)
def test_a_file_that_cannot_be_judged_is_refused_with_the_place(tmp_path, text, said):
    path = tmp_path / "wrong.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecommenderError, match=said):
        evaluate(path, target="y", seed=7)
    ran = CliRunner().invoke(app, ["evaluate", "--propensity", str(path), "--target", "y"])
    assert ran.exit_code == 1
    assert "not evaluated" in ran.stderr


@pytest.mark.parametrize("asked", [[], ["--bandit", "--target", "y"], ["--log", __file__]])
def test_a_question_that_is_none_is_refused(asked):
    assert CliRunner().invoke(app, ["evaluate", *asked]).exit_code == 2


def test_a_table_keeps_words_as_words_and_gaps_as_gaps(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(",age,job\n0,1,a\n1,?,b\n2,3,\n", encoding="utf-8")
    table = read_table(path)
    assert table.names == ("age", "job")
    np.testing.assert_array_equal(table.values, [[1, 0], [np.nan, 1], [3, np.nan]])
    assert table.words == (None, ("a", "b"))
