"""Numbers as people write and say them, read strictly: one certain value, or none.

Digits with or without grouping, Chinese numerals with their spoken short forms
(两千三 is 2300, 一万五 is 15000: a lone last digit counts in the next smaller unit),
both mixed (1.2万, 5千5), and English number words. Works on folded text. Whatever has
two readings (三五百, 五二零, 1万20) has none here.
"""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
NUMERAL = "零一二两三四五六七八九十百千万亿兆"
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = (("兆", 10**12), ("亿", 10**8), ("万", 10**4))
_UNITS = _SMALL | dict(_LARGE)

_PLAIN = re.compile(r"(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?")
_SCALED = re.compile(r"([0-9.,]+)(千万亿|百万亿|十万亿|万亿|[十百千]?[万亿]|[十百千]|兆)")
_TEN_THOUSANDS_AND_REST = re.compile(r"([1-9][0-9]{0,3})万(?:零?([1-9][0-9]{2})|([1-9][0-9]{3}))")
_DIGIT_BY_DIGIT = re.compile(r"(?:[1-9]?[十百千万亿]|零|[1-9](?![0-9.,]))+")
_POINT = re.compile(r"([^点]+)点([零一二三四五六七八九]{1,4})([十百千]?[万亿]|[百千])?")

_ENGLISH_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_ENGLISH_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ENGLISH = {word: value for value, word in enumerate(_ENGLISH_ONES)} | {
    word: 10 * (value + 2) for value, word in enumerate(_ENGLISH_TENS)
}
_ENGLISH_LARGE = {"thousand": 1000, "million": 10**6, "billion": 10**9}
ENGLISH_WORDS = (*ENGLISH, "hundred", *_ENGLISH_LARGE)


def read_number(run: str) -> Decimal | None:
    """The value of digits, Chinese numerals or a mixture, or none when it is not certain."""
    if _PLAIN.fullmatch(run):
        return Decimal(run.replace(",", ""))
    if scaled := _SCALED.fullmatch(run):
        return _scaled(scaled[1], scaled[2])
    if both := _TEN_THOUSANDS_AND_REST.fullmatch(run):
        return Decimal(int(both[1]) * 10_000 + int(both[2] or both[3]))
    if _DIGIT_BY_DIGIT.fullmatch(run):
        run = "".join("零一二三四五六七八九"[int(char)] if char.isascii() else char for char in run)
    if point := _POINT.fullmatch(run):
        return _with_point(point)
    whole = _integer(run)
    return None if whole is None else Decimal(whole)


def _scaled(figure: str, units: str) -> Decimal | None:
    if not _PLAIN.fullmatch(figure):
        return None
    value = Decimal(figure.replace(",", ""))
    for unit in units:
        value *= _UNITS[unit]
    return value


def _with_point(point: re.Match[str]) -> Decimal | None:
    whole = _integer(point[1])
    if whole is None:
        return None
    value = Decimal(f"{whole}.{''.join(str(DIGITS[char]) for char in point[2])}")
    for unit in point[3] or "":
        value *= _UNITS[unit]
    return value


def _integer(text: str, largest: int = 10**16) -> int | None:
    """A Chinese whole number whose units stay below `largest`."""
    for name, size in _LARGE:
        if name in text:
            head, _, tail = text.rpartition(name)
            return _joined(head, tail, size) if size < largest else None
    return _section(text)


def _joined(head: str, tail: str, size: int) -> int | None:
    """`head` times `size`, and what follows: 一亿零五百, 一万二千, or the short 一万五."""
    count = _integer(head, size)
    if not count:
        return None
    if not tail:
        return count * size
    if tail in DIGITS and tail not in "零两":
        return count * size + DIGITS[tail] * size // 10
    if tail.endswith("两"):
        return None
    gap = tail.startswith("零")
    rest = _integer(tail[gap:], size)
    if not rest or rest >= size or (gap and rest * 10 >= size):
        return None
    return count * size + rest


def _section(text: str) -> int | None:
    """A Chinese number below ten thousand: units fall, 零 stands only for a skipped unit."""
    if text in DIGITS:
        return DIGITS[text]
    value, last, at = 0, 10_000, 0
    while at < len(text):
        gap = value > 0 and text[at] == "零"
        at += gap
        step = _digit_and_unit(text, at, last, gap=gap, first=value == 0)
        if step is None:
            return None
        digit, unit, at = step
        if unit >= last or (gap and unit * 10 == last):
            return None
        value, last = value + digit * unit, unit
    return value or None


def _digit_and_unit(
    text: str, at: int, last: int, *, gap: bool, first: bool
) -> tuple[int, int, int] | None:
    """One digit with its unit from `at` on, and where the next begins."""
    rest = text[at:]
    if rest[:1] == "十":
        return 1, 10, at + 1
    digit = DIGITS.get(rest[:1], 0)
    unit = _SMALL.get(rest[1:2], 1)
    if digit == 0 or (rest[0] == "两" and unit < 100):  # noqa: PLR2004 - 两 goes with 百 and up
        return None
    if unit > 1:
        return digit, unit, at + 2
    if len(rest) > 1 or first:
        return None
    short = not gap and last > 10  # noqa: PLR2004 - 三百五: the 五 are tens
    return digit, last // 10 if short else 1, at + 1


def read_english(words: str) -> int | None:
    """English number words: five hundred, two thousand three hundred and five."""
    parts = [part for part in re.split(r"[\s-]+", words.strip()) if part != "and"]
    total, current, last_large = 0, 0, 10**12
    for part in parts:
        if part in ("a", "an"):
            step, current = (1, 1) if current == 0 else (None, current)
        elif part == "hundred":
            step = current * 100 if 0 < current < 100 else None  # noqa: PLR2004 - fifteen hundred
            current = step or 0
        elif size := _ENGLISH_LARGE.get(part):
            step = current * size if current and size < last_large else None
            total, current, last_large = total + (step or 0), 0, size
        else:
            step = _add_small(current, ENGLISH[part])
            current = step or 0
        if step is None:
            return None
    return total + current or None


def _add_small(current: int, value: int) -> int | None:
    """Twenty and five is 25, one hundred and fifteen is 115; twelve fifty is nothing sure."""
    if value == 0:
        return None
    room = current % 100
    fits = room == 0 or (room >= 20 and room % 10 == 0 and value < 10)  # noqa: PLR2004 - tens, ones
    return current + value if fits else None
