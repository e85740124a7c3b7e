"""How strong each part of a model should be: tried on the end of each history, held out.

Called by fit. The choice is made on the most popular items and some of the people, so that
it costs a fraction of the fit; the data that a model is judged on later is never seen.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from scipy import sparse

from recommender.candidates.history import without_end
from recommender.candidates.measures import ndcg
from recommender.candidates.nearness import Built, Choice, Matrix, build, damped, profiles

_ITEMS = 1200
_PEOPLE = 400
_HELD_OUT = 0.2
_LIST = 10


CHOICES = tuple(
    Choice(ridge, order, memory, novelty)
    for ridge, order, memory, novelty in itertools.product(
        (1.0, 3.0, 10.0), (0.0, 1.0, 3.0), (5.0, 20.0), (0.0, 0.1, 0.2)
    )
)


def choose(times: sparse.csr_array, seed: int) -> Choice:
    """The best of `CHOICES` by NDCG; the middle one when there is nothing to try it on."""
    popular = np.argsort(-np.diff(times.tocsc().indptr), kind="stable")[:_ITEMS]
    learnt, held_out = without_end(sparse.csr_array(times[:, np.sort(popular)]), _HELD_OUT, seed)
    people = np.flatnonzero(np.diff(held_out.indptr) > 0)
    if not len(people):
        return CHOICES[len(CHOICES) // 2]
    people = np.sort(np.random.default_rng(seed).permutation(people)[:_PEOPLE])
    asked, truth = learnt[people], held_out[people]
    ridges = tuple(dict.fromkeys(choice.ridge for choice in CHOICES))
    built = dict(zip(ridges, build(learnt, ridges), strict=True))
    tried = {choice: ndcg(made, asked, truth, _LIST) for choice, made in _all_scores(asked, built)}
    return max(CHOICES, key=lambda choice: tried[choice])


def _all_scores(
    asked: sparse.csr_array, built: dict[float, Built]
) -> Iterator[tuple[Choice, Matrix]]:
    """The scores of each choice; what several choices share is computed once."""
    for (ridge, _), group in itertools.groupby(
        sorted(CHOICES, key=lambda choice: (choice.ridge, choice.memory)),
        key=lambda choice: (choice.ridge, choice.memory),
    ):
        choices = list(group)
        steady, fresh = profiles(asked, choices[0])
        made = built[ridge]
        similar, following = steady @ made.similar, fresh @ made.following
        for choice in choices:
            yield choice, damped(similar, following, choice, made)
