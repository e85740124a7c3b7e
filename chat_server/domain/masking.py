"""Private digits in what people write: card numbers are masked, codes are noticed.

Sending asks here before anything is stored, pushed or indexed. Digits count in any of
their Unicode forms, and split by spaces or hyphens too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import luhn

CARD_LENGTHS = range(13, 20)
CODE_LENGTH = 6
_KEPT = 4  # digits left readable at each end
_BETWEEN = r"[\s\-\u00ad\u2010-\u2015\u2212\uff0d]{1,3}"
_RUN = re.compile(rf"\d(?:\d|{_BETWEEN}(?=\d))*")
_DIGIT = re.compile(r"\d")
_NO_DIGITS = bytes(set(range(256)) - set(b"0123456789"))
_GROUP = re.compile(r"\d+")
_CODE_RUN = re.compile(r"\d(?:\d|[\s\-\u2010-\u2015\u2212\uff0d](?=\d))*")


def mask_cards(text: str) -> str:
    """The text with every card number reduced to its first and last four digits."""
    if _fewer_digits(text, CARD_LENGTHS.start):
        return text
    places = [
        place
        for run in _RUN.finditer(text)
        if run.end() - run.start() >= CARD_LENGTHS.start
        for start, end in _cards(text, run)
        for place in _hidden(text, start, end)
    ]
    if not places:
        return text
    masked = list(text)
    for place in places:
        masked[place] = "*"
    return "".join(masked)


def holds_code(text: str) -> bool:
    """Whether somewhere exactly six digits stand together, as a one-time code does."""
    return not _fewer_digits(text, CODE_LENGTH) and any(
        _count(run.group()) == CODE_LENGTH
        or any(len(group) == CODE_LENGTH for group in _GROUP.findall(run.group()))
        for run in _CODE_RUN.finditer(text)
    )


def _fewer_digits(text: str, count: int) -> bool:
    """Looked at first: nearly every message ends here, and each one passes by."""
    if text.isascii():
        return len(text.encode().translate(None, _NO_DIGITS)) < count
    return len(_DIGIT.findall(text)) < count


def _cards(text: str, run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Stretches of whole groups of the run that are card numbers, leftmost and longest first."""
    groups = [group.span() for group in _GROUP.finditer(text, run.start(), run.end())]
    first = 0
    while first < len(groups):
        last = _card_from(text, groups, first)
        if last is None:
            first += 1
            continue
        yield groups[first][0], groups[last][1]
        first = last + 1


def _card_from(text: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """The last group of the longest card number that begins with group `first`."""
    digits, found = "", None
    for last in range(first, len(groups)):
        start, end = groups[last]
        if len(digits) + end - start >= CARD_LENGTHS.stop:
            break
        digits += "".join(str(int(digit)) for digit in text[start:end])
        if len(digits) in CARD_LENGTHS and luhn.is_valid(digits):
            found = last
    return found


def _hidden(text: str, start: int, end: int) -> list[int]:
    places = [place for place in range(start, end) if text[place].isdecimal()]
    return places[_KEPT:-_KEPT]


def _count(run: str) -> int:
    return sum(map(str.isdecimal, run))
