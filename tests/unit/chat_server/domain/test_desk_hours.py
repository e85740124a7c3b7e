"""Business hours: weeks, holidays, make-up weekends, and how much of a time counts."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_server.adapters.calendars.china import kind_of_day, known_until
from chat_server.domain.desk.hours import Hours
from chat_server.domain.desk.replies import CannedReply, fit_reply
from chat_server.domain.desk.settings import (
    Desk,
    DeskRole,
    DeskStaff,
    Queue,
    SpecialDay,
    checked,
)
from chat_server.domain.desk.urgent import is_urgent
from chat_server.domain.errors import InvalidValue

ZONE = ZoneInfo("Asia/Shanghai")
WEEK = (((540, 720), (780, 1080)),) * 5 + ((), ())
HOUR = 3_600_000


def at(text: str, zone: ZoneInfo = ZONE) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def desk(**fields: object) -> Desk:
    given = {"desk": "d", "account": "@a", "name": "n", "week": WEEK, "queues": (Queue("q", "q"),)}
    return Desk(**{**given, **fields})  # type: ignore[arg-type]


def test_a_week_with_a_pause_at_noon():
    hours = Hours(desk())
    assert hours.is_open(at("2026-02-09 09:00"))
    assert not hours.is_open(at("2026-02-09 12:00"))
    assert hours.opens(at("2026-02-09 12:30")) == at("2026-02-09 13:00")
    assert hours.opens(at("2026-02-09 10:00")) is None
    assert hours.closes(at("2026-02-09 10:00")) == at("2026-02-09 12:00")
    assert hours.closes(at("2026-02-09 12:30")) is None
    assert hours.opens(at("2026-02-06 18:00")) == at("2026-02-09 09:00")
    assert hours.business_ms(at("2026-02-09 11:00"), at("2026-02-10 10:00")) == 7 * HOUR
    assert hours.deadline(at("2026-02-09 11:30"), HOUR) == at("2026-02-09 13:30")


def test_holidays_are_closed_and_make_up_weekends_work_like_mondays():
    hours = Hours(desk(calendar="cn"), kind_of_day)
    assert not hours.is_open(at("2026-10-01 10:00"))
    assert hours.is_open(at("2026-10-10 10:00"))  # a Saturday
    assert not hours.is_open(at("2026-10-17 10:00"))
    assert hours.opens(at("2026-02-14 18:00")) == at("2026-02-24 09:00")
    assert hours.is_open(at(f"{known_until.year + 1}-03-01 10:00")) is (
        datetime(known_until.year + 1, 3, 1, tzinfo=ZONE).weekday() < 5
    )


def test_a_date_of_its_own_outranks_calendar_and_week():
    days = (SpecialDay("2026-10-01", ((600, 660),)), SpecialDay("2026-10-10"))
    hours = Hours(desk(calendar="cn", days=days), kind_of_day)
    assert hours.is_open(at("2026-10-01 10:30"))
    assert not hours.is_open(at("2026-10-10 10:00"))


def test_who_never_closes_is_always_open():
    hours = Hours(desk(week=(((0, 1440),),) * 7))
    assert hours.is_open(at("2026-02-09 00:00"))
    assert hours.closes(at("2026-02-09 23:59")) is None
    assert hours.deadline(at("2026-02-09 23:30"), HOUR) == at("2026-02-10 00:30")
    night = Hours(desk(week=(((1200, 1440),), ((0, 360),)) + ((),) * 5))
    assert night.closes(at("2026-02-09 21:00")) == at("2026-02-10 06:00")


def test_who_never_opens_has_no_deadline():
    hours = Hours(desk(week=((),) * 7))
    assert hours.opens(at("2026-02-09 09:00")) is None
    assert hours.deadline(at("2026-02-09 09:00"), HOUR) is None
    assert hours.business_ms(at("2026-02-09 09:00"), at("2026-02-10 09:00")) == 0


def test_a_clock_that_is_put_forward_loses_an_hour():
    berlin = ZoneInfo("Europe/Berlin")
    hours = Hours(desk(timezone="Europe/Berlin", week=(((0, 1440),),) * 7))
    day = at("2026-03-29 00:00", berlin), at("2026-03-30 00:00", berlin)
    assert hours.business_ms(*day) == 23 * HOUR


@given(start=st.integers(0, 14 * 24 * 3600), span=st.integers(1, 40 * 3600))
def test_a_deadline_is_where_that_much_business_time_has_passed(start, span):
    hours = Hours(desk())
    begin = at("2026-02-09 00:00") + start * 1000
    due = hours.deadline(begin, span * 1000)
    assert due is not None
    assert hours.business_ms(begin, due) == span * 1000
    assert hours.business_ms(begin, due - 1) == span * 1000 - 1


@pytest.mark.parametrize(
    "fields",
    [
        {"desk": "no spaces"},
        {"name": " "},
        {"timezone": "Mars/Olympus"},
        {"week": WEEK[:6]},
        {"week": (((600, 540),), *WEEK[1:])},
        {"week": (((540, 720), (700, 800)), *WEEK[1:])},
        {"days": (SpecialDay("2026-02-30"),)},
        {"days": (SpecialDay("2026-02-01"), SpecialDay("2026-02-01"))},
        {"queues": ()},
        {"queues": (Queue("q", "q"), Queue("q", "r"))},
        {"queues": (Queue("Q!", "q"),)},
        {"staff": (DeskStaff("lin", DeskRole.AGENT, queues=("none",)),)},
        {"staff": (DeskStaff("@lin", DeskRole.AGENT),)},
        {"staff": (DeskStaff("lin", DeskRole.AGENT, capacity=0),)},
        {"queues": tuple(Queue(f"q{n}", "q") for n in range(21))},
        {"replies": (CannedReply("a", "x", "", ""), CannedReply("b", "x", "", ""))},
    ],
)
def test_a_desk_that_cannot_work_is_refused(fields):
    with pytest.raises(InvalidValue):
        checked(desk(**fields))


@pytest.mark.parametrize(("reply", "shortcut"), [("Not a word", "x"), ("x", "")])
def test_a_canned_reply_has_words_to_be_found_by(reply, shortcut):
    with pytest.raises(InvalidValue):
        fit_reply(CannedReply(reply, shortcut, "t", "t"))


def test_the_queue_of_a_language_or_else_a_plain_one():
    queues = (Queue("en", "en", language="en"), Queue("all", "all"))
    assert desk(queues=queues).queue_for("en").queue == "en"
    assert desk(queues=queues).queue_for("zh-CN").queue == "all"
    assert desk(queues=queues[:1]).queue_for("zh-CN").queue == "en"


@pytest.mark.parametrize(
    ("text", "urgent"),
    [
        ("我被骗了两万", True),
        ("这不是我本人操作的", True),
        ("要投诉你们", True),
        ("My card was stolen!", True),
        ("unauthorised transfer", True),
        ("防诈骗知识在哪看", False),
        ("查余额", False),
        ("给李娜转500块", False),
    ],
)
def test_words_of_fraud_and_complaint_are_urgent(text, urgent):
    assert is_urgent(text) is urgent
