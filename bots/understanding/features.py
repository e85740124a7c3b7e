"""Features of a sentence: its words, word sequences, pieces of words, and pairs of words.

Three kinds, each with a say of its own: runs of up to three words (of Chinese, characters),
pieces of three and four letters, and which two words stand in one sentence, in any order.
Used alike for training and for answering. What the training never saw has no weight, but
counts towards the length of its kind: a sentence of strange words says little for any intent.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

LONGEST_RUN = 3
_PIECE_SIZES = (3, 4)
_LONGEST_SENTENCE = 60  # words; the pairs of more would be the sentence's whole cost
_WORD = re.compile(r"[a-z']+|[0-9]+|[\u3400-\u9fff]|#|[^\s\w]")


class Feature(NamedTuple):
    """Where a feature stands among the weights, and how rare it is."""

    row: int
    rarity: float


class Rarity(NamedTuple):
    """Each feature's row and rarity, what a stranger counts, and how much each kind says."""

    known: Mapping[str, Feature]
    unseen: float
    say: Sequence[float]

    def weigh(self, sentence: str) -> tuple[list[int], list[float]]:
        """The rows of the sentence's features, and the weight of each."""
        rows: list[int] = []
        weights: list[float] = []
        for kind, found in enumerate(kinds(sentence)):
            start, squares = len(weights), 0.0
            for name, count in Counter(found).items():
                feature = self.known.get(name)
                often = 1.0 + math.log(count) if count > 1 else 1.0
                if feature is None:
                    squares += (often * self.unseen) ** 2
                    continue
                weight = often * feature.rarity
                squares += weight * weight
                rows.append(feature.row)
                weights.append(weight)
            if squares:
                scale = self.say[kind] / math.sqrt(squares)
                weights[start:] = [weight * scale for weight in weights[start:]]
        return rows, weights


def words(sentence: str) -> list[str]:
    """Words of letters, numbers, single Chinese characters and signs, in order."""
    return _WORD.findall(sentence.lower().replace("’", "'"))[:_LONGEST_SENTENCE]


def kinds(sentence: str) -> tuple[list[str], list[str], list[str]]:
    """The names of the sentence's features, by kind; no name belongs to two kinds."""
    said = words(sentence)
    return list(_runs(said)), list(_pieces(said)), list(_pairs(said))


def _runs(said: Sequence[str]) -> Iterator[str]:
    yield from said
    framed = ["<", *said, ">"]
    for size in range(2, LONGEST_RUN + 1):
        for at in range(len(framed) - size + 1):
            yield " ".join(framed[at : at + size])


def _pieces(said: Sequence[str]) -> Iterator[str]:
    for word in said:
        if word[0].isascii() and len(word) > 1:
            framed = f"_{word}_"
            for size in _PIECE_SIZES:
                for at in range(len(framed) - size + 1):
                    yield framed[at : at + size] + "|"


def _pairs(said: Sequence[str]) -> Iterator[str]:
    once = sorted(set(said))
    for at, first in enumerate(once):
        for second in once[at + 1 :]:
            yield f"{first}&{second}"
