"""What a sentence says of payments to come: on which day, how often; and of those agreed upon.

下周三给李娜转500 / 每月15号给房东转3000 / 我的预约转账 / 取消预约转账. What is over (昨天的饭钱) or
only says what for (上个月的房租) is no day to pay on.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from bots.understanding import spans as sp
from bots.understanding.dates import find_dates
from bots.understanding.periods import NO_SUCH_DAY, NOT_A_DAY, SEVERAL, day_ahead, in_beijing
from bots.understanding.spans import DAY, REPEATED, When
from bots.understanding.text import fold

RHYTHM, TOO_FAR = "rhythm", "too_far"
ONCE, WEEKLY, MONTHLY = "once", "weekly", "monthly"
_FARTHEST_DAYS = 366
_DAYS_OF_MONTH = range(1, 32)


class StandingWish(StrEnum):
    MAKE = "transfer"
    LOOK = "standing_look"
    CLOSE = "standing_close"


class Due(NamedTuple):
    """The first day, how often, and the day of each month; or why it is not certain."""

    first: date | None = None
    rhythm: str = ONCE
    day: int = 0
    problem: str = ""


_NAMED = re.compile(
    r"(?:预约|定时|定期|自动)的?转账"
    r"|\b(?:scheduled|standing|recurring) (?:transfers?|orders?|payments?)\b"
)
_OFF = re.compile(r"取消|关闭|停止|停掉|停了|终止|不要|删除|\b(?:cancel|stop|close|end)\b")
_LOOK = re.compile(r"我的|查|看|哪些|有没有|几笔|列|\b(?:my|show|list|what)\b")
_ABOUT = re.compile(r"怎么|为什么|如何|手续费|失败|没有?成功|\b(?:how|why|fees?)\b")
# How `When.every` is written, after TIMEX3: a day of each month, a weekday of each week.
_MONTHLY = re.compile(r"XXXX-XX-([0-9]{2})")
_WEEKLY = re.compile(r"XXXX-WXX-([1-7])")


def read_standing(sentence: str) -> StandingWish | None:
    """What is wanted of standing transfers, or None when they are not spoken of by name."""
    text = fold(sentence)
    if not _NAMED.search(text) or _ABOUT.search(text):
        return None
    if _OFF.search(text):
        return StandingWish.CLOSE
    return StandingWish.LOOK if _LOOK.search(text) else StandingWish.MAKE


def read_due(sentence: str, now: datetime) -> Due | None:
    """When it is to be paid, if that is another day than today; None: now."""
    at = in_beijing(now)
    found = find_dates(fold(sentence), at)
    repeated = [one for one in found if one.kind == REPEATED]
    if repeated:
        return _again(repeated[0], at) if len(found) == 1 else Due(problem=SEVERAL)
    named = day_ahead(sentence, now)
    if named.problem in (SEVERAL, NO_SUCH_DAY):
        return Due(problem=named.problem)
    if named.problem == NOT_A_DAY:
        return Due(problem=NOT_A_DAY) if _all_to_come(found, at) else None
    if named.day is None or named.day <= at.date():
        return None
    far = (named.day - at.date()).days > _FARTHEST_DAYS
    return Due(problem=TOO_FAR) if far else Due(named.day)


def _again(one: When, at: datetime) -> Due:
    if monthly := _MONTHLY.match(one.every):
        day = int(monthly[1])
        if day not in _DAYS_OF_MONTH:
            return Due(problem=NO_SUCH_DAY)
        first = _in_month(at, day)
        if first <= at.date():
            first = _in_month(sp.months_on(at.replace(day=1), 1), day)
        return Due(first, MONTHLY, day)
    if weekly := _WEEKLY.match(one.every):
        ahead = (int(weekly[1]) - at.isoweekday() - 1) % 7 + 1
        return Due((at + ahead * DAY).date(), WEEKLY)
    return Due(problem=RHYTHM)  # 每天, 每年: not offered; 每月: on which day?


def _in_month(at: datetime, day: int) -> date:
    last = sp.months_on(at.replace(day=1), 1) - DAY
    return last.date() if day > last.day else at.replace(day=day).date()


def _all_to_come(found: list[When], at: datetime) -> bool:
    readings = [span for one in found for span in one.readings]
    return bool(readings) and all(span.start.date() > at.date() for span in readings)
