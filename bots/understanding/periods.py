"""When a customer means, for the bank: a day to come, or a stretch of whole days gone by.

A statement looks back, a payment ahead: that, and nothing else, decides between the two
readings of 十月. What is left open then is a problem to ask about, never a guess. Days and
periods are dates in Beijing; a period is half-open, as in ISO 8601: `2026-10-01/2026-11-01`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from bots.understanding import spans as sp
from bots.understanding.dates import find_dates
from bots.understanding.spans import BEIJING, DAY, Span, When
from bots.understanding.text import fold

SEVERAL = "several_dates"
NO_SUCH_DAY = "no_such_day"
NOT_A_DAY = "not_a_day"
PASSED = "passed"
TO_COME = "to_come"
HALF_DAY = "half_day"

_PERIODS = {sp.DATE, sp.DATES, sp.MOMENT, sp.MOMENTS, sp.DURATION}


class DaySlot(NamedTuple):
    """The day a payment is for, or why it is not certain, or neither."""

    day: date | None = None
    problem: str = ""


class MomentSlot(NamedTuple):
    """A day with its hour, wall-clock time in Beijing; or why it is not certain."""

    moment: datetime | None = None
    problem: str = ""


class PeriodSlot(NamedTuple):
    """From `start` up to, and not including, `end`; `start` none: since ever."""

    start: date | None = None
    end: date | None = None
    problem: str = ""

    def __str__(self) -> str:
        """`2026-10-01/2026-11-01`; `..` for since ever; empty when there is none."""
        return f"{self.start or '..'}/{self.end}" if self.end else ""


def in_beijing(now: datetime) -> datetime:
    """The wall clock in Beijing; `now` is aware."""
    return now.astimezone(BEIJING).replace(tzinfo=None)


def day_ahead(sentence: str, now: datetime) -> DaySlot:
    """The one day, today or later, that a sentence names."""
    at = in_beijing(now)
    everything = find_dates(fold(sentence), at)
    found = [one for one in everything if _of_one_day(one)]
    if not found:
        period = any(one.kind in (sp.DATES, sp.MOMENTS) for one in everything)
        return DaySlot(problem=NOT_A_DAY if period else "")
    if any(not one.readings for one in found):
        return DaySlot(problem=NO_SUCH_DAY)
    days = {_ahead(one, at) for one in found}
    if len(days) > 1:
        return DaySlot(problem=SEVERAL)
    start = days.pop().start
    if start.date() < at.date():
        return DaySlot(problem=PASSED)
    return DaySlot(start.date())


def moment_ahead(sentence: str, now: datetime) -> MomentSlot:
    """The one hour of a day to come; an hour that may be of the morning or the evening is asked."""
    at = in_beijing(now)
    found = [one for one in find_dates(fold(sentence), at) if one.kind == sp.MOMENT]
    if not found:
        return MomentSlot()
    if len(found) > 1:
        return MomentSlot(problem=SEVERAL)
    if not found[0].readings:
        return MomentSlot(problem=NO_SUCH_DAY)
    ahead = [one.start for one in found[0].readings if one.start > at]
    if not ahead:
        return MomentSlot(problem=PASSED)
    first = [one for one in ahead if one.date() == ahead[0].date()]
    return MomentSlot(first[0]) if len(first) == 1 else MomentSlot(problem=HALF_DAY)


def period_back(sentence: str, now: datetime) -> PeriodSlot:
    """The one stretch of days, today included at most, that a sentence names."""
    at = in_beijing(now)
    found = [one for one in find_dates(fold(sentence), at) if one.kind in _PERIODS]
    if not found:
        return PeriodSlot()
    if any(not one.readings for one in found):
        return PeriodSlot(problem=NO_SUCH_DAY)
    periods = {_back(one, at) for one in found}
    if len(periods) > 1:
        return PeriodSlot(problem=SEVERAL)
    return periods.pop()


def _of_one_day(when: When) -> bool:
    """A day, an hour of one, or a part of one such as 今晚."""
    if when.kind != sp.MOMENTS:
        return when.kind in (sp.DATE, sp.MOMENT)
    return all(one.end - one.start < DAY for one in when.readings)


def _ahead(when: When, at: datetime) -> Span:
    """The first reading that is not over; a moment stands for its day."""
    days = [sp.one_day(one.start) for one in when.readings]
    return next((day for day in days if day.end > at), days[-1])


def _back(when: When, at: datetime) -> PeriodSlot:
    """The latest reading that has begun, in whole days."""
    tomorrow = sp.day_of(at) + DAY
    begun = [one for one in when.readings if one.start < tomorrow]
    if not begun:
        return PeriodSlot(problem=TO_COME)
    chosen = begun[-1] if begun[-1].start > sp.SINCE_EVER else _latest_end(begun, tomorrow)
    start = chosen.start.date() if chosen.start > sp.SINCE_EVER else None
    end = tomorrow if chosen.end == sp.FOR_EVER else _whole_day_end(chosen)
    return PeriodSlot(start, min(end, tomorrow).date())


def _latest_end(begun: list[Span], tomorrow: datetime) -> Span:
    past = [one for one in begun if one.end <= tomorrow]
    return past[-1] if past else begun[0]


def _whole_day_end(span: Span) -> datetime:
    day = sp.day_of(span.end)
    return day if day == span.end and span.end != span.start else day + DAY
