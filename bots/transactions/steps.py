"""What a money script hands back: what to say, and what stays open afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from bank_bridge.contract import Accounts, Challenges, Instructions
from bots.contract import Reply, Turn


class Bank(Accounts, Instructions, Challenges, Protocol):
    """As much of the bank as a bot may ask."""


class CardKind(StrEnum):
    PAYEE = "payee"
    CHOICE = "choice"  # of anything else, for a declared skill
    BILL = "bill"  # a choice of items, numbers or bills
    CONFIRM = "confirm"
    CODE = "code"
    SIGN = "sign"  # a device's signature instead of a code
    SCHEDULED = "scheduled"  # stays beside whatever is open


class OpenCard(msgspec.Struct, frozen=True, array_like=True):
    """The one card that may be answered now, and until when."""

    card_id: str
    kind: CardKind
    expires_at: datetime
    instruction_id: str = ""
    code_until: datetime | None = None  # tells one code from the next


class Step(msgspec.Struct, frozen=True):
    """The outcome of one script step. `card`: what is open now, if anything is.

    `watch`: an instruction whose outcome is not known yet and has to be looked at again.
    """

    replies: Sequence[Reply]
    card: OpenCard | None = None
    watch: str = ""


def name_card(kind: CardKind, turn: Turn, instruction_id: str = "") -> str:
    """A card's id: the same whenever this turn is taken again, and never used by another."""
    return f"{kind}:{instruction_id}:{turn.key.rpartition(':')[2]}"


def instruction_of(card_id: str) -> str:
    """The instruction that a card belongs to, from its id."""
    return card_id.split(":")[1] if card_id.count(":") > 1 else ""
