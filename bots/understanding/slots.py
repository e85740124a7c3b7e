"""Slots of a sentence: the payee first, then the amount in what remains.

`amount` is yuan as a plain decimal string, with no exponent and no grouping: whole yuan as
they are ("500", "12000"), anything else with exactly two decimals ("1200.50"). It is
present only when it is certain; else `amount_problem` says why not (approximate, several,
precision, zero, negative, unreadable). `currency` goes with the amount. `payee` is the name
as the customer wrote it. `account_tail` and `payee_tail` are four digits.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bots.understanding.amounts import UNREADABLE, find_amounts, plain, the_amount_of
from bots.understanding.payees import find_payee
from bots.understanding.protected import BLANK, blank, protect
from bots.understanding.text import fold

_NUMBER = re.compile(r"[0-9#](?:[ -]?[0-9#]){3,}|#")


class Reading(NamedTuple):
    """What a sentence says, apart from its intent; `shape` has stand-ins for the details."""

    slots: dict[str, str]
    shape: str


def read_slots(sentence: str) -> Reading:
    """Slots, and the sentence with names and amounts replaced, for the classifier."""
    text, tails = protect(fold(sentence))
    slots: dict[str, str] = {}
    marks: list[tuple[int, int, str]] = []
    payee = find_payee(text)
    if payee:
        slots["payee"] = sentence[payee.start : payee.end].strip()
        marks.append((payee.start, payee.end, "某某"))
        if not payee.unsure:
            text = blank(text, payee.start, payee.end)
    amounts = find_amounts(text)
    amount = the_amount_of(text, amounts)
    if amount.value is not None and not (payee and payee.unsure):
        slots |= {"amount": plain(amount.value), "currency": amount.currency}
    elif amount.problem or (payee and payee.unsure):
        slots["amount_problem"] = amount.problem or UNREADABLE
    if tails.payer:
        slots["account_tail"] = tails.payer
    if tails.payee:
        slots["payee_tail"] = tails.payee
    if not (payee and payee.unsure):
        marks += [(one.start, one.end, " 0 ") for one in amounts]
    return Reading(slots, _shape(text, marks))


def kept_shape(sentence: str) -> str:
    """What may be kept of a sentence for people to label: no payee, no amount, no long number.

    Empty when no letter and no digit is in it. Said of a shape, it gives that shape again.
    """
    shape = _NUMBER.sub("#", read_slots(sentence).shape)
    shape = " ".join(shape.split())
    return shape if any(char.isalnum() for char in shape) else ""


def _shape(text: str, marks: list[tuple[int, int, str]]) -> str:
    for start, end, stand_in in sorted(marks, reverse=True):
        text = text[:start] + stand_in + text[end:]
    return re.sub(f"{BLANK}+", "#", text)
