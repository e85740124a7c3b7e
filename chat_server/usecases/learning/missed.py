"""Sentences that no skill took: kept for labelling while the customer lets us.

Only under consent (b), the content of chats. A recalled message, a withdrawn consent and
time each take a sentence away again; one that several said stays while one of them is left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import structlog
from msgspec.structs import replace

from bots.contract import Labelled
from chat_server.domain.errors import VersionConflict
from chat_server.domain.facts import Change, Purpose
from chat_server.domain.ids import service_parties
from chat_server.domain.learning import DISCARDED, MOST_SAYERS, Label, Missed
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.learning.drawer import Drawer

log = structlog.get_logger()

MOST_KEPT = 2_000  # sentences that wait; more of them wait for nobody
MOST_LABELS = 50_000
LONGEST_SHAPE = 300
_TRIES = 5


class MissedSentences:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self.missed = Drawer(store.shelf, "bot_missed", Missed)
        self.labels = Drawer(store.shelf, "bot_label", Label)

    async def keep(self, shape: str, turn: str) -> None:
        """Once for each turn. What somebody labelled or discarded before is not asked again."""
        name = name_of(shape)
        if len(shape) > LONGEST_SHAPE or not await self._allowed(turn):
            return
        if await self.labels.get(name) is not None:
            return
        for _ in range(_TRIES):
            try:
                await self._hear(name, shape, turn)
            except VersionConflict:  # another customer said it too, just now
                continue
            return
        log.warning("missed_sentence_not_kept", turn=turn)

    async def _hear(self, name: str, shape: str, turn: str) -> None:
        now_ms = self._clock.now_ms()
        one, version = await self.missed.find(name) or (Missed(shape, 0, (), now_ms, now_ms), 0)
        if turn in one.turns:
            return
        if version == 0 and await self.missed.count() >= MOST_KEPT:
            log.warning("missed_sentences_full", kept=MOST_KEPT)
            return
        turns = (*one.turns, turn)[-MOST_SAYERS:]
        heard = replace(one, times=one.times + 1, turns=turns, last_ms=now_ms)
        await self.missed.save(name, heard, version + 1, at_ms=now_ms)

    async def waiting(self, limit: int) -> tuple[Sequence[tuple[str, Missed]], int]:
        """By name, those said most often first; and how many wait in all."""
        every = [(name, one) for name, one, _ in await self.missed.all(MOST_KEPT)]
        every.sort(key=lambda pair: (-pair[1].times, -pair[1].last_ms, pair[0]))
        shown: list[tuple[str, Missed]] = []
        gone = 0
        for name, one in every:
            if len(shown) == limit:
                break
            if await self._still_said(name, one):
                shown.append((name, one))
            else:
                gone += 1
        return shown, len(every) - gone

    async def _still_said(self, name: str, one: Missed) -> bool:
        """False, and it is forgotten, when everybody who said it took it back."""
        if one.times > len(one.turns):
            return True
        sayers = {_sayer(turn) for turn in one.turns}
        granted = await self._store.consents.consenting(sayers, Purpose.CHAT_CONTENT)
        for turn in one.turns:
            if _sayer(turn) not in granted:  # withdrawn just now
                continue
            conv, _, seq = turn.rpartition(":")
            forms = await self._store.messages.forms(conv, [int(seq)])
            form = forms.get(int(seq))
            if form is None or not form.recalled:
                return True
        await self.missed.drop(name)
        return False

    async def lesson(self) -> Sequence[Labelled]:
        """All that people labelled, for training."""
        every = await self.labels.all(MOST_LABELS)
        return [Labelled(one.shape, one.intent) for _, one, _ in every if one.intent != DISCARDED]

    async def on_change(self, change: Change) -> None:
        """Behind the outbox: who withdraws the consent is no longer one of those who said it."""
        fact = change.fact
        if (
            fact is not None
            and fact.kind == "consent_changed"
            and not fact.detail.get("granted")
            and fact.detail.get("purpose") == Purpose.CHAT_CONTENT
        ):
            await self._forget(fact.subject)

    async def _forget(self, customer: str) -> None:
        for name, one, version in await self.missed.all(MOST_KEPT):
            left = [turn for turn in one.turns if _sayer(turn) != customer]
            if len(left) == len(one.turns):
                continue
            if left:
                fewer = replace(one, turns=left, times=one.times - len(one.turns) + len(left))
                await self.missed.save(name, fewer, version + 1, at_ms=one.last_ms)
            else:
                await self.missed.drop(name)

    async def _allowed(self, turn: str) -> bool:
        customer = _sayer(turn)
        granted = await self._store.consents.consenting([customer], Purpose.CHAT_CONTENT)
        return customer in granted


def name_of(shape: str) -> str:
    """The same sentence, whoever says it, has one name."""
    return hashlib.sha256(shape.encode()).hexdigest()[:32]


def _sayer(turn: str) -> str:
    _, customer = service_parties(turn.rpartition(":")[0]) or ("", "")
    return customer
