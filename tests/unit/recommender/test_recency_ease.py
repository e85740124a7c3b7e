"""The item model: a scikit-learn estimator in which time counts and every score is explained."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.utils.estimator_checks import parametrize_with_checks

from recommender.candidates.history import ages, histories, without_end
from recommender.candidates.nearness import Choice
from recommender.candidates.recency_ease import MOST_ITEMS, RecencyEase

_STEADY = Choice(ridge=1.0, order=1.0, memory=5.0, novelty=0.1)


def _chains(people: int = 200, items: int = 30, steps: int = 8) -> sparse.csr_array:
    """Everybody walks along a ring of items from a place of their own."""
    random = np.random.default_rng(3)
    times = np.zeros((people, items))
    for person in range(people):
        start = random.integers(items)
        for step in range(steps):
            times[person, (start + step) % items] = step + 1
    return sparse.csr_array(times)


@parametrize_with_checks([RecencyEase()])
def test_it_is_an_estimator_as_scikit_learn_understands_it(estimator, check):
    check(estimator)


def test_what_usually_comes_next_is_ranked_first():
    model = RecencyEase().fit(_chains())
    walk = np.zeros((1, 30))
    walk[0, [4, 5, 6]] = [1, 2, 3]
    scores = model.transform(walk)[0]
    scores[[4, 5, 6]] = -np.inf
    assert scores.argmax() == 7


def test_a_new_event_changes_the_scores_without_a_new_fit():
    model = RecencyEase().fit(_chains())
    walk = np.zeros((1, 30))
    walk[0, [4, 5, 6]] = [1, 2, 3]
    before = model.transform(walk)
    walk[0, 20] = 4
    after = model.transform(walk)
    assert after[0, 21] > before[0, 21]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 9), min_size=12, max_size=12), st.integers(0, 11))
def test_the_listed_parts_sum_to_the_score(when, item):
    model = RecencyEase(choice=_STEADY).fit(_chains(items=12))
    row = np.array(when, dtype=float)
    parts = model.explain(row, item)
    assert set(parts) == set(np.flatnonzero(row))
    assert sum(parts.values()) == pytest.approx(model.transform([row])[0, item], abs=1e-6)


def test_rows_do_not_depend_on_each_other():
    times = _chains()
    model = RecencyEase(choice=_STEADY).fit(times)
    together = model.transform(times)
    alone = np.vstack([model.transform(times[[row]]) for row in range(5)])
    np.testing.assert_allclose(together[:5], alone, rtol=1e-5)


def test_the_unit_of_time_does_not_matter():
    times = _chains()
    later = times.copy()
    later.data = later.data * 86400 + 1_700_000_000
    first, second = (RecencyEase(choice=_STEADY).fit(one).transform(one) for one in (times, later))
    np.testing.assert_array_equal(first, second)


def test_an_empty_history_scores_nothing_and_one_person_or_item_is_enough():
    model = RecencyEase().fit(_chains())
    assert not model.transform(np.zeros((1, 30))).any()
    assert np.isfinite(RecencyEase().fit(np.ones((1, 3))).transform(np.ones((1, 3)))).all()
    assert np.isfinite(RecencyEase().fit(np.ones((3, 1))).transform(np.ones((3, 1)))).all()
    assert not RecencyEase().fit(np.zeros((2, 2))).transform(np.zeros((2, 2))).any()


def test_a_history_of_thousands_weighs_no_more_than_its_newest_part():
    items = 2600
    honest = sparse.lil_array((40, items))
    for person in range(40):
        honest[person, [1, 2, 3]] = [1, 2, 3]
    poisoned = sparse.vstack([honest, np.arange(1, items + 1)[None]]).tocsr()
    model = RecencyEase(choice=_STEADY).fit(poisoned)
    row = np.zeros((1, items))
    row[0, [1, 2]] = [1, 2]
    scores = model.transform(row)[0]
    scores[[1, 2]] = -np.inf
    assert scores.argmax() == 3


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_values_that_are_no_time_are_refused(wrong):
    with pytest.raises(ValueError, match=r"NaN|infinity"):
        RecencyEase().fit([[1.0, wrong], [2.0, 1.0]])


def test_more_items_than_memory_holds_are_refused_before_anything_is_allocated():
    with pytest.raises(ValueError, match="at most"):
        RecencyEase().fit(sparse.csr_array((2, MOST_ITEMS + 1)))


def test_age_is_counted_in_places_and_equal_times_share_the_middle():
    times = sparse.csr_array(np.array([[10.0, 0, 30, 30], [0, 0, 0, 0], [5, 6, 7, 8]]))
    np.testing.assert_array_equal(ages(times), [2, 0.5, 0.5, 3, 2, 1, 0])
    assert [len(one.items) for one in histories(times)] == [3, 0, 4]


@settings(deadline=None)
@given(st.integers(0, 2**31), st.integers(0, 40))
def test_the_end_is_the_latest_share_and_nothing_is_lost(seed, many):
    random = np.random.default_rng(seed)
    times = sparse.csr_array(random.permutation(np.arange(1.0, many + 1))[None])
    early, late = without_end(times, 0.2, seed)
    assert late.nnz == int(many * 0.2 + 1e-9)
    assert sorted([*early.data, *late.data]) == sorted(times.data)
    assert not late.nnz or early.data.max() < late.data.min()


def test_ties_in_time_are_broken_by_the_seed_and_never_by_the_item():
    times = sparse.csr_array(np.ones((1, 50)))
    ends = [tuple(without_end(times, 0.2, seed)[1].indices) for seed in (1, 1, 2)]
    assert ends[0] == ends[1] != ends[2]
    assert all(end != tuple(range(40, 50)) for end in ends)
