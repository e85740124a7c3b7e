"""Learning from what people labelled: a new model beside the one in use, and which is better.

Two comparisons. By cross-validation over all that may be learnt: the same sentences are
judged by models that had the labelled ones and by models that had only ours. And on
sentences that no model ever learns (`corpus.unseen`, and every fifth labelled one, by its
digest): there the very models are judged that would go out and come in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import msgspec

from bots.contract import Judged, Labelled, Lesson
from bots.understanding import artefact, corpus
from bots.understanding.classifier import IntentClassifier
from bots.understanding.corpus import UNKNOWN, Example
from bots.understanding.learning import OURS, Recipe, learn, parted
from bots.understanding.reader import SURE_ENOUGH, shapes, trained_reader

_FOLDS = 3
_HELD_OUT_OF = 5
_WORSE = 0.1  # of an intent's sentences: said in the report when so many more are lost
Learn = Callable[[Sequence[Example], Recipe], IntentClassifier]


class Material(msgspec.Struct, frozen=True):
    """Ours, what was labelled to learn, and what only judges."""

    ours: Sequence[Example]
    labelled: Sequence[Example]
    unseen: Sequence[Example]
    unseen_labelled: Sequence[Example]

    @property
    def digest(self) -> str:
        """Names all that is learnt: our sentences, and after a colon the labelled ones."""
        told = hashlib.sha256()
        for one in sorted(self.labelled):
            told.update(f"{one.intent}\0{one.sentence}\0".encode())
        return f"{corpus.digest()}:{told.hexdigest()}"


def material(
    labelled: Sequence[Labelled], ours: Sequence[Example], unseen: Sequence[Example]
) -> Material:
    """Labelled shapes divided for ever in the same way; none of an intent that we do not have."""
    intents = {one.intent for one in ours}
    usable = {one.shape: Example(one.shape, one.intent) for one in labelled}
    found = sorted(one for one in usable.values() if one.intent in intents)
    return Material(
        shapes(ours),
        [one for one in found if not _judges(one.sentence)],
        shapes(unseen),
        [one for one in found if _judges(one.sentence)],
    )


def teach(
    labelled: Sequence[Labelled],
    model: bytes = b"",
    model_corpus: str = "",
    *,
    recipe: Recipe = OURS,
    ours: Sequence[Example] | None = None,
) -> Lesson:
    """Train on our sentences and the labelled ones, and compare with the model in use.

    `model` is that one as it was adopted; empty: the shipped one. The same again gives the
    same model. BotError: the model in use is damaged.
    """
    given = material(labelled, ours or corpus.examples(), corpus.unseen())
    former = artefact.decode(model, model_corpus) if model else trained_reader().classifier
    latter = learn([*given.ours, *given.labelled], recipe)
    saved = artefact.encode(latter, given.digest)
    latter = artefact.decode(saved, given.digest)  # judged as it will answer
    before, after, lost = _by_parts(given, recipe)
    judged = {
        "parts": (_judged(before), _judged(after)),
        "unseen": _both(former, latter, given.unseen),
        "labelled": _both(former, latter, given.unseen_labelled),
    }
    return Lesson(
        model=saved,
        corpus=given.digest,
        learnt=len(given.ours) + len(given.labelled),
        labelled=len(given.labelled),
        before={name: pair[0] for name, pair in judged.items()},
        after={name: pair[1] for name, pair in judged.items()},
        lost=lost,
    )


Pairs = Sequence[tuple[str, str]]  # what was meant, and what was understood


def _by_parts(given: Material, recipe: Recipe) -> tuple[Pairs, Pairs, dict[str, float]]:
    """Every sentence, judged by models that did not learn it: without and with the labelled."""
    everything = [*given.ours, *given.labelled]
    of_ours = set(given.ours)
    without: list[tuple[str, str]] = []
    with_them: list[tuple[str, str]] = []
    for kept, held_out in parted(everything, _FOLDS):
        only_ours = [one for one in kept if one in of_ours]
        without += _answers(learn(only_ours, recipe), held_out)
        with_them += _answers(learn(kept, recipe), held_out)
    recalls = _recalls(without), _recalls(with_them)
    lost = {
        intent: round(recalls[0][intent] - recalls[1][intent], 3)
        for intent in recalls[0]
        if recalls[0][intent] - recalls[1][intent] >= _WORSE
    }
    return without, with_them, lost


def _both(
    former: IntentClassifier, latter: IntentClassifier, sentences: Sequence[Example]
) -> tuple[Judged, Judged]:
    return _judged(_answers(former, sentences)), _judged(_answers(latter, sentences))


def _answers(model: IntentClassifier, sentences: Sequence[Example]) -> list[tuple[str, str]]:
    """As the bot would answer by the model alone: not sure enough is not understood."""
    guesses = [model.guess(one.sentence) for one in sentences]
    told = [one.intent if one.confidence >= SURE_ENOUGH else UNKNOWN for one in guesses]
    return [(one.intent, answer) for one, answer in zip(sentences, told, strict=True)]


def _judged(pairs: Pairs) -> Judged:
    inside = [meant == told for meant, told in pairs if meant != UNKNOWN]
    outside = [told == UNKNOWN for meant, told in pairs if meant == UNKNOWN]
    answered = [meant == told for meant, told in pairs if told != UNKNOWN]
    return Judged(len(pairs), _share(inside), _share(answered), _share(outside))


def _recalls(pairs: Pairs) -> dict[str, float]:
    hits: dict[str, list[bool]] = {}
    for meant, told in pairs:
        hits.setdefault(meant, []).append(meant == told)
    return {intent: _share(found) for intent, found in hits.items()}


def _share(hits: Sequence[bool]) -> float:
    return round(sum(hits) / len(hits), 4) if hits else 0.0


def _judges(shape: str) -> bool:
    """Whether this sentence is kept out of learning, now and whenever it is asked again."""
    return hashlib.sha256(shape.encode()).digest()[0] % _HELD_OUT_OF == 0
