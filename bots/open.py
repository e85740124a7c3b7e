"""The builder of the bots; bootstrap and the command line come in here, nobody else."""

from __future__ import annotations

import msgspec

from bots.contract import Bot, Herald, Places, Understanding
from bots.dialogue.bot import ServiceBot
from bots.dispatcher import Dispatcher
from bots.phrasing.herald import PhrasedHerald
from bots.transactions.steps import Bank

__all__ = ["Bank", "Bots", "open_bots", "open_understanding"]


class Bots(msgspec.Struct, frozen=True):
    """What the house needs of the bots."""

    bot: Bot
    herald: Herald
    understanding: Understanding


def open_bots(bank: Bank, places: Places | None = None) -> Bots:
    """Bots that work on this bank. Trains the understanding on the first call in a process.

    `places`: where a customer may send money in the chat; none: nothing is sent there.
    """
    understanding = open_understanding()
    bot = ServiceBot(bank, understanding, places)
    return Bots(Dispatcher(bot), PhrasedHerald(), understanding)


def open_understanding() -> Understanding:
    """The understanding alone, for those who need no bank."""
    from bots.understanding.reader import trained_reader  # noqa: PLC0415 - scikit-learn: a second

    return trained_reader()
