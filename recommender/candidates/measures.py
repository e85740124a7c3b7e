"""How good a ranking is, by what people did take.

Called by the choice of strengths and by training's evaluation. What somebody already had is
neither recommended nor counted as found.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]


def ranked(scores: Floats, had: sparse.csr_array, many: int) -> NDArray[np.intp]:
    """The best `many` items of each row that it did not have, best first."""
    open_scores = scores.copy()
    open_scores[had.nonzero()] = -np.inf
    many = min(many, scores.shape[1])
    best = np.argpartition(-open_scores, many - 1, axis=1)[:, :many]
    order = np.argsort(-np.take_along_axis(open_scores, best, 1), axis=1, kind="stable")
    return np.take_along_axis(best, order, 1)


def found(best: NDArray[np.intp], truth: sparse.csr_array) -> NDArray[np.bool_]:
    """Which of the ranked items each row took."""
    return np.take_along_axis(truth.toarray() != 0, best, 1)


def ndcg_of(hits: NDArray[np.bool_], wanted: NDArray[np.intp]) -> NDArray[np.float64]:
    """Normalised discounted cumulative gain of each row (Järvelin and Kekäläinen 2002)."""
    discount = 1 / np.log2(np.arange(2, hits.shape[1] + 2))
    ideal = np.cumsum(discount)[np.minimum(wanted, hits.shape[1]) - 1]
    gains: NDArray[np.float64] = (hits * discount).sum(1) / ideal
    return gains


def ndcg(scores: Floats, had: sparse.csr_array, truth: sparse.csr_array, many: int) -> float:
    """Mean over the rows; every row of `truth` has something, and nothing of `had`."""
    hits = found(ranked(scores, had, many), truth)
    return float(ndcg_of(hits, np.diff(truth.indptr)).mean())
