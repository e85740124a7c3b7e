"""Amounts as the story and the command line write them."""

from __future__ import annotations

from bank_bridge.contract import Money


def parse_yuan(text: str) -> Money:
    """`328.00` -> 32,800 fen; anything but a positive amount with at most two decimals raises."""
    whole, _, cents = text.partition(".")
    if not (whole.isascii() and whole.isdigit() and (cents == "" or cents.isdigit())):
        raise ValueError(f"not an amount in yuan: {text!r}")
    if len(cents) > 2 or len(whole) > 12 or not int(whole + cents or "0"):  # noqa: PLR2004 - fen
        raise ValueError(f"a positive amount with at most two decimals, not {text!r}")
    return Money(int(whole) * 100 + int(cents.ljust(2, "0")))
