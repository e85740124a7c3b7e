"""The intent classifier as it answers: a small network in single bytes, and how sure it is.

Comes from training or from a file; needs neither scikit-learn nor scipy. A sentence costs one
row of the first layer for each of its features. Confidences are calibrated by temperature
(Guo et al., 2017): of a hundred guesses at 0.9, about ninety are right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bots.understanding.corpus import UNKNOWN
from bots.understanding.features import Rarity

Floats = NDArray[np.float32]
Bytes = NDArray[np.int8]


class Guess(NamedTuple):
    """The likeliest intent and how likely it is; `outside`: that none of the intents is meant."""

    intent: str
    confidence: float
    outside: float


class Layers(NamedTuple):
    """What a training leaves. The first layer is bytes, each row with its own unit."""

    first: Bytes
    units: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats


class IntentClassifier:
    """Implements guessing; `intents` may hold UNKNOWN, for what is outside of all others."""

    def __init__(
        self, intents: Sequence[str], rarity: Rarity, layers: Layers, temperature: float
    ) -> None:
        self.intents, self.rarity, self.layers = tuple(intents), rarity, layers
        self.temperature = temperature
        self._outside = self.intents.index(UNKNOWN) if UNKNOWN in self.intents else None

    def guess(self, shape: str) -> Guess:
        """The likeliest intent of a sentence whose details are replaced by stand-ins."""
        likelihood = likelihoods(self.scores(shape), self.temperature)
        best = int(likelihood.argmax())
        outside = 0.0 if self._outside is None else float(likelihood[self._outside])
        return Guess(self.intents[best], float(likelihood[best]), outside)

    def scores(self, shape: str) -> Floats:
        """How much speaks for each intent."""
        rows, weights = self.rarity.weigh(shape)
        layers = self.layers
        weighed = np.array(weights, np.float32) * layers.units[rows]
        reached = weighed @ layers.first[rows].astype(np.float32) + layers.first_bias
        scores: Floats = np.maximum(reached, 0) @ layers.second + layers.second_bias
        return scores


def likelihoods(scores: Floats, temperature: float) -> Floats:
    """Softmax over the last axis, at that temperature."""
    scores = scores / temperature
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    share: Floats = shifted / shifted.sum(axis=-1, keepdims=True)
    return share


def in_bytes(first: Floats, finest: int) -> tuple[Bytes, Floats]:
    """Each row in whole steps of its own unit, from -finest to finest, and those units."""
    units = np.maximum(np.abs(first).max(axis=1), np.float32(1e-12)) / np.float32(finest)
    return np.rint(first / units[:, None]).astype(np.int8), units
