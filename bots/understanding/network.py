"""The network behind the intents: sparse features, one hidden layer, one score an intent.

A scikit-learn classifier on numpy alone, trained in seconds: features and hidden units are
dropped out at random (Srivastava et al., 2014), steps are Adam's (Kingma and Ba, 2015), and
only the rows that a batch touches are moved. Several members that start differently are one
wider network in the end: their scores are averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin

Floats = NDArray[np.float32]
Place = NDArray[np.int32] | slice
_ALL = slice(None)
_DECAY, _DECAY_OF_SQUARES, _TINY = 0.9, 0.999, 1e-8
_LOUDNESS = np.float32(4.0)  # rows have a length of about one; the first layer wants more


class SparseNetwork(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """Feature rows in, a score for each intent out."""

    def __init__(
        self,
        hidden: int = 256,
        members: int = 1,
        epochs: int = 6,
        rate: float = 2e-3,
        drop_features: float = 0.3,
        drop_hidden: float = 0.4,
        batch: int = 128,
        seed: int = 7,
    ) -> None:
        self.hidden, self.members, self.epochs, self.rate = hidden, members, epochs, rate
        self.drop_features, self.drop_hidden = drop_features, drop_hidden
        self.batch, self.seed = batch, seed

    def fit(self, X: sparse.csr_matrix, y: ArrayLike) -> Self:  # noqa: N803 - scikit-learn's name
        self.classes_, truth = np.unique(y, return_inverse=True)
        rows = sparse.csr_matrix(X, dtype=np.float32) * _LOUDNESS
        members = [
            _Member(self, rows.shape[1], len(self.classes_), self.seed + number)
            for number in range(self.members)
        ]
        for member in members:
            member.learn(rows, truth)
        self.first_ = np.hstack([member.weights[0] for member in members]) * _LOUDNESS
        self.first_bias_ = np.hstack([member.weights[1] for member in members])
        self.second_ = np.vstack([member.weights[2] for member in members]) / self.members
        self.second_bias_ = sum(member.weights[3] for member in members) / self.members
        return self

    def decision_function(self, X: sparse.csr_matrix) -> Floats:  # noqa: N803
        hidden = np.maximum(X @ self.first_ + self.first_bias_, 0)
        scores: Floats = hidden @ self.second_ + self.second_bias_
        return scores

    def predict(self, X: sparse.csr_matrix) -> NDArray[np.str_]:  # noqa: N803
        chosen: NDArray[np.str_] = self.classes_[self.decision_function(X).argmax(axis=1)]
        return chosen


class _Member:
    """One network while it learns."""

    def __init__(self, settings: SparseNetwork, features: int, intents: int, seed: int) -> None:
        self._settings, self._random = settings, np.random.default_rng(seed)
        hidden = settings.hidden
        self.weights: list[Floats] = [
            self._normal((features, hidden), 0.008),
            np.zeros(hidden, np.float32),
            self._normal((hidden, intents), hidden**-0.5),
            np.zeros(intents, np.float32),
        ]
        self._means = [np.zeros_like(weights) for weights in self.weights]
        self._squares = [np.zeros_like(weights) for weights in self.weights]
        self._steps = 0

    def learn(self, rows: sparse.csr_matrix, truth: NDArray[np.intp]) -> None:
        for epoch in range(self._settings.epochs):
            rate = self._settings.rate * (1 - epoch / self._settings.epochs)
            order = self._random.permutation(rows.shape[0])
            for start in range(0, len(order), self._settings.batch):
                chosen = order[start : start + self._settings.batch]
                self._step(rows[chosen], truth[chosen], rate)

    def _step(self, rows: sparse.csr_matrix, truth: NDArray[np.intp], rate: float) -> None:
        rows.data *= self._kept(rows.data.shape, self._settings.drop_features)
        first, first_bias, second, second_bias = self.weights
        kept = self._kept((rows.shape[0], first.shape[1]), self._settings.drop_hidden)
        reached = rows @ first + first_bias
        kept[reached <= 0] = 0
        hidden = reached * kept
        error = _likelihoods(hidden @ second + second_bias)
        error[np.arange(len(truth)), truth] -= 1
        error /= len(truth)
        back = (error @ second.T) * kept
        touched = np.unique(rows.indices)
        slopes = (
            rows.T.tocsr()[touched] @ back,
            back.sum(axis=0),
            hidden.T @ error,
            error.sum(axis=0),
        )
        self._move(slopes, (touched, _ALL, _ALL, _ALL), rate)

    def _move(self, slopes: Sequence[Floats], places: Sequence[Place], rate: float) -> None:
        """One step of Adam, on the rows that were touched."""
        self._steps += 1
        warm = (1 - _DECAY_OF_SQUARES**self._steps) ** 0.5 / (1 - _DECAY**self._steps)
        parts = zip(self.weights, self._means, self._squares, slopes, places, strict=True)
        for weights, means, squares, slope, at in parts:
            mean = means[at] * _DECAY + slope * (1 - _DECAY)
            square = squares[at] * _DECAY_OF_SQUARES + slope * slope * (1 - _DECAY_OF_SQUARES)
            means[at], squares[at] = mean, square
            weights[at] -= np.float32(rate * warm) * mean / (np.sqrt(square) + _TINY)

    def _kept(self, shape: tuple[int, ...], dropped: float) -> Floats:
        kept: Floats = (self._random.random(shape, np.float32) >= dropped).astype(np.float32)
        return kept / np.float32(1 - dropped)

    def _normal(self, shape: tuple[int, int], spread: float) -> Floats:
        return self._random.standard_normal(shape, np.float32) * np.float32(spread)


def _likelihoods(scores: Floats) -> Floats:
    shares: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return shares
