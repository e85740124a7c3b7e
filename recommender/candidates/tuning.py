"""How strong each part of a model should be: tried on the end of each history, held out.

Called by fit. The choice is made on the most popular items and some of the people, so that
it costs a fraction of the fit; the data that a model is judged on later is never seen. The best
few choices differ by luck, so their middle is taken.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from scipy import sparse

from recommender.candidates.history import without_end
from recommender.candidates.measures import ndcg
from recommender.candidates.nearness import Built, Choice, Matrix, build, damped, profiles

_ITEMS = 1300
_PEOPLE = 450
_HELD_OUT = 0.2
_LIST = 10
_BEST = 6  # choices whose middle is taken
_WIDENED = 6  # choices of the first round that the second tries with other dampings

_RIDGES, _MEMORIES, _ORDERS = (1.0, 3.0, 10.0), (5.0, 10.0, 20.0), (0.0, 0.5, 1.0, 2.0, 4.0)
_NOVELTIES, _FIRST_NOVELTY = (0.0, 0.05, 0.1, 0.2, 0.3), 0.15
MIDDLE = Choice(ridge=3.0, order=1.0, memory=10.0, novelty=_FIRST_NOVELTY)


class Trial(NamedTuple):
    """Two parts of a score for the people asked, per ridge and memory; what they had is masked."""

    asked: sparse.csr_array
    truth: sparse.csr_array
    built: dict[float, Built]
    similar: dict[tuple[float, float], Matrix]
    following: dict[float, Matrix]

    def gain(self, choice: Choice) -> float:
        parts = self.similar[choice.ridge, choice.memory], self.following[choice.ridge]
        scores = damped(*parts, choice, self.built[choice.ridge])
        return ndcg(scores, self.asked, self.truth, _LIST)


def choose(times: sparse.csr_array, seed: int) -> Choice:
    """The middle of the best choices by NDCG; `MIDDLE` when there is nothing to try it on."""
    popular = np.argsort(-np.diff(times.tocsc().indptr), kind="stable")[:_ITEMS]
    learnt, held_out = without_end(sparse.csr_array(times[:, np.sort(popular)]), _HELD_OUT, seed)
    people = np.flatnonzero(np.diff(held_out.indptr) > 0)
    if not len(people):
        return MIDDLE
    people = np.sort(np.random.default_rng(seed).permutation(people)[:_PEOPLE])
    trial = _trial(learnt, people, held_out)
    gains = _tried(
        trial,
        (
            Choice(ridge, order, memory, _FIRST_NOVELTY)
            for ridge, memory, order in itertools.product(_RIDGES, _MEMORIES, _ORDERS)
        ),
    )
    gains |= _tried(
        trial,
        (
            choice._replace(novelty=novelty)
            for choice in _best(gains, _WIDENED)
            for novelty in _NOVELTIES
        ),
    )
    return _middle(_best(gains, _BEST))


def _trial(
    learnt: sparse.csr_array,
    people: np.ndarray[tuple[int], np.dtype[np.intp]],
    late: sparse.csr_array,
) -> Trial:
    asked = learnt[people]
    built = dict(zip(_RIDGES, build(learnt, _RIDGES), strict=True))
    steady = {memory: profiles(asked, MIDDLE._replace(memory=memory))[0] for memory in _MEMORIES}
    fresh = profiles(asked, MIDDLE)[1]
    return Trial(
        asked,
        late[people],
        built,
        {
            (ridge, memory): steady[memory] @ built[ridge].similar
            for ridge, memory in itertools.product(_RIDGES, _MEMORIES)
        },
        {ridge: fresh @ built[ridge].following for ridge in _RIDGES},
    )


def _tried(trial: Trial, choices: Iterable[Choice]) -> dict[Choice, float]:
    return {choice: trial.gain(choice) for choice in choices}


def _best(gains: dict[Choice, float], many: int) -> list[Choice]:
    return sorted(gains, key=lambda choice: -gains[choice])[:many]


def _middle(choices: list[Choice]) -> Choice:
    """Of strengths that multiply the geometric mean, of the others the plain one."""
    ridge, order, memory, novelty, *_ = np.array(choices).T
    return Choice(
        ridge=float(np.exp(np.log(ridge).mean())),
        order=float(order.mean()),
        memory=float(np.exp(np.log(memory).mean())),
        novelty=float(novelty.mean()),
    )
