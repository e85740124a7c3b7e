"""The bank as its own staff sees it: business days."""

from __future__ import annotations

from datetime import datetime

from bank_bridge.day_contract import BusinessDay
from chat_server.domain import errors
from chat_server.domain.people import StaffRole
from chat_server.transport.http.bank_shapes import BusinessDayItem, BusinessDayList, DayStepItem
from chat_server.transport.http.routing import Roles, Route
from chat_server.transport.http.use_cases import UseCases


async def business_days(cases: UseCases) -> BusinessDayList:
    """How the bank's business dates were closed, the newest thirty."""
    days = await cases.bank_days.read()
    return BusinessDayList([_item(day) for day in days], cases.bank_days.closes_here)


def _item(day: BusinessDay) -> BusinessDayItem:
    return BusinessDayItem(
        day=day.day.isoformat(),
        frozen_at=_ms(day.frozen_at),
        sealed_at=None if day.sealed_at is None else _ms(day.sealed_at),
        head_seq=day.head_seq,
        head=day.head,
        steps=[DayStepItem(step.step, _ms(step.finished_at)) for step in day.steps],
    )


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


_DESK: Roles = frozenset({StaffRole.OPERATOR, StaffRole.REVIEWER, StaffRole.ADMINISTRATOR})

BANK_ROUTES = (Route("GET", "/v1/staff/bank/days", business_days, _DESK, (errors.NotFound,)),)
