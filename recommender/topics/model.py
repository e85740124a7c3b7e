"""Topics as non-negative factors of TF-IDF weights, and how much of each a text has.

Read by serving, published by training; plain arrays. A topic is named by its own strongest terms,
or by the bank's product that these are about.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from recommender.artefacts import signed
from recommender.contract import RecommenderError, TextTopic, Topic
from recommender.topics.terms import terms

FOLDER: Final = "topic-models"
_FACTORS: Final = "factors.npy"
_RARITY: Final = "rarity.npy"
_DESCRIPTION: Final = "model.json"
_ROUNDS: Final = 50  # of multiplicative updates: enough for a dozen topics
_LEAST_SHARE: Final = 0.2  # below it, a text is not about a topic
_LEAST_TERMS: Final = 2  # different ones that the model knows
_MOST_TOPICS: Final = 3  # of one text
_NOTHING: Final = 1e-6  # of a mixture: none of its terms belongs to a topic

Matrix = NDArray[np.float32]


class Description(msgspec.Struct, frozen=True, kw_only=True, tag="elian-topics-1"):
    """What the arrays mean; the tag is the format."""

    terms: tuple[str, ...]
    topics: tuple[Topic, ...]
    trained_at: datetime


class TopicModel(msgspec.Struct, frozen=True, kw_only=True):
    version: str
    terms: dict[str, int]  # to its column
    topics: tuple[Topic, ...]
    factors: Matrix  # topics x terms, each row of length one
    rarity: Matrix  # of each term

    def of(self, text: str) -> list[TextTopic]:
        """What the text is about, most first; nothing for what the model has no terms of."""
        counts = Counter(self.terms[term] for term in terms(text) if term in self.terms)
        if len(counts) < _LEAST_TERMS:
            return []
        places = np.array(sorted(counts), np.intp)
        weights = (1 + np.log([counts[int(at)] for at in places])) * self.rarity[places]
        shares = self._shares(weights / np.linalg.norm(weights), places)
        order = np.argsort(-shares, kind="stable")[:_MOST_TOPICS]
        found: dict[str, float] = {}
        for at in order.tolist():
            if shares[at] >= _LEAST_SHARE:
                name = self.topics[at].name
                found[name] = found.get(name, 0.0) + float(shares[at])
        return [TextTopic(name, min(share, 1.0)) for name, share in found.items()]

    def _shares(self, weights: NDArray[np.float64], places: NDArray[np.intp]) -> Matrix:
        """The non-negative mixture of topics that comes closest (Lee and Seung 2001)."""
        known = self.factors[:, places].astype(np.float64)
        wanted, gram = known @ weights, (self.factors @ self.factors.T).astype(np.float64)
        mixture = np.maximum(wanted, 0) + 1e-9
        for _ in range(_ROUNDS):
            mixture *= wanted / np.maximum(gram @ mixture, 1e-12)
        total = mixture.sum()
        if total < _NOTHING:
            return np.zeros(len(mixture), np.float32)
        found: Matrix = (mixture / total).astype(np.float32)
        return found


def publish(
    models: Path, described: Description, factors: Matrix, rarity: Matrix, report: bytes
) -> str:
    """Write the model as a new version, make it the current one, and return the version."""
    files: dict[str, bytes | signed.Array] = {
        _FACTORS: factors,
        _RARITY: rarity,
        _DESCRIPTION: msgspec.json.encode(described),
    }
    version = signed.publish(models, files, described.trained_at, report)
    load(models, version)
    signed.promote(models, version)
    return version


def load(models: Path, version: str) -> TopicModel:
    """The model, if every byte of it is the one that was signed here."""
    files = signed.opened(models, version, (_FACTORS, _RARITY, _DESCRIPTION))
    try:
        described = msgspec.json.decode(files[_DESCRIPTION], type=Description)
        factors, rarity = (signed.array(files[name]) for name in (_FACTORS, _RARITY))
    except (ValueError, msgspec.MsgspecError) as exc:
        raise RecommenderError(f"model {version} is damaged: {exc}") from exc
    wide = len(described.terms)
    if factors.shape != (len(described.topics), wide) or rarity.shape != (wide,):
        raise RecommenderError("the model's arrays do not fit its description")
    if not all(one.dtype == np.float32 and np.isfinite(one).all() for one in (factors, rarity)):
        raise RecommenderError("the model's arrays are not plain numbers")
    return TopicModel(
        version=version,
        terms={term: place for place, term in enumerate(described.terms)},
        topics=described.topics,
        factors=factors.astype(np.float32, copy=False),
        rarity=rarity.astype(np.float32, copy=False),
    )
