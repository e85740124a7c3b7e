"""Figures as a customer reads them: money, times in Beijing."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from bank_bridge.contract import Money
from bots.contract import Language

# China has kept one time without summer time since 1991, so that no zone database is needed.
BEIJING = timezone(timedelta(hours=8), "CST")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def yuan(money: Money) -> str:
    """`1,200.50`; with a minus when money left."""
    sign = "-" if money.fen < 0 else ""
    return f"{sign}{abs(money.fen) // 100:,}.{abs(money.fen) % 100:02d}"


def signed(money: Money) -> str:
    """`+1,200.50` for money that came in."""
    return yuan(money) if money.fen < 0 else f"+{yuan(money)}"


def date_and_time(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def day_and_time(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%m-%d %H:%M")


def clock_time(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%H:%M:%S")


def spoken_moment(moment: datetime, language: Language) -> str:
    """11月23日12:01, or 23 Nov 12:01."""
    local = moment.astimezone(BEIJING)
    if language is Language.EN:
        return f"{local.day} {_MONTHS[local.month - 1]} {local:%H:%M}"
    return f"{local.month}月{local.day}日{local:%H:%M}"
