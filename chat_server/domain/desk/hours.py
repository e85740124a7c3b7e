"""Business hours: when a desk is open, when it opens, and how much business time has passed.

A date's hours are its own if it has some; else a holiday is closed, a make-up weekend works
as Mondays do, and any other day is like its weekday.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chat_server.domain.desk.settings import Desk, Period

LOOK_DAYS = 400  # how far ahead an opening is looked for
FORTNIGHT = 14
Span = tuple[int, int]  # milliseconds: from, and until


class DayKind(StrEnum):
    """What a calendar says of a date that is not like its weekday."""

    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


KindOfDay = Callable[[date], DayKind | None]


class Calendars(NamedTuple):
    """By name; `known_until` is the last day whose holidays they know."""

    kinds: Mapping[str, KindOfDay]
    known_until: str


class Hours:
    """The hours of one desk. `kind_of_day` is its calendar; None: every week is like the last."""

    def __init__(self, desk: Desk, kind_of_day: KindOfDay | None = None) -> None:
        self._zone = ZoneInfo(desk.timezone)
        self._week = desk.week
        self._special = {each.day: each.periods for each in desk.days}
        self._kind_of_day = kind_of_day

    def periods(self, day: date) -> Sequence[Period]:
        special = self._special.get(day.isoformat())
        if special is not None:
            return special
        match self._kind_of_day(day) if self._kind_of_day else None:
            case DayKind.HOLIDAY:
                return ()
            case DayKind.MAKE_UP:
                return self._week[0]
            case _:
                return self._week[day.weekday()]

    def is_open(self, at_ms: int) -> bool:
        span = next(self._spans(at_ms, days=1), None)
        return span is not None and span[0] <= at_ms

    def opens(self, at_ms: int) -> int | None:
        """When it opens next; None while it is open, or if it never does."""
        span = next(self._spans(at_ms), None)
        return None if span is None or span[0] <= at_ms else span[0]

    def closes(self, at_ms: int) -> int | None:
        """When it closes next; None while it is closed, and if it does not within a fortnight."""
        end = at_ms
        for span in self._spans(at_ms, days=FORTNIGHT):
            if span[0] > end:
                return end if end > at_ms else None
            end = span[1]
        return None

    def business_ms(self, from_ms: int, until_ms: int) -> int:
        """How long it was open between the two."""
        total = 0
        for begin, end in self._spans(from_ms):
            if begin >= until_ms:
                break
            total += min(end, until_ms) - max(begin, from_ms)
        return total

    def deadline(self, from_ms: int, business_ms: int) -> int | None:
        """When that much business time will have passed; None if it never does."""
        left = business_ms
        for begin, end in self._spans(from_ms):
            start = max(begin, from_ms)
            if end - start >= left:
                return start + left
            left -= end - start
        return None

    def _spans(self, from_ms: int, days: int = LOOK_DAYS) -> Iterator[Span]:
        """Open spans that end after `from_ms`, in order, each within its day."""
        first = datetime.fromtimestamp(from_ms / 1000, self._zone).date()
        for ahead in range(days + 1):
            day = first + timedelta(days=ahead)
            for begin, end in self.periods(day):
                span = self._moment(day, begin), self._moment(day, end)
                if span[1] > from_ms:
                    yield span

    def _moment(self, day: date, minutes: int) -> int:
        """Wall-clock minutes of that day as milliseconds."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=self._zone)
        if minutes == 24 * 60:
            midnight, minutes = midnight + timedelta(days=1), 0
        local = midnight.replace(hour=minutes // 60, minute=minutes % 60)
        return int(local.astimezone(UTC).timestamp() * 1000)
