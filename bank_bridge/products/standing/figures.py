"""When a standing transfer is paid, and how often it is tried."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import msgspec

from bank_bridge.standing_contract import Rhythm

_MONTHS = 12


class StandingFigures(msgspec.Struct, frozen=True, kw_only=True):
    hour: int = 9  # in China, on the day [A]
    attempts: int = 3  # on consecutive days, as an auto-debit's (§2.6) [A]
    late_days: int = 3  # a day that was missed for longer is not made up for [A]
    most_active: int = 50  # of one customer [A]
    farthest: timedelta = timedelta(days=366)  # its first day [A]


SHIPPED = StandingFigures()


def following(due: date, rhythm: Rhythm, day: int) -> date | None:
    """The day after this one on which it is paid; none: never again."""
    match rhythm:
        case Rhythm.ONCE:
            return None
        case Rhythm.WEEKLY:
            return due + timedelta(days=7)
        case Rhythm.MONTHLY:
            years, month = divmod(due.month, _MONTHS)
            return in_month(due.year + years, month + 1, day)


def in_month(year: int, month: int, day: int) -> date:
    """That day of the month, or its last."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
