"""Whether a person answers what a customer says, as far as the bots' turns need to know."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Attention(StrEnum):
    """Who answers. Beside `BOT`, where no person ever does, the account has a desk."""

    BOT = ""
    FREE = "free"  # the bot; a person can be called
    WAITING = "waiting"  # the bot, as far as it understands; a person was called
    RECENT = "recent"  # the bot, as far as it understands; a person has just ended
    PERSON = "person"


class Persons(Protocol):
    async def of(self, conv: str, text: str) -> Attention:
        """Who answers this."""

    async def call(self, conv: str, reason: str, seq: int) -> bool:
        """A person is to answer, because of that event; False: there is none to call."""


class Nobody:
    """A house without a desk."""

    async def of(self, conv: str, text: str) -> Attention:
        del conv, text
        return Attention.BOT

    async def call(self, conv: str, reason: str, seq: int) -> bool:
        del conv, reason, seq
        return False
