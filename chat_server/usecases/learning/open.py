"""The learning's use cases, put together; and what runs of them until the house stops."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from bots.contract import NotUnderstood, Pupil, SkillStep
from chat_server.ports.blob import BlobStore
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.learning.funnel import DAY_MS, SkillFigures
from chat_server.usecases.learning.labelling import Labelling
from chat_server.usecases.learning.missed import MissedSentences
from chat_server.usecases.learning.models import BotModels
from chat_server.usecases.rounds import in_rounds

LOOK_S = 2.0
SWEEP_S = 300.0
SWEPT_AT_ONCE = 1_000
FIGURES_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class BotLearning:
    """`days`: how long a sentence that nobody labelled is kept."""

    sentences: MissedSentences
    labelling: Labelling
    models: BotModels
    figures: SkillFigures
    pupil: Pupil
    clock: Clock
    days: int

    async def hear(self, effect: NotUnderstood | SkillStep, turn: str) -> None:
        """What a bot tells of its turn; told again, it counts once."""
        if isinstance(effect, SkillStep):
            await self.figures.note(effect)
        else:
            await self.sentences.keep(effect.shape, turn)

    async def run(self) -> None:
        """Until cancelled: take up the model that is in use, and forget what is too old.

        One that is damaged is not taken up: the old one answers on.
        """
        async with asyncio.TaskGroup() as tasks:
            for look, every_s, failed in (
                (partial(self.models.take_up, self.pupil), LOOK_S, "bot_model_not_taken_up"),
                (self.sweep, SWEEP_S, "bot_learning_not_swept"),
            ):
                tasks.create_task(in_rounds(look, self.clock, every_s=every_s, failed=failed))

    async def sweep(self) -> None:
        """Forget sentences that nobody labelled in time, and attempts that are not shown."""
        now_ms = self.clock.now_ms()
        old = now_ms - self.days * DAY_MS
        while await self.sentences.missed.sweep(old, SWEPT_AT_ONCE) == SWEPT_AT_ONCE:
            pass
        old = now_ms - FIGURES_DAYS * DAY_MS
        while await self.figures.attempts.sweep(old, SWEPT_AT_ONCE) == SWEPT_AT_ONCE:
            pass


def open_learning(
    store: Store, blobs: BlobStore, pupil: Pupil, clock: Clock, *, key: bytes, days: int
) -> BotLearning:
    sentences = MissedSentences(store, clock)
    return BotLearning(
        sentences=sentences,
        labelling=Labelling(store, sentences, pupil, clock),
        models=BotModels(store, blobs, clock, key),
        figures=SkillFigures(store, clock),
        pupil=pupil,
        clock=clock,
        days=days,
    )
