"""Days, hours and periods: what they mean on the day they are said, and never another day."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.understanding.dates import find_dates
from bots.understanding.figures import report, score_figures, sentences
from bots.understanding.periods import day_ahead, in_beijing, moment_ahead, period_back
from bots.understanding.recognizers import date_cases
from bots.understanding.text import fold

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # a Monday, noon in Beijing
SLICE = Path(__file__).parent / "data" / "recognizers-dates-zh.json"


def test_our_sentences_are_read_exactly_and_none_gets_another_value():
    scores = score_figures(list(sentences()))
    assert sum(score.total for score in scores.values()) >= 1_000
    assert [score.wrong for score in scores.values() if score.wrong] == []
    right = sum(score.right for score in scores.values())
    assert right >= 0.99 * sum(score.total for score in scores.values()), report(scores)


def test_the_public_date_cases(tmp_path):
    (tmp_path / "DateTimeModel.json").write_bytes(SLICE.read_bytes())
    cases = date_cases(tmp_path)
    assert len(cases) == len(json.loads(SLICE.read_text("utf-8")))
    assert [case.text for case in cases if not case.right] == []


@pytest.mark.parametrize(
    ("sentence", "period"),
    [
        ("查一下上个月的流水", "2026-10-01/2026-11-01"),  # 一下 is not 下个月
        ("查一下周三的流水", "2026-11-18/2026-11-19"),
        ("12月的账单", "2025-12-01/2026-01-01"),
        ("十月一号到七号", "2026-10-01/2026-10-08"),
        ("10月以前的交易", "../2026-10-01"),
        ("昨晚的交易", "2026-11-22/2026-11-23"),
        ("三个月的流水", "2026-08-24/2026-11-24"),
        ("近半年的流水", "2026-05-24/2026-11-24"),
        ("民国113年", "2024-01-01/2025-01-01"),
    ],
)
def test_a_statement_looks_back(sentence, period):
    assert str(period_back(sentence, NOON)) == period


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("去年国庆", "no_such_day"),  # a day or a week
        ("农历八月十五", "no_such_day"),
        ("康熙20年9月", "no_such_day"),
        ("2月30日", "no_such_day"),
        ("11月24日周三", "no_such_day"),  # it is a Tuesday
        ("下个月的流水", "to_come"),
        ("昨天和前天", "several_dates"),
    ],
)
def test_what_is_not_certain_is_a_problem_and_no_period(sentence, problem):
    found = period_back(sentence, NOON)
    assert (found.start, found.end, found.problem) == (None, None, problem)


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("后天", date(2026, 11, 25)),
        ("下周三", date(2026, 12, 2)),
        ("周一", date(2026, 11, 23)),
        ("月底", date(2026, 11, 30)),
        ("15号", date(2026, 12, 15)),
        ("11月24日周二", date(2026, 11, 24)),
        ("2月29日", date(2028, 2, 29)),
        ("on March 3", date(2027, 3, 3)),
    ],
)
def test_a_payment_looks_ahead(sentence, day):
    assert day_ahead(sentence, NOON).day == day


def test_an_hour_without_its_half_of_the_day_is_asked_about():
    assert moment_ahead("明天三点", NOON).problem == "half_day"
    assert moment_ahead("明天下午三点", NOON).moment == datetime(2026, 11, 24, 15)  # noqa: DTZ001
    assert moment_ahead("明天晚上12点", NOON).problem == "no_such_day"


def test_the_day_is_beijings_whatever_the_clock_of_the_house():
    late = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    assert in_beijing(late).date() == date(2026, 11, 24)
    assert day_ahead("明天", late).day == date(2026, 11, 25)


@pytest.mark.parametrize(
    "sentence", ["到底怎么回事", "快一点", "一点二万", "三点五万", "尾号8888", "查余额", "5折"]
)
def test_other_words_are_no_dates(sentence):
    assert find_dates(fold(sentence), in_beijing(NOON)) == []


@settings(deadline=None)
@given(
    st.text(
        alphabet="0123456789年月日号周天上下个前后近内到至和点半时分秒今明昨底初零一二十/-: ",
        max_size=24,
    ),
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)),  # noqa: DTZ001
)
def test_whatever_is_written_on_whatever_day_nothing_is_raised(text, at):
    for when in find_dates(fold(text), at):
        assert 0 <= when.start < when.end <= len(text)
        assert all(span.start <= span.end for span in when.readings)
