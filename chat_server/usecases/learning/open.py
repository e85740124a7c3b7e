"""The learning's use cases, put together; and what runs of them until the house stops."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from bots.contract import NotUnderstood, Pupil, SkillStep
from chat_server.domain.errors import ChatError
from chat_server.ports.blob import BlobStore
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.learning.funnel import DAY_MS, SkillFigures
from chat_server.usecases.learning.labelling import Labelling
from chat_server.usecases.learning.missed import MissedSentences
from chat_server.usecases.learning.models import BotModels

log = structlog.get_logger()

LOOK_S = 2.0
SWEEP_EVERY = 150  # looks
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
        """Until cancelled: take up the model that is in use, and forget what is too old."""
        looks = 0
        while True:
            try:
                await self.models.take_up(self.pupil)
            except ChatError as exc:  # damaged, or the store is away: the old one answers on
                log.error("bot_model_not_taken_up", reason=type(exc).__name__)  # noqa: TRY400 - said in one line
            except Exception:
                log.exception("bot_model_not_taken_up")
            if looks % SWEEP_EVERY == 0:
                await self._sweep_or_log()
            looks += 1
            await self.clock.sleep(LOOK_S)

    async def sweep(self) -> None:
        """Forget sentences that nobody labelled in time, and attempts that are not shown."""
        now_ms = self.clock.now_ms()
        old = now_ms - self.days * DAY_MS
        while await self.sentences.missed.sweep(old, SWEPT_AT_ONCE) == SWEPT_AT_ONCE:
            pass
        old = now_ms - FIGURES_DAYS * DAY_MS
        while await self.figures.attempts.sweep(old, SWEPT_AT_ONCE) == SWEPT_AT_ONCE:
            pass

    async def _sweep_or_log(self) -> None:
        try:
            await self.sweep()
        except Exception:
            log.exception("bot_learning_not_swept")


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
