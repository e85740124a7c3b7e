"""What a sentence says of fixed deposits: put away, taken out, looked at; and for how long.

定期存1万 一年 / 存5000三个月 / 提前支取定期 / 我的定期. The length is taken out before the amount
is read, since 存一万一年 has two figures in it.
"""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

from bots.understanding.slots import read_slots
from bots.understanding.text import fold


class SavingWish(StrEnum):
    DEPOSIT = "deposit"
    WITHDRAW = "deposit_withdraw"
    LOOK = "deposit_look"


class SavingReading(msgspec.Struct, frozen=True):
    wish: SavingWish
    months: int = 0
    amount: str = ""


_LENGTHS: tuple[tuple[str, int], ...] = (
    (r"(?:36|三十六)\s*个月|[3三]\s*年期?|(?:3|three)[- ]years?", 36),
    (r"(?:24|二十四)\s*个月|[2两二]\s*年期?|(?:2|two)[- ]years?", 24),
    (r"(?:12|十二)\s*个月|[1一]\s*年期?|(?:1|one|a)[- ]year", 12),
    (r"[6六]\s*个月|半年期?|(?:6|six)[- ]months?|half a year", 6),
    (r"[3三]\s*个月|(?:3|three)[- ]months?", 3),
)
_FIXED = re.compile(r"定期|定存|\b(?:fixed|time|term) deposits?\b")
_PUT = re.compile(r"存|\bdeposit\b|\bsave\b")
_TAKE = re.compile(r"支取|取出|取了|取回|提前取|取定期|\b(?:withdraw|break)\b")
_LOOK = re.compile(r"我的|查|看|哪些|有多少|到期|\b(?:my|show|list)\b")
_ABOUT = re.compile(
    r"利率|利息|怎么|为什么|划算|能取吗|还是|\b(?:rates?|interest|how|why)\b|定期缴|定期转"
)


def read_saving(sentence: str) -> SavingReading | None:
    """What is wanted, or None when the sentence is about something else."""
    text = fold(sentence).strip()
    if _ABOUT.search(text):
        return None
    months = read_months(text)
    named = _FIXED.search(text) is not None
    if not named and not (months and _PUT.search(text)):
        return None
    if _TAKE.search(text):
        return SavingReading(SavingWish.WITHDRAW, amount=read_sum(text))
    if named and not months and _LOOK.search(text) and not re.search(r"想存|要存", text):
        return SavingReading(SavingWish.LOOK)
    return SavingReading(SavingWish.DEPOSIT, months, read_sum(text))


def read_months(sentence: str) -> int:
    """A length on offer; 0: none is said."""
    text = fold(sentence)
    return next((months for said, months in _LENGTHS if re.search(said, text)), 0)


def read_sum(sentence: str) -> str:
    """The amount in what is left without the length; empty when it is not certain."""
    text = fold(sentence)
    for said, _ in _LENGTHS:
        text = re.sub(said, " ", text)
    slots = read_slots(_FIXED.sub(" ", text)).slots
    return slots.get("amount", "") if slots.get("currency") == "CNY" else ""
