"""Training an intent classifier: one recipe for our own intents and for the public sets.

Sentences in, a classifier out, the same each time. Nothing of what a model is judged by is
seen here: settings were chosen on validation data or by cross-validation within training data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline

from bots.understanding.classifier import Floats, IntentClassifier, Layers, in_bytes, likelihoods
from bots.understanding.corpus import UNKNOWN, Example
from bots.understanding.network import SparseNetwork
from bots.understanding.vectors import SentenceFeatures

_TEMPERATURES = np.geomspace(0.2, 5.0, 60)
_SEED = 7


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """All that can be chosen about a training."""

    say: tuple[float, float, float] = (1.0, 1.0, 0.7)  # of runs, pieces, pairs
    fewest: tuple[int, int, int] = (2, 3, 5)  # sentences in which a feature must stand
    unseen: float = 0.0
    hidden: int = 256
    members: int = 1
    epochs: int = 6
    batch: int = 128
    drop_features: float = 0.3
    drop_hidden: float = 0.4
    outside_times: int = 1  # how often each sentence outside of all intents is learnt
    finest: int = 127  # steps of a weight in its byte, each way
    calibration_folds: int = 4  # one of these parts is held out to find the temperature


OURS = Recipe(
    say=(1.0, 1.0, 0.7),
    fewest=(1, 2, 2),
    unseen=0.4,
    hidden=64,
    members=2,
    epochs=12,
    batch=64,
    finest=7,
)


def learn(examples: Sequence[Example], recipe: Recipe) -> IntentClassifier:
    """Fit on all examples, at the temperature that fitted held-out ones."""
    kept, held_out = next(parted(examples, recipe.calibration_folds))
    temperature = _temperature(_fitted(kept, recipe), held_out)
    model = _fitted(examples, recipe)
    features, network = model[0], model[1]
    first, units = in_bytes(network.first_, recipe.finest)
    layers = Layers(first, units, network.first_bias_, network.second_, network.second_bias_)
    intents = [str(name) for name in network.classes_]
    return IntentClassifier(intents, features.rarity_, layers, temperature)


def parted(
    examples: Sequence[Example], folds: int
) -> Iterator[tuple[list[Example], list[Example]]]:
    """What is kept and what is held out, each intent spread evenly, in each of so many ways."""
    labels = [example.intent for example in examples]
    ways = StratifiedKFold(folds, shuffle=True, random_state=_SEED)
    for kept, held_out in ways.split(labels, labels):
        yield [examples[at] for at in kept], [examples[at] for at in held_out]


def _fitted(examples: Sequence[Example], recipe: Recipe) -> Pipeline:
    learnt = [
        example
        for example in examples
        for _ in range(recipe.outside_times if example.intent == UNKNOWN else 1)
    ]
    model = make_pipeline(
        SentenceFeatures(recipe.say, recipe.fewest, recipe.unseen),
        SparseNetwork(
            hidden=recipe.hidden,
            members=recipe.members,
            epochs=recipe.epochs,
            batch=recipe.batch,
            drop_features=recipe.drop_features,
            drop_hidden=recipe.drop_hidden,
        ),
    )
    return model.fit([one.sentence for one in learnt], [one.intent for one in learnt])


def _temperature(model: Pipeline, held_out: Sequence[Example]) -> float:
    """The one number that makes confidences fit held-out sentences."""
    scores = model.decision_function([example.sentence for example in held_out])
    truth = np.searchsorted(model.classes_, [example.intent for example in held_out])
    return float(min(_TEMPERATURES, key=lambda heat: _log_loss(scores, truth, heat)))


def _log_loss(scores: Floats, truth: NDArray[np.intp], heat: float) -> float:
    right = likelihoods(scores, heat)[np.arange(len(truth)), truth]
    return -float(np.log(np.maximum(right, 1e-12)).mean())
