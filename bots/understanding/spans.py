"""Stretches of time as values: half-open, in Beijing time, found by the grammar of dates.

What a word such as 十月 means depends on the day it is said, and on whether the customer
looks back (a statement) or ahead (a payment); a `When` therefore holds each reading.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import datetime, time, timedelta, timezone
from typing import NamedTuple

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")  # one offset the whole year since 1991
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
SINCE_EVER, FOR_EVER = datetime.min, datetime.max  # noqa: DTZ901 - wall-clock time
_LEAP_CYCLE = 9  # years until a 29 February comes again, at most

DATE, TIME, MOMENT = "date", "time", "datetime"
DATES, TIMES, MOMENTS = "daterange", "timerange", "datetimerange"
DURATION, REPEATED = "duration", "set"


class Span(NamedTuple):
    """From `start` up to, and not including, `end`; wall-clock time in Beijing.

    An open end is `SINCE_EVER` or `FOR_EVER`.

    `said` is the pair of ends as the words named them: of 一月十日到十二日 the 12th, where
    `end` is the 13th.
    """

    start: datetime
    end: datetime
    said: tuple[datetime, datetime] | None = None

    @property
    def named(self) -> tuple[datetime, datetime]:
        return self.said or (self.start, self.end)


class When(NamedTuple):
    """A date, time, period, duration or repetition where it stands in the sentence.

    `readings` holds one span if the words are certain, the one before and the one to come
    if they leave the year or the half of the day open, and none for a day that no calendar
    has (2月30日) or that we do not compute (农历). `seconds`: of a duration. `every`: of a
    repetition, in the words of ISO 8601 (P1M) or TIMEX (XXXX-WXX-1).
    """

    start: int
    end: int
    kind: str
    readings: tuple[Span, ...] = ()
    seconds: int = 0
    every: str = ""


class Parts(NamedTuple):
    """A calendar date as far as it was said."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def filled_from(self, other: Parts) -> Parts:
        """What this one leaves out, taken from the date said just before it."""
        year = self.year or (other.year if self.month or self.day else None)
        month = self.month or (other.month if self.day else None)
        return Parts(year, month, self.day)


def day_of(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def one_day(at: datetime) -> Span:
    day = day_of(at)
    return Span(day, day + DAY)


def a_week(at: datetime, weeks: int = 0) -> Span:
    """The week of Monday to Sunday, so many weeks on."""
    monday = day_of(at) - at.weekday() * DAY + weeks * WEEK
    return Span(monday, monday + WEEK)


def months_on(at: datetime, months: int) -> datetime:
    """The same day so many months on; the month's last day where there is no such day."""
    index = at.year * 12 + at.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return at.replace(year=year, month=month + 1, day=min(at.day, last))


def a_month(year: int, month: int, count: int = 1) -> Span:
    first = datetime(year, month, 1)  # noqa: DTZ001 - wall-clock time in Beijing throughout
    return Span(first, months_on(first, count))


def first_week(span: Span) -> datetime:
    """The Monday of its first week by ISO 8601: the one whose Thursday lies in it."""
    monday = span.start - span.start.weekday() * DAY
    return monday if monday + 3 * DAY >= span.start else monday + WEEK


def last_weeks_end(span: Span) -> datetime:
    """The Monday after its last week by the same rule."""
    return first_week(Span(span.end, span.end))


def nth_weekday(whole: Span, index: int, count: int, *, last: bool) -> Span | None:
    """The so-manyth Tuesday of a month, or its last; Monday is 0."""
    day = whole.start + ((index - whole.start.weekday()) % 7) * DAY
    days = []
    while day < whole.end:
        days.append(day)
        day += WEEK
    at = -1 if last else count - 1
    return one_day(days[at]) if at < len(days) else None


def calendar_spans(parts: Parts, at: datetime) -> tuple[Span, ...]:
    """The date's readings: certain, or the latest begun and the next not yet over."""
    year, month, day = parts
    if year is not None:
        span = _exact(year, month, day)
        return (span,) if span else ()
    around = list(_around(parts, at))
    today = day_of(at)
    past = [span for span in around if span.start <= today]
    future = [span for span in around if span.end > today]
    chosen = [*past[-1:], *future[:1]]
    return tuple(dict.fromkeys(chosen))


def _around(parts: Parts, at: datetime) -> Iterator[Span]:
    """Every date of this description in the years about now, in order."""
    _, month, day = parts
    if month is not None:
        for year in range(max(1, at.year - _LEAP_CYCLE), at.year + _LEAP_CYCLE):
            if span := _exact(year, month, day):
                yield span
        return
    for step in range(-3, 4):
        there = months_on(at.replace(day=1), step)
        if span := _exact(there.year, there.month, day):
            yield span


def _exact(year: int, month: int | None, day: int | None) -> Span | None:
    try:
        if month is None:
            return a_month(year, 1, 12)
        if day is None:
            return a_month(year, month)
        return one_day(datetime(year, month, day))  # noqa: DTZ001 - wall-clock time
    except (ValueError, OverflowError):
        return None


def at_time(day: datetime, clock: time) -> datetime:
    return datetime.combine(day.date(), clock)
