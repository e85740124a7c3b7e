"""Labelling: people say what a sentence means, or that it is nothing worth learning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from bots.contract import Language, Meant, Pupil
from chat_server.domain.errors import InvalidValue, NotFound
from chat_server.domain.facts import Fact
from chat_server.domain.learning import DISCARDED, Label, Missed
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.learning.missed import MOST_LABELS, MissedSentences

SUGGESTED = 4


class Waiting(msgspec.Struct, frozen=True):
    """A sentence to label, and what the model in use would say it is."""

    name: str
    missed: Missed
    suggested: Sequence[Meant]


class Labelling:
    def __init__(
        self, store: Store, sentences: MissedSentences, pupil: Pupil, clock: Clock
    ) -> None:
        self._store, self._sentences, self._pupil, self._clock = store, sentences, pupil, clock

    def intents(self, language: str) -> Mapping[str, str]:
        """Every intent that a sentence can be given, and its name in that language."""
        return self._pupil.intents(Language(language))

    async def waiting(self, limit: int) -> tuple[Sequence[Waiting], int]:
        """Those said most often first, and how many wait in all."""
        shown, count = await self._sentences.waiting(limit)
        return [
            Waiting(name, one, self._pupil.suggest(one.shape, SUGGESTED)) for name, one in shown
        ], count

    async def label(self, user: str, name: str, intent: str) -> None:
        """Say what it means. InvalidValue, NotFound; VersionConflict when somebody just did."""
        if intent not in self._pupil.intents(Language.ZH):
            raise InvalidValue("intent: the bots know no such intent")
        await self._decide(user, name, intent)

    async def discard(self, user: str, name: str) -> None:
        """Nothing is to be learnt of it; its words are forgotten, and it is not asked again."""
        await self._decide(user, name, DISCARDED)

    async def labels(self, limit: int) -> Sequence[tuple[str, Label]]:
        """What people said, the latest first."""
        every = await self._sentences.labels.all(MOST_LABELS)
        kept = [(name, one) for name, one, _ in every if one.intent != DISCARDED]
        return sorted(kept, key=lambda pair: (-pair[1].at_ms, pair[0]))[:limit]

    async def take_back(self, user: str, name: str) -> None:
        """A label that was wrong is gone; said again, the sentence waits again. NotFound."""
        if not await self._sentences.labels.drop(name):
            raise NotFound("no such label")
        await self._store.audit.record(self._fact("bot_label_taken_back", user, name, ""))

    async def _decide(self, user: str, name: str, intent: str) -> None:
        drawers = self._sentences
        found = await drawers.missed.find(name)
        if found is None:
            raise NotFound("no such sentence")
        shape = "" if intent == DISCARDED else found[0].shape
        label = Label(shape, intent, user, self._clock.now_ms())
        kind = "bot_sentence_labelled" if intent else "bot_sentence_discarded"
        await self._store.shelf.save(
            [drawers.labels.kept(name, label, 1)],
            gone=[drawers.missed.kept(name, *found)],
            facts=[self._fact(kind, user, name, intent)],
        )

    def _fact(self, kind: str, user: str, name: str, intent: str) -> Fact:
        detail = {"intent": intent} if intent else {}
        return Fact(kind, user, name, self._clock.now_ms(), detail)
