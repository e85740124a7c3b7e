"""The intent classifier: character and word n-grams, logistic regression, calibrated.

Trained by scikit-learn from our own sentences in about a second, the same each time. For
predicting, the fitted weights are read out into one table from n-gram to a row of scores:
a sentence then costs some dictionary look-ups instead of a sparse matrix.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.multiclass import OneVsRestClassifier

from bots.understanding.corpus import Example

_LONGEST_GRAM = 3
_HELD_OUT = 0.25  # of the sentences, for calibrating
_SEED = 7
_UNSEEN = 0.6  # how much an n-gram never seen takes from the others' say
_STRENGTH = 100.0  # C of the regression: few sentences, so that single n-grams may speak up
_PIECE = re.compile("[a-z]+|[\u3400-\u9fff]+|[0-9]+|#|[^\\s\\w]")

Scores = NDArray[np.float64]


class Guess(NamedTuple):
    """The likeliest intent and how likely it is."""

    intent: str
    confidence: float


class Weights(NamedTuple):
    """What a fit leaves: a row of intent scores for each n-gram, its rarity in the last place."""

    intents: Sequence[str]
    rows: dict[str, Scores]
    bias: Scores
    unseen_rarity: float

    def scores(self, shape: str) -> Scores:
        """How much speaks for each intent. What was never seen counts as something else meant."""
        seen, unseen = [], 0
        for gram, count in Counter(grams(shape)).items():
            row = self.rows.get(gram)
            if row is None:
                unseen += 1
            else:
                seen.append(row if count == 1 else row * count)
        if not seen:
            return self.bias
        table = np.array(seen)
        squares = float((table[:, -1] ** 2).sum()) + unseen * self.unseen_rarity**2
        return cast("Scores", table[:, :-1].sum(axis=0) / math.sqrt(squares) + self.bias)


class IntentClassifier:
    """Weights, and the temperature that makes their confidences honest."""

    def __init__(self, weights: Weights, temperature: float) -> None:
        self._weights, self._temperature = weights, temperature

    def guess(self, shape: str) -> Guess:
        """The likeliest intent."""
        scores = self._weights.scores(shape) / self._temperature
        likelihood = np.exp(scores - scores.max())
        best = int(likelihood.argmax())
        return Guess(self._weights.intents[best], float(likelihood[best] / likelihood.sum()))


def grams(shape: str) -> list[str]:
    """Words, pairs of words, and pieces of up to three characters of each word."""
    words = _PIECE.findall(shape)
    found = [f"w:{word}" for word in words]
    found += [f"w:{first} {second}" for first, second in itertools.pairwise(words)]
    for word in words:
        framed = f"<{word}>"
        for size in range(1, _LONGEST_GRAM + 1):
            found += [f"c:{framed[at : at + size]}" for at in range(len(framed) - size + 1)]
    found.append("".join(("length:", str(min(len(words), 6)))))
    return found


def train(shapes: Sequence[Example]) -> IntentClassifier:
    """Fit on sentences whose details are already replaced by stand-ins."""
    labels = [example.intent for example in shapes]
    kept, held_out = train_test_split(
        shapes, test_size=_HELD_OUT, stratify=labels, random_state=_SEED
    )
    return IntentClassifier(_fit(shapes), _temperature(_fit(kept), held_out))


def _fit(shapes: Sequence[Example]) -> Weights:
    vectorizer = TfidfVectorizer(analyzer=grams, norm="l2")
    matrix = vectorizer.fit_transform([example.sentence for example in shapes])
    # One intent against the rest with liblinear: as exact as one joint fit, and ten times faster.
    one = LogisticRegression(solver="liblinear", C=_STRENGTH, class_weight="balanced")
    model = OneVsRestClassifier(one).fit(matrix, [example.intent for example in shapes])
    weights = np.vstack([fitted.coef_[0] for fitted in model.estimators_])
    bias = np.array([fitted.intercept_[0] for fitted in model.estimators_])
    rarity = vectorizer.idf_
    rows = {
        gram: np.append(weights[:, column] * rarity[column], rarity[column])
        for gram, column in vectorizer.vocabulary_.items()
    }
    intents = [str(name) for name in model.classes_]
    return Weights(intents, rows, bias, _UNSEEN * float(rarity.max()))


def _temperature(weights: Weights, held_out: Sequence[Example]) -> float:
    """The one number that makes confidences fit held-out sentences (temperature scaling)."""
    scores = np.array([weights.scores(example.sentence) for example in held_out])
    truth = np.searchsorted(weights.intents, [example.intent for example in held_out])
    candidates = np.geomspace(0.2, 5.0, 60)
    return float(min(candidates, key=lambda heat: _log_loss(scores / heat, truth)))


def _log_loss(scores: Scores, truth: NDArray[np.intp]) -> float:
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_likelihood = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -float(log_likelihood[np.arange(len(truth)), truth].mean())
