"""China's statutory holidays and the weekends that make up for them (调休).

The State Council decrees each year's in the autumn before; `known_until` is how far the
library knows them. Beyond that every day is like its weekday, and the settings page says so.
"""

from __future__ import annotations

from datetime import date

import chinese_calendar

from chat_server.domain.desk.hours import DayKind

_SATURDAY = 5
known_until: date = date(max(chinese_calendar.holidays).year, 12, 31)


def kind_of_day(day: date) -> DayKind | None:
    try:
        off, named = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    if named is None:
        return None
    if off:
        return DayKind.HOLIDAY
    return DayKind.MAKE_UP if day.weekday() >= _SATURDAY else None
