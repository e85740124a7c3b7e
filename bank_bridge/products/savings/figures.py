"""The shipped figures of bank-services §2.4, and what interest comes to."""

from __future__ import annotations

import calendar
from datetime import date

import msgspec

from bank_bridge.contract import Money

_MILLION = 1_000_000
_YEAR_DAYS = 360  # ACT/360 [R]
_MONTHS = 12


class SavingFigures(msgspec.Struct, frozen=True, kw_only=True):
    """§2.4: current 0.35 %; the fixed rates are configurable, 1 year as in its check 4."""

    current: int = 3_500
    terms: tuple[tuple[int, int], ...] = (
        (3, 11_000),
        (6, 13_000),
        (12, 17_500),
        (24, 22_500),
        (36, 27_500),
    )
    least: Money = Money(50_00)  # of a deposit, and of what is left of one [A]


SHIPPED = SavingFigures()


def for_term(principal: int, rate: int, months: int) -> int:
    """Interest of a whole term in fen: principal x rate x months / 12, half up."""
    return _half_up(principal * rate * months, _MILLION * _MONTHS)


def for_days(principal: int, rate: int, days: int) -> int:
    """Interest of some days in fen: ACT/360, half up."""
    return _half_up(principal * rate * days, _MILLION * _YEAR_DAYS)


def months_on(day: date, months: int) -> date:
    """The same day that many months later, or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, _MONTHS)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _half_up(dividend: int, divisor: int) -> int:
    return (2 * dividend + divisor) // (2 * divisor)
