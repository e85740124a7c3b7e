"""Which way a transfer to another bank goes, and when (bank-services §2.4)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bank_bridge.contract import Arrival, RefusalCode
from bank_bridge.instructions.routing import Route, hvps_opens, is_working_day, plan
from bank_bridge.instructions.rules import SHANGHAI, Rules
from tests.contracts.bank_samples import refusal

RULES = Rules()
YUAN = 100


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_fifty_thousand_goes_at_once_at_any_hour_by_ibps() -> None:
    for moment in ("2026-03-07 15:00", "2026-03-02 03:00", "2026-02-17 23:59"):
        assert plan(Arrival.REAL_TIME, 50_000 * YUAN, at(moment), RULES) == (
            Route.IBPS,
            at(moment),
        )


def test_sixty_thousand_on_a_saturday_is_refused_and_the_next_window_offered() -> None:
    with refusal(RefusalCode.CLEARING_CLOSED) as refused:
        plan(Arrival.REAL_TIME, 60_000 * YUAN, at("2026-03-07 15:00"), RULES)
    assert refused.value.details == {"opens_at": at("2026-03-08 20:30").isoformat()}


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-03-04 17:29", "2026-03-04 17:29"),  # a Wednesday
        ("2026-03-04 17:30", "2026-03-04 20:30"),
        ("2026-03-04 20:30", "2026-03-04 20:30"),
        ("2026-03-06 17:30", "2026-03-08 20:30"),  # over a weekend
        ("2026-02-13 18:00", "2026-02-13 20:30"),  # the 14th is a Saturday that is worked
        ("2026-02-14 18:00", "2026-02-23 20:30"),  # before the holidays of the Spring Festival
        ("2026-02-23 21:00", "2026-02-23 21:00"),
    ],
)
def test_hvps_is_open_from_the_evening_before_until_the_afternoon_of_a_working_day(
    moment: str, opens: str
) -> None:
    assert hvps_opens(at(moment), RULES) == at(opens)


def test_an_ordinary_transfer_leaves_after_two_hours() -> None:
    route, sends_at = plan(Arrival.ORDINARY, 1, at("2026-03-04 10:00"), RULES)
    assert (route, sends_at) == (Route.BEPS, at("2026-03-04 12:00"))


def test_a_next_day_transfer_leaves_with_the_next_calendar_day() -> None:
    route, sends_at = plan(Arrival.NEXT_DAY, 1, at("2026-03-04 23:59"), RULES)
    assert (route, sends_at) == (Route.BEPS, at("2026-03-05 00:00"))


def test_beps_carries_more_on_holidays_and_hvps_waits_for_its_window() -> None:
    saturday = at("2026-03-07 09:00")
    assert plan(Arrival.ORDINARY, 500_000 * YUAN, saturday, RULES).route is Route.BEPS
    assert plan(Arrival.ORDINARY, 500_000 * YUAN + 1, saturday, RULES) == (
        Route.HVPS,
        at("2026-03-08 20:30"),
    )
    wednesday = at("2026-03-04 10:00")
    assert plan(Arrival.ORDINARY, 60_000 * YUAN, wednesday, RULES) == (
        Route.HVPS,
        at("2026-03-04 12:00"),
    )


def test_beyond_the_published_calendar_a_working_day_is_a_day_of_the_week() -> None:
    assert is_working_day(date(2099, 3, 2))
    assert not is_working_day(date(2099, 3, 1))
