"""An item-to-item model in which time counts: EASE, with recency and order.

Called by training's evaluation. EASE (Steck, WWW 2019, arXiv 1905.03375) solves a ridge
regression of every item on all others in closed form. Here three things are added:

- two things a person took close in time weigh more in the Gram matrix than two far apart
  (an Ornstein-Uhlenbeck kernel over places in the person's history, so the matrix stays
  positive semidefinite and the closed form holds);
- what came after what is regressed on the same matrix, which gives transitions;
- a history is weighed by recency when it is scored, so a new event counts at once.

A score is a sum over the history, and `explain` lists its terms.
"""

from __future__ import annotations

import math
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from recommender.candidates.nearness import (
    MOST_ITEMS,
    Built,
    Choice,
    Matrix,
    build,
    profiles,
    score,
)
from recommender.candidates.tuning import choose


class RecencyEase(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """Scores of all items for each row of a people x items matrix of times.

    Parameters
    ----------
    choice
        The strengths of the model; None chooses them by the end of each
        history, held out, on the most popular items.
    random_state
        Seed of the people that the choice is made on.

    `X` is people x items, dense or sparse: when the person last took the item, in any unit
    in which later is larger; 0 is never. Equal times are one moment, in no order.

    """

    def __init__(self, *, choice: Choice | None = None, random_state: int = 7) -> None:
        self.choice = choice
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: object = None) -> Self:  # noqa: N803, ARG002 - scikit-learn's names
        """Learn from all rows. ValueError: not a finite matrix, or more than 12,000 items."""
        times = self._times(X, reset=True)
        if times.shape[1] > MOST_ITEMS:
            raise ValueError(f"{times.shape[1]} items: at most {MOST_ITEMS} fit into memory")
        self.choice_ = self.choice or choose(times, self.random_state)
        self.built_: Built = build(times, (self.choice_.ridge,))[0]
        return self

    def transform(self, X: ArrayLike) -> Matrix:  # noqa: N803 - scikit-learn's name
        """Rows of times to rows of scores, one for each item, float32."""
        check_is_fitted(self)
        return score(self._times(X, reset=False), self.choice_, self.built_)

    def explain(self, row: ArrayLike, item: int) -> dict[int, float]:
        """What each item of one person's history adds to the score of `item`.

        The values sum to the score. `row` is one row of `X`.
        """
        check_is_fitted(self)
        times = self._times(np.asarray(row).reshape(1, -1), reset=False)
        steady, fresh = profiles(times, self.choice_)
        parts = (
            steady.toarray()[0] * self.built_.similar[:, item].astype(np.float64)
            + self.choice_.order
            * fresh.toarray()[0]
            * self.built_.following[:, item].astype(np.float64)
        ) * self._damping(item)
        return {int(place): float(parts[place]) for place in times.indices}

    def _damping(self, item: int) -> float:
        return math.pow(float(self.built_.held[item]), -self.choice_.novelty)

    def _times(self, X: ArrayLike, *, reset: bool) -> sparse.csr_array:  # noqa: N803
        checked = validate_data(
            self, X, reset=reset, accept_sparse="csr", dtype=np.float64, ensure_min_features=1
        )
        times = sparse.csr_array(checked)
        times.eliminate_zeros()
        times.sort_indices()
        return times

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = []  # scores are float32, whatever times are
        return tags
