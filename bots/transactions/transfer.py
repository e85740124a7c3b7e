"""What was said of money, as the bank's own value."""

from __future__ import annotations

from decimal import Decimal

from bank_bridge.contract import Money
from bots.contract import BotError


def money_from(amount: str) -> Money:
    """The `amount` slot in fen; exact, or a BotError if it never came from the slots."""
    fen = Decimal(amount) * 100
    if fen != fen.to_integral_value() or fen <= 0:
        raise BotError("an amount is not a whole number of fen")
    return Money(int(fen))
