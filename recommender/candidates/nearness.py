"""The arithmetic of `RecencyEase`: two matrices from all histories, and scores from them.

Called by the estimator and by the choice of its strengths. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve

from recommender.candidates.history import History, ages, histories

Matrix = NDArray[np.float32]
MOST_ITEMS = 12_000  # the six dense matrices of this side that a fit needs are 3.5 GB

_NEAR = 30.0  # places over which two events of one history lose sight of each other
_FLOOR = 0.05  # what two events far apart still count
_AHEAD = 500.0  # places over which a transition fades
_LONG = 0.25  # a history of n events counts n ** -0.25 a pair: long ones do not drown the others
_PACES = (1 / 3, 1.0, 3.0)  # of `recent`: what follows at once, soon and later, alike
_MOST = 2000  # the newest of one history that are learnt from: nobody's thumb on the scale
_RIDGE = 0.3  # how much more a popular item is held back than a rare one


class Choice(NamedTuple):
    """The strengths of a model."""

    ridge: float  # how much it takes to believe that two things belong together
    order: float  # what came after what, against what came together
    memory: float  # places over which a history fades
    novelty: float  # how much the popular is damped
    recent: float = 3.0  # places over which a history fades before transitions, more or less
    old: float = 0.02  # what the oldest event still counts


class Built(NamedTuple):
    """What is learnt, items x items, from row to column."""

    similar: Matrix  # what goes with what
    following: Matrix  # what comes after what
    held: NDArray[np.float32]  # how often each item was taken, kept off zero


def score(times: sparse.csr_array, choice: Choice, built: Built) -> Matrix:
    """People x items: the two weighed histories through the two matrices, then damped."""
    steady, fresh = profiles(times, choice)
    return damped(steady @ built.similar, fresh @ built.following, choice, built)


def damped(similar: Matrix, following: Matrix, choice: Choice, built: Built) -> Matrix:
    """The two parts of a score together, the popular held back."""
    together: Matrix = similar + np.float32(choice.order) * following
    together *= built.held ** np.float32(-choice.novelty)
    return together


def profiles(times: sparse.csr_array, choice: Choice) -> tuple[sparse.csr_array, sparse.csr_array]:
    """The history weighed by its age in places, slowly and quickly fading."""
    weigh = weights(ages(times), choice)
    steady, fresh = (
        sparse.csr_array((weighed, times.indices, times.indptr), shape=times.shape)
        for weighed in weigh
    )
    return steady, fresh


def weights(age: NDArray[np.float32], choice: Choice) -> tuple[Matrix, Matrix]:
    """What is left of an event of that age, slowly and quickly fading."""
    paces = [np.exp(-age / (choice.recent * pace)) for pace in _PACES]
    steady = np.exp(-age / choice.memory) + choice.old
    fresh = np.mean(paces, axis=0) + 5 * choice.old
    return steady.astype(np.float32), fresh.astype(np.float32)


def build(times: sparse.csr_array, ridges: tuple[float, ...]) -> list[Built]:
    """For each strength of the ridge: items x items of likeness, of transition, and damping."""
    near, after = _grams(histories(times), times.shape[1])
    counts = np.diag(near).copy()
    typical = np.float32(counts.mean() or 1.0)
    held = np.maximum(counts, typical * np.float32(1e-3))
    return [_solve(near, after, held, typical, ridge) for ridge in ridges]


def _grams(people: Iterator[History], items: int) -> tuple[Matrix, Matrix]:
    """Sums over all histories: how near any two items were, and what came after what."""
    near = np.zeros((items, items), np.float32)
    after = np.zeros((items, items), np.float32)
    for one in people:
        newest = one.age < _MOST
        taken, age = one.items[newest], one.age[newest]
        apart = age[:, None] - age[None]
        weight = np.float32(max(len(taken), 1) ** -_LONG)
        pairs = np.ix_(taken, taken)
        near[pairs] += weight * (_FLOOR + (1 - _FLOOR) * np.exp(-np.abs(apart) / _NEAR))
        ahead = np.exp(-np.maximum(apart - 1, 0) / _AHEAD)
        after[pairs] += weight * np.where(apart > 0, ahead, 0)
    return near, after


def _solve(near: Matrix, after: Matrix, held: Matrix, typical: np.float32, ridge: float) -> Built:
    """EASE's closed form, and the transitions regressed on the same matrix."""
    size = len(near)
    strength = np.float32(ridge) * typical * (held / typical) ** np.float32(_RIDGE)
    regular = near + np.diag(strength)
    inverse: Matrix = cho_solve(
        cho_factor(regular, lower=True, overwrite_a=True, check_finite=False),
        np.eye(size, dtype=np.float32),
        overwrite_b=True,
        check_finite=False,
    )
    following: Matrix = inverse @ after
    similar: Matrix = inverse / -np.diag(inverse)
    np.fill_diagonal(following, 0)
    np.fill_diagonal(similar, 0)
    return Built(np.ascontiguousarray(similar), np.ascontiguousarray(following), held)
