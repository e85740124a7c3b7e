"""Words about time, one group at a time: the value that a pattern of either language gives.

A rule is a pattern and what it stands for on a given day; putting a date and an hour, or
two ends of a period, together is `dates`' business.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import NamedTuple

from bots.understanding import spans as sp
from bots.understanding.numerals import DIGITS, read_number
from bots.understanding.spans import DAY, Parts, Span

# The hours that the public set gives them; a bank asks for whole days (`periods`).
_PARTS = {
    "凌晨": (0, 6),
    "早": (8, 12),
    "上午": (8, 12),
    "中午": (11, 13),
    "下午": (12, 16),
    "晚": (16, 20),
}
_PART_OF = dict.fromkeys(["清晨", "早上", "早晨", "早间", "早", "晨"], "早") | dict.fromkeys(
    ["傍晚", "晚上", "晚间", "夜里", "夜间", "深夜", "晚", "夜"], "晚"
)
_PART_OF |= {"午后": "下午", "正午": "中午", "午间": "中午"}
SECONDS = {
    "年": 365 * 86400,
    "月": 30 * 86400,
    "周": 7 * 86400,
    "天": 86400,
    "时": 3600,
    "分": 60,
    "秒": 1,
}
NOON = 12
_LAST_YEAR_OF_THIS_CENTURY = 40  # 39年 is 2039, 40年 is 1940


class Atom(NamedTuple):
    """One word group. `parts`: a calendar date, not yet placed; `clocks`: hours of the day."""

    start: int
    end: int
    kind: str
    parts: Parts | None = None
    spans: tuple[Span, ...] = ()
    clocks: tuple[time, ...] = ()
    until: time | None = None  # with `clocks`: the end of a part of the day
    seconds: int = 0
    every: str = ""


Rule = tuple[re.Pattern[str], Callable[[re.Match[str], datetime], Atom | None], frozenset[str]]


def number(text: str) -> int:
    """A count of up to four digits, in figures or characters."""
    if text.isascii() and text.isdigit():
        return int(text)
    value = read_number(text)
    return int(value) if value is not None else -1


def year_of(text: str) -> int:
    """2008, 08, 二零零八, 零八."""
    digits = "".join(str(DIGITS[char]) if char in DIGITS else char for char in text)
    year = int(digits)
    if len(digits) > 2:  # noqa: PLR2004 - four digits are the whole year
        return year
    return year + (2000 if year < _LAST_YEAR_OF_THIS_CENTURY else 1900)


def shift(word: str) -> int:
    """上上 is -2, 下 is 1, 这 and 本 are 0."""
    return word.count("下") - word.count("上")


def before_and_after(candidates: list[Span], at: datetime) -> list[Span]:
    """The latest already begun, and the next not yet over."""
    ordered = sorted(candidates, key=lambda span: span.start)
    past = [span for span in ordered if span.start <= at]
    future = [span for span in ordered if span.end > at]
    return list(dict.fromkeys([*past[-1:], *future[:1]]))


def clock(found: re.Match[str], _at: datetime) -> Atom | None:
    """下午三点半, 8:00 p.m., 零点; an hour up to twelve without its half of the day is two."""
    named = found.groupdict("")
    if found[0] == "一点" and found.string[: found.start()][-1:] not in tuple("天日号"):
        return None  # 快一点
    hour = number(named.get("h") or named["h2"])
    minute = _minute(named)
    second = number(named.get("s") or named.get("s2") or "0")
    if not (0 <= hour <= 24 and 0 <= minute < 60 and 0 <= second < 60):  # noqa: PLR2004 - a clock
        return None
    part = named.get("part", "")
    part = _PART_OF.get(part, part)
    half = named["ap"][:1]
    if part == "晚" and hour == NOON:
        return Atom(*found.span(), sp.TIME)  # 晚上12点: the day's beginning or its end?
    if hour == 24:  # noqa: PLR2004 - the day's end
        return Atom(*found.span(), sp.TIME)
    hours = _hours(hour, part, half, written_24=named["h2"][:1] == "0")
    return Atom(*found.span(), sp.TIME, clocks=tuple(time(one, minute, second) for one in hours))


def _minute(named: dict[str, str]) -> int:
    if quarter := named.get("q"):
        return 30 if quarter == "半" else 15 * number(quarter[0])
    return number(named.get("mi") or named["mi2"] or "0")


def _hours(hour: int, part: str, half: str, *, written_24: bool) -> tuple[int, ...]:
    late = part in ("下午", "晚") or half == "p" or (part == "中午" and hour < 3)  # noqa: PLR2004
    if half or part:
        early = half == "a" or part in ("凌晨", "早", "上午")
        if early and hour == NOON:
            return (0,)
        return (hour + NOON,) if late and hour < NOON else (hour,)
    if hour == 0 or hour > NOON or written_24:
        return (hour,)
    return (NOON, 0) if hour == NOON else (hour, hour + NOON)


def part_of_day(found: re.Match[str], _at: datetime) -> Atom:
    part = found["part"]
    first, last = _PARTS[_PART_OF.get(part, part)]
    return Atom(*found.span(), sp.TIMES, clocks=(time(first),), until=time(last))


class Away(NamedTuple):
    """So far from now: a count of calendar units, or seconds where it is not whole units."""

    at: datetime
    unit: str
    many: int
    seconds: int

    @property
    def clock(self) -> bool:
        return self.unit in ("时", "分", "秒")

    def moved(self, sign: int, origin: datetime) -> datetime:
        if self.many and self.unit in ("年", "月"):
            return sp.months_on(origin, sign * self.many * (12 if self.unit == "年" else 1))
        return origin + sign * timedelta(seconds=self.seconds)


def away_from(found: re.Match[str], away: Away, before: str, after: str) -> Atom | None:
    """A length with 近, 前, 内 or 后 about it: the day or the period that it leads to."""
    where, today = found.span(), sp.day_of(away.at)
    origin = away.at if away.clock else today
    kind = sp.MOMENTS if away.clock else sp.DATES
    try:
        if after.endswith("内") or before in ("近", "最近", "这"):
            return _near(where, away, today, back_only=bool(before))
        if before:
            return Atom(*where, kind, spans=(_stretch(away, before, origin),))
        there = away.moved(-1 if "前" in after else 1, origin)
    except (ValueError, OverflowError):
        return None
    if away.clock:
        return Atom(*where, sp.MOMENT, spans=(Span(there, there),))
    return Atom(*where, sp.DATE, spans=(sp.one_day(there),))


def _stretch(away: Away, before: str, origin: datetime) -> Span:
    """过去十年 ends, and 今后三天 begins, where today does; a clock's stretch at this moment."""
    if before in ("前", "之前", "过去", "过去的", "上"):
        return Span(away.moved(-1, origin), origin)
    first = origin if away.clock else origin + DAY
    return Span(first, away.moved(1, first))


def _near(where: tuple[int, int], away: Away, today: datetime, *, back_only: bool) -> Atom:
    """近三天 counts today as one of them; 三天内 ahead is up to the end of the third day on."""
    if away.clock:
        past = Span(away.moved(-1, away.at), away.at)
        future = Span(away.at, away.moved(1, away.at))
        kind = sp.MOMENTS
    else:
        start = away.moved(-1, today + DAY)
        past, future, kind = (
            Span(start, today + DAY),
            Span(today, away.moved(1, today) + DAY),
            sp.DATES,
        )
    return Atom(*where, kind, spans=(past,) if back_only else (past, future))
