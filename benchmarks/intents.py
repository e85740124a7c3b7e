"""What it costs to understand a sentence, beside plain TF-IDF and logistic regression.

python -m benchmarks.intents

Every training sentence of ours with some words more, one by one, so that none is a set phrase
that is looked up: the whole reader (slots, rules, set phrases, model), the shipped classifier
alone, and a scikit-learn pipeline of TF-IDF (words, pieces of words) with logistic regression
that learnt the same sentences in the same run. Limit: 1 ms p99 for the whole reader.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from statistics import quantiles

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from bots.open import open_understanding
from bots.understanding.artefact import decode
from bots.understanding.corpus import Example, digest, examples
from bots.understanding.reader import shapes
from bots.understanding.shipping import SHIPPED

LIMIT_US = 1000.0
ROUNDS = 3
SEED = 7
MORE = "谢谢 please"


def plain(learnt: Sequence[Example]) -> Pipeline:
    """The yardstick; its features are of the usual sizes."""
    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3), sublinear_tf=True)
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    model = make_pipeline(
        make_union(words, pieces), LogisticRegression(C=20, max_iter=40, tol=0.01)
    )
    return model.fit([one.sentence for one in learnt], [one.intent for one in learnt])


def costs_us(ask: Callable[[str], object], sentences: Sequence[str]) -> tuple[float, float]:
    """p50 and p99 of a core's time for one sentence, the best of some rounds each."""
    best = [min(_cost_us(ask, sentence) for _ in range(ROUNDS)) for sentence in sentences]
    cuts = quantiles(best, n=100)
    return cuts[49], cuts[98]


def _cost_us(ask: Callable[[str], object], sentence: str) -> float:
    begun = time.thread_time()
    ask(sentence)
    return (time.thread_time() - begun) * 1e6


def main() -> None:
    ours = shapes(examples())
    said = [f"{one.sentence} {MORE}" for one in examples()]
    random.Random(SEED).shuffle(said)
    yardstick = plain(ours)
    classifier = decode(SHIPPED.read_bytes(), digest())
    reader = open_understanding()
    print(f"{len(said)} sentences, the best of {ROUNDS} each; limit {LIMIT_US:.0f} µs p99")
    rows = {
        "reader, whole": costs_us(reader.understand, said),
        "classifier alone": costs_us(classifier.guess, said),
        "TF-IDF + LR": costs_us(lambda one: yardstick.predict_proba([one]), said[:1000]),
    }
    peer = rows["TF-IDF + LR"][1]
    for name, (middle, late) in rows.items():
        print(
            f"{name:18} p50 {middle:7.0f} µs  p99 {late:7.0f} µs"
            f"   {late / LIMIT_US:.2f} of the limit, {late / peer:.2f} of TF-IDF + LR"
        )


if __name__ == "__main__":
    main()
