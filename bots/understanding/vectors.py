"""Sentences as rows of numbers: what the features weigh, learnt from the training sentences.

A scikit-learn transformer; only training needs it. TF is 1 + ln(count), IDF is
ln((1 + n) / (1 + sentences with it)) + 1, and each kind of features is scaled to a length of
its own (Salton and Buckley, 1988).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin

from bots.understanding.features import Feature, Rarity, kinds


class SentenceFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """Sentences to rows of weights.

    Of each kind (runs, pieces, pairs): `say`, how much it says; `fewest`, in how many sentences
    a feature must stand to be known. `unseen`: how much a stranger counts towards the length
    of its kind, as a share of the rarest feature's rarity.
    """

    def __init__(
        self,
        say: Sequence[float] = (1.0, 1.0, 0.7),
        fewest: Sequence[int] = (2, 3, 6),
        unseen: float = 0.0,
    ) -> None:
        self.say, self.fewest, self.unseen = say, fewest, unseen

    def fit(self, X: Iterable[str], y: object = None) -> Self:  # noqa: ARG002, N803 - scikit-learn's signature
        spread: list[Counter[str]] = [Counter() for _ in self.say]
        sentences = list(X)
        for sentence in sentences:
            for often, found in zip(spread, kinds(sentence), strict=True):
                often.update(set(found))
        known: dict[str, Feature] = {}
        for often, fewest in zip(spread, self.fewest, strict=True):
            for name, seen in sorted(often.items()):
                if seen >= fewest:
                    known[name] = Feature(len(known), _rarity(seen, len(sentences)))
        stranger = self.unseen * _rarity(0, len(sentences))
        self.rarity_ = Rarity(known, stranger, tuple(self.say))
        return self

    def transform(self, X: Iterable[str]) -> sparse.csr_matrix:  # noqa: N803
        rows: list[int] = []
        weights: list[float] = []
        ends = [0]
        for sentence in X:
            found, weighed = self.rarity_.weigh(sentence)
            rows += found
            weights += weighed
            ends.append(len(rows))
        content = (np.array(weights, np.float32), np.array(rows, np.int32), np.array(ends))
        return sparse.csr_matrix(content, shape=(len(ends) - 1, len(self.rarity_.known)))


def _rarity(seen: int, sentences: int) -> float:
    return math.log((1 + sentences) / (1 + seen)) + 1
