"""Which way a transfer to another bank goes, and when (bank-services §2.4).

IBPS takes small amounts at any time; HVPS larger ones from the evening before until the
afternoon of a working day; BEPS carries what need not be there at once. Pure: moments in,
a plan or a refusal out. Hours and amounts are the rules'.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

import chinese_calendar

from bank_bridge.contract import Arrival, BankRefusal, RefusalCode
from bank_bridge.instructions.rules import SHANGHAI, Rules

_WEEKEND = 5
_LOOK_AHEAD = timedelta(days=20)  # no row of holidays is longer


class Route(StrEnum):
    IBPS = "ibps"
    HVPS = "hvps"
    BEPS = "beps"


class Plan(NamedTuple):
    route: Route
    sends_at: datetime


def plan(arrival: Arrival, amount: int, moment: datetime, rules: Rules) -> Plan:
    """How `amount` fen ordered at `moment` would go.

    Raises CLEARING_CLOSED (details: `opens_at`) for a real-time transfer that no way takes now.
    """
    small = amount <= rules.ibps_most.fen
    match arrival:
        case Arrival.REAL_TIME:
            if small:
                return Plan(Route.IBPS, moment)
            opens_at = hvps_opens(moment, rules)
            if opens_at > moment:
                raise BankRefusal(
                    RefusalCode.CLEARING_CLOSED,
                    "no real-time transfer of this amount now",
                    opens_at=opens_at.isoformat(),
                )
            return Plan(Route.HVPS, moment)
        case Arrival.ORDINARY:
            sends_at = moment + timedelta(seconds=rules.ordinary_after_s)
        case Arrival.NEXT_DAY:
            tomorrow = moment.astimezone(SHANGHAI).date() + timedelta(days=1)
            sends_at = datetime.combine(tomorrow, time(), SHANGHAI)
    holiday = not is_working_day(sends_at.astimezone(SHANGHAI).date())
    if small or (holiday and amount <= rules.beps_most_on_holidays.fen):
        return Plan(Route.BEPS, sends_at)
    return Plan(Route.HVPS, hvps_opens(sends_at, rules))


def hvps_opens(moment: datetime, rules: Rules) -> datetime:
    """The moment itself if HVPS is open then, or else when it opens next."""
    local = moment.astimezone(SHANGHAI)
    day = local.date()
    while day - local.date() < _LOOK_AHEAD:
        if is_working_day(day):
            opens = datetime.combine(day - timedelta(days=1), rules.hvps_from, SHANGHAI)
            closes = datetime.combine(day, rules.hvps_until, SHANGHAI)
            if local < closes:
                return max(moment, opens)
        day += timedelta(days=1)
    return moment + _LOOK_AHEAD


def is_working_day(day: date) -> bool:
    """By the statutory calendar of China; beyond what is published, by the day of the week."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _WEEKEND
