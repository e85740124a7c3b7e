"""What is taken off the shelf instead: yardsticks on the same split.

Called by the evaluation only. All take people x items of times and see only what is not zero.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Matrix = NDArray[np.float32]


def _taken(X: sparse.csr_array) -> sparse.csr_array:  # noqa: N803 - scikit-learn's name
    return sparse.csr_array((np.ones(X.nnz, np.float32), X.indices, X.indptr), shape=X.shape)


class Popularity:
    """The same list for everybody: how many took it."""

    def fit(self, X: sparse.csr_array) -> Self:  # noqa: N803 - scikit-learn's name
        self._many = np.asarray(_taken(X).sum(0), dtype=np.float32).ravel()
        return self

    def transform(self, X: sparse.csr_array) -> Matrix:  # noqa: N803 - scikit-learn's name
        return np.tile(self._many, (X.shape[0], 1))


class ItemKNN:
    """Cosine of items' takers, the nearest of each, shrunk (Sarwar et al., WWW 2001)."""

    def __init__(self, *, neighbours: int = 100, shrink: float = 10.0) -> None:
        self.neighbours = neighbours
        self.shrink = shrink

    def fit(self, X: sparse.csr_array) -> Self:  # noqa: N803 - scikit-learn's name
        taken = _taken(X)
        both = (taken.T @ taken).toarray()
        size = np.sqrt(np.diag(both))
        likeness = both / (np.outer(size, size) + np.float32(self.shrink))
        np.fill_diagonal(likeness, 0)
        if likeness.shape[0] > self.neighbours:
            least = np.partition(likeness, -self.neighbours, axis=0)[-self.neighbours]
            likeness[likeness < least] = 0
        self._likeness = likeness.astype(np.float32)
        return self

    def transform(self, X: sparse.csr_array) -> Matrix:  # noqa: N803 - scikit-learn's name
        return np.asarray(_taken(X) @ self._likeness, dtype=np.float32)


class ImplicitALS:
    """Factors by alternating least squares on implicit feedback (Hu et al., ICDM 2008)."""

    def __init__(
        self,
        *,
        factors: int = 64,
        rounds: int = 12,
        confidence: float = 5.0,
        ridge: float = 30.0,
        random_state: int = 7,
    ) -> None:
        self.factors, self.rounds, self.confidence = factors, rounds, confidence
        self.ridge, self.random_state = ridge, random_state

    def fit(self, X: sparse.csr_array) -> Self:  # noqa: N803 - scikit-learn's name
        taken = _taken(X)
        random = np.random.default_rng(self.random_state)
        self._items = random.normal(0, 0.1, (X.shape[1], self.factors)).astype(np.float32)
        backwards = sparse.csr_array(taken.T.tocsr())
        for _ in range(self.rounds):
            people = self._solve(taken, self._items)
            self._items = self._solve(backwards, people)
        return self

    def transform(self, X: sparse.csr_array) -> Matrix:  # noqa: N803 - scikit-learn's name
        scores: Matrix = self._solve(_taken(X), self._items) @ self._items.T
        return scores

    def _solve(self, rows: sparse.csr_array, other: Matrix) -> Matrix:
        """Each row's factors, given the other side's."""
        whole = other.T @ other + np.float32(self.ridge) * np.eye(self.factors, dtype=np.float32)
        solved = np.zeros((rows.shape[0], self.factors), np.float32)
        for row, (start, end) in enumerate(zip(rows.indptr[:-1], rows.indptr[1:], strict=True)):
            mine = other[rows.indices[start:end]]
            if len(mine):
                system = whole + np.float32(self.confidence) * (mine.T @ mine)
                solved[row] = np.linalg.solve(system, (1 + self.confidence) * mine.sum(0))
        return solved
