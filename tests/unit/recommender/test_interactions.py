"""`elian recommend evaluate`: our model and its yardsticks on one split of a file."""

from __future__ import annotations

import gzip
import itertools

import msgspec
import numpy as np
import pytest
from scipy import sparse
from typer.testing import CliRunner

from recommender.candidates.measures import found, ndcg_of, ranked
from recommender.cli import app
from recommender.contract import RecommenderError
from recommender.training.baselines import ImplicitALS, ItemKNN, Popularity
from recommender.training.interaction_file import read_interactions
from recommender.training.interactions import evaluate


def _walks(path, people=60, items=40, steps=15):
    """Walks on a ring: what comes next follows from where somebody is."""
    random = np.random.default_rng(5)
    lines = ["user,item,rating,timestamp"]
    for person in range(people):
        start = int(random.integers(items))
        lines += [f"u{person},i{(start + step) % items},1,{step}" for step in range(steps)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_order_is_learnt_where_the_yardsticks_see_none(tmp_path):
    clock = itertools.count().__next__
    report = evaluate(_walks(tmp_path / "walks.csv"), seed=7, clock=clock)
    assert report.events == 900
    assert report.people == 60
    ours = report.models["ours"].ndcg_10
    assert ours > 0.9
    for name in ("popularity", "item_knn", "implicit_als"):
        assert report.models[name].ndcg_10 < ours
        assert 0 < report.models[name].coverage <= 1
    assert (
        report.global_time.models["ours"].ndcg_10 > report.global_time.models["popularity"].ndcg_10
    )


def test_the_same_seed_gives_the_same_figures(tmp_path):
    path = _walks(tmp_path / "walks.csv")
    first, second = (evaluate(path, seed=7, clock=lambda: 0.0) for _ in range(2))
    assert first == second


def test_the_command_prints_the_protocol_with_the_figures(tmp_path):
    path = _walks(tmp_path / "walks.csv")
    ran = CliRunner().invoke(app, ["evaluate", "--interactions", str(path), "--json"])
    assert ran.exit_code == 0
    report = msgspec.json.decode(ran.stdout)
    assert "last 20 %" in report["protocol"]
    assert set(report["models"]["ours"]) == {
        "ndcg@10",
        "recall@20",
        "coverage",
        "fit_s",
        "p99_ms",
    }
    assert report["new_event"]["changed"] > 0.5
    readable = CliRunner().invoke(app, ["evaluate", "--interactions", str(path)])
    assert "implicit_als" in readable.stdout


def test_columns_are_found_by_their_usual_names_also_in_a_packed_file(tmp_path):
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(gzip.compress(b"customer,day,item,qty\n1,3,a,2\n1,4,b,1\n2,4,a,1\n"))
    events = read_interactions(path)
    assert (events.people, events.items, list(events.when)) == (2, 2, [3.0, 4.0, 4.0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names no user"),
        ("user,item\n1,2\n", "names no timestamp"),
        ("user,item,timestamp\n", "0 events"),
        ("user,item,timestamp\n1,a,soon\n1,b,2\n", "line 2"),
        ("user,item,timestamp\n1,a,1\n1\n", "line 3"),
        ("user,item,timestamp\n1,a,nan\n1,b,2\n", "line 2"),
        ("user,item,timestamp\n,a,1\n1,b,2\n", "line 2"),
        ("user,item,timestamp\n1,a,1\n1,a,2\n", "nobody took anything new"),
    ],
)
def test_a_file_that_cannot_be_judged_is_refused_with_the_place(tmp_path, text, said):
    path = tmp_path / "wrong.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecommenderError, match=said):
        evaluate(path, seed=7)
    ran = CliRunner().invoke(app, ["evaluate", "--interactions", str(path)])
    assert ran.exit_code == 1
    assert "not evaluated" in ran.stderr


def _told(path, lines):
    path.write_text("\n".join(["user,item,timestamp", *lines]), encoding="utf-8")
    return evaluate(path, seed=7, clock=lambda: 0.0)


def _ring(people=30, items=24, steps=10, start=0):
    return [
        f"u{person},i{(7 * person + step) % items},{start + step}"
        for person in range(people)
        for step in range(steps)
    ]


def test_one_person_is_enough_to_be_judged(tmp_path):
    report = _told(tmp_path / "one.csv", [f"u,i{number},{number}" for number in range(20)])
    assert report.models["ours"].ndcg_10 == pytest.approx(1)


def test_who_clicks_ten_thousand_times_changes_nobody_elses_list(tmp_path):
    honest = _told(tmp_path / "honest.csv", _ring())
    stuck = [f"poison,i{number % 3},{number}" for number in range(10_000)]
    poisoned = _told(tmp_path / "poisoned.csv", _ring() + stuck)
    assert poisoned.models["ours"].ndcg_10 == pytest.approx(honest.models["ours"].ndcg_10, abs=0.05)


def test_clocks_that_are_wrong_and_lines_told_twice_are_no_fault(tmp_path):
    plain = _told(tmp_path / "plain.csv", _ring())
    skewed = _told(tmp_path / "skewed.csv", _ring(start=-1_000_000))
    assert skewed.models["ours"].ndcg_10 == pytest.approx(plain.models["ours"].ndcg_10)
    twice = _told(tmp_path / "twice.csv", [line for line in _ring() for _ in range(2)])
    assert twice.models["ours"].ndcg_10 > 0.5


def test_where_nobody_comes_late_the_split_at_one_moment_is_left_out(tmp_path):
    early = [f"u{person},i{step},{step}" for person in range(20) for step in range(10)]
    late = [f"new{person},i{person % 5},{100 + person}" for person in range(60)]
    report = _told(tmp_path / "late.csv", early + late)
    assert report.global_time is None
    ran = CliRunner().invoke(app, ["evaluate", "--interactions", str(tmp_path / "late.csv")])
    assert "nothing to judge" in ran.stdout


def test_a_broken_archive_is_refused(tmp_path):
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(gzip.compress(b"user,item,timestamp\n1,a,1\n" * 99)[:40])
    with pytest.raises(RecommenderError, match="cannot be read"):
        read_interactions(path)


def test_what_somebody_had_is_never_ranked():
    had = sparse.csr_array(np.array([[1.0, 0, 1, 0, 0]]))
    best = ranked(np.array([[9, 1, 8, 3, 2]], dtype=np.float32), had, 3)
    np.testing.assert_array_equal(best, [[3, 4, 1]])


def test_gain_is_one_for_a_perfect_list_and_falls_with_the_place():
    truth = sparse.csr_array(np.array([[0.0, 1, 1, 0]]))
    perfect = found(np.array([[1, 2, 0]]), truth)
    late = found(np.array([[0, 3, 1]]), truth)
    wanted = np.array([2])
    assert ndcg_of(perfect, wanted)[0] == pytest.approx(1)
    assert ndcg_of(late, wanted)[0] == pytest.approx(0.5 / (1 + 1 / np.log2(3)))


def test_yardsticks_find_what_they_are_known_to_find():
    taken = sparse.csr_array(
        np.kron(np.eye(2), np.ones((20, 5))) * (np.random.default_rng(0).random((40, 10)) < 0.8)
    )
    asked = taken[[0]].copy()
    asked.data[-1] = 0
    asked.eliminate_zeros()
    missing = np.setdiff1d(taken[[0]].indices, asked.indices)[0]
    for ranker in (ItemKNN(), ImplicitALS(factors=4)):
        scores = ranker.fit(taken).transform(asked)[0]
        assert scores[missing] > scores[5:].max()
    many = Popularity().fit(taken).transform(asked)[0]
    assert many.argmax() == np.asarray((taken != 0).sum(0)).argmax()
