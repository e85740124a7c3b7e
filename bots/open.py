"""The builder of the bots; bootstrap and the command line come in here, nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bots.contract import Bot, Herald, Places, Understanding
from bots.dialogue.bot import ServiceBot
from bots.dispatcher import Dispatcher
from bots.phrasing.herald import PhrasedHerald
from bots.transactions.steps import Bank

if TYPE_CHECKING:
    from bots.understanding.evaluation import OwnReport, PublicReport

__all__ = [
    "Bank",
    "Bots",
    "evaluate_dataset",
    "evaluate_own",
    "open_bots",
    "open_understanding",
    "train_understanding",
]


class Bots(msgspec.Struct, frozen=True):
    """What the house needs of the bots."""

    bot: Bot
    herald: Herald
    understanding: Understanding


def open_bots(bank: Bank, places: Places | None = None) -> Bots:
    """Bots that work on this bank. The understanding is read in once a process.

    `places`: where a customer may send money in the chat; none: nothing is sent there.
    """
    understanding = open_understanding()
    bot = ServiceBot(bank, understanding, places)
    return Bots(Dispatcher(bot), PhrasedHerald(), understanding)


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
