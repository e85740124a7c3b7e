"""The builder of the bots; bootstrap and the command line come in here, nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bots.contract import Bot, Herald, Labelled, Lesson, Places, Pupil, Understanding
from bots.dialogue.bot import ServiceBot
from bots.dispatcher import Dispatcher
from bots.phrasing.herald import PhrasedHerald
from bots.transactions.steps import Bank

if TYPE_CHECKING:
    from bots.understanding.evaluation import OwnReport, PublicReport
    from bots.understanding.living import LivingReader

__all__ = [
    "Bank",
    "Bots",
    "evaluate_dataset",
    "evaluate_own",
    "open_bots",
    "open_pupil",
    "open_understanding",
    "teach",
    "train_understanding",
]


class Bots(msgspec.Struct, frozen=True):
    """What the house needs of the bots."""

    bot: Bot
    herald: Herald
    understanding: Understanding
    pupil: Pupil


def open_bots(bank: Bank, places: Places | None = None) -> Bots:
    """Bots that work on this bank. The understanding is read in once a process.

    `places`: where a customer may send money in the chat; none: nothing is sent there.
    """
    understanding = _living()
    bot = ServiceBot(bank, understanding, places)
    return Bots(Dispatcher(bot), PhrasedHerald(), understanding, understanding)


def open_pupil() -> Pupil:
    """An understanding that can be taught, for those who try a model."""
    return _living()


def _living() -> LivingReader:
    from bots.understanding.living import LivingReader  # noqa: PLC0415 - only when asked for

    return LivingReader()


def open_understanding() -> Understanding:
    """The understanding alone, for those who need no bank."""
    from bots.understanding.reader import trained_reader  # noqa: PLC0415 - only when asked for

    return trained_reader()


def evaluate_dataset(name: str, folder: Path) -> PublicReport:
    """Our recipe on a public set; DatasetError: it cannot be read."""
    from bots.understanding import evaluation  # noqa: PLC0415 - scikit-learn: a second

    return evaluation.evaluate_dataset(name, folder)


def evaluate_own() -> OwnReport:
    """Our own intents and slots, by cross-validation."""
    from bots.understanding import evaluation  # noqa: PLC0415 - scikit-learn: a second

    return evaluation.evaluate_own()


def train_understanding() -> tuple[Path, int]:
    """Train on the sentences that are there, and put the model beside them: where, and its bytes.

    Servers take it at their next start. OSError: the place cannot be written.
    """
    from bots.understanding.shipping import ship  # noqa: PLC0415 - scikit-learn: a second

    return ship()


def teach(labelled: Sequence[Labelled], model: bytes = b"", model_corpus: str = "") -> Lesson:
    """A new model that also learnt these, compared with that one; empty: with the shipped one.

    Takes a minute of a core. BotError: the model in use is damaged.
    """
    from bots.understanding import teaching  # noqa: PLC0415 - scikit-learn: a second

    return teaching.teach(labelled, model, model_corpus)
