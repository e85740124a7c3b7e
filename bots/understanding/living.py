"""The understanding that goes on learning: the model in use can be replaced between two sentences.

Rules, slots and set phrases stay; only the classifier is another. What is asked of it while
it is replaced is answered by the one or by the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bots.contract import Language, Meant, Understood
from bots.phrasing.words import words_in
from bots.understanding import artefact, corpus
from bots.understanding.classifier import likelihoods
from bots.understanding.reader import trained_reader


class LivingReader:
    """Implements `Understanding` and `Pupil`."""

    def __init__(self) -> None:
        self._reader = trained_reader()

    def understand(self, sentence: str) -> Understood:
        """Pure, and fast enough for the hot path; text of any length and kind is taken."""
        return self._reader.understand(sentence)

    def intents(self, language: Language) -> Mapping[str, str]:
        words = words_in(language)
        named = {
            name: (f"topic.{name}", f"intent.{name}") for name in self._reader.classifier.intents
        }
        return {
            name: next((words.say(key) for key in keys if words.knows(key)), name)
            for name, keys in named.items()
        }

    def suggest(self, shape: str, most: int) -> Sequence[Meant]:
        classifier = self._reader.classifier
        shares = likelihoods(classifier.scores(shape), classifier.temperature)
        likely = shares.argsort()[::-1][: max(most, 0)]
        return [Meant(classifier.intents[at], round(float(shares[at]), 4)) for at in likely]

    def adopt(self, model: bytes, corpus_digest: str) -> None:
        if not model:
            self._reader = trained_reader()
            return
        if corpus_digest.partition(":")[0] != corpus.digest():
            raise artefact.DamagedModelError("the model learnt other sentences of ours")
        self._reader = trained_reader().with_classifier(artefact.decode(model, corpus_digest))
