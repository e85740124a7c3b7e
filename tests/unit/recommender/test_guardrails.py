"""May we speak now, and of what: the rules as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from recommender.contract import Consents, RecommenderError, Silence
from recommender.features.words import BAND_FLOOR_FEN, usable
from recommender.guardrails.rules import SHANGHAI, Rules, eligible, why_enough, why_not

RULES = Rules()


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 6, day, hour, minute, tzinfo=SHANGHAI)


def consents(*given: str) -> Consents:
    return Consents("c", **dict.fromkeys(given, True))


OFFERS, CHAT, MONEY = "personalised_offers", "chat_content", "account_data"


@pytest.mark.parametrize(
    ("event_type", "given", "covered"),
    [
        ("purchase", consents(OFFERS, MONEY), True),
        ("purchase", consents(OFFERS, CHAT), False),
        ("purchase", consents(CHAT, MONEY), False),
        ("transfer", consents(OFFERS, MONEY), True),
        ("balance_viewed", consents(OFFERS, CHAT), False),
        ("intent", consents(OFFERS, CHAT), True),
        ("intent", consents(OFFERS, MONEY), False),
        ("article_read", consents(OFFERS), True),
        ("followed", consents(CHAT, MONEY), False),
        ("menu_pressed", consents(OFFERS), True),
        ("a type of next year", consents(OFFERS, CHAT, MONEY), False),
    ],
)
def test_each_type_needs_its_own_consent(tell, event_type, given, covered):
    assert usable(tell(event_type, consents=given)) is covered


@pytest.mark.parametrize(
    ("event_type", "band", "now", "silence"),
    [
        ("purchase", "100-499", shanghai(3, 12), None),
        ("purchase", ">=50000", shanghai(3, 12), None),
        ("purchase", "<100", shanghai(3, 12), Silence.BELOW_THRESHOLD),  # 99.99 and less
        ("purchase", "no such band", shanghai(3, 12), Silence.BELOW_THRESHOLD),
        ("purchase", "100-499", shanghai(3, 23), None),  # quiet, but the purchase asked for it
        ("article_read", "", shanghai(3, 20, 59), None),
        ("article_read", "", shanghai(3, 21), Silence.QUIET_HOURS),
        ("article_read", "", shanghai(4, 3), Silence.QUIET_HOURS),
        ("article_read", "", shanghai(4, 7, 59), Silence.QUIET_HOURS),
        ("article_read", "", shanghai(4, 8), None),
    ],
)
def test_the_occasion_itself_may_give_a_reason_for_silence(tell, event_type, band, now, silence):
    assert why_not(RULES, tell.occasion(event_type, "gold", band, now=now)) == silence


def test_the_exemption_from_quiet_hours_is_configuration(tell):
    night = tell.occasion(now=shanghai(3, 23))
    strict = Rules(quiet_hours_exempt_triggers=frozenset())
    assert why_not(RULES, night) is None
    assert why_not(strict, night) == Silence.QUIET_HOURS


def test_quiet_hours_may_also_lie_within_one_day(tell):
    siesta = Rules(quiet_from=shanghai(3, 12).time(), quiet_until=shanghai(3, 14).time())
    reading = [tell.occasion("article_read", now=shanghai(3, hour)) for hour in (11, 12, 13, 14)]
    assert [why_not(siesta, occasion) for occasion in reading] == [
        None,
        Silence.QUIET_HOURS,
        Silence.QUIET_HOURS,
        None,
    ]


@pytest.mark.parametrize(
    ("offered", "now", "silence"),
    [
        ([], shanghai(3, 12), None),
        ([shanghai(3, 0)], shanghai(3, 23, 59), Silence.CAP_DAY),
        ([shanghai(2, 23, 59)], shanghai(3, 0), None),  # a new day in Shanghai, 16:00 in UTC
        ([shanghai(2, 12), shanghai(3, 12)], shanghai(4, 12), None),
        ([shanghai(2, 12), shanghai(3, 12), shanghai(4, 12)], shanghai(5, 12), Silence.CAP_WEEK),
        (
            [shanghai(2, 12), shanghai(3, 12), shanghai(4, 12)],
            shanghai(9, 11, 59),
            Silence.CAP_WEEK,
        ),
        ([shanghai(2, 12), shanghai(3, 12), shanghai(4, 12)], shanghai(9, 12), None),
        ([shanghai(5, 12)], shanghai(3, 12), Silence.CAP_DAY),  # the clock was set back
    ],
)
def test_one_offer_a_day_and_three_in_any_seven_days(offered, now, silence):
    assert why_enough(RULES, now, offered) == silence
    assert why_enough(RULES, now.astimezone(UTC), offered) == silence


def test_caps_of_zero_offer_nothing():
    assert why_enough(Rules(per_day=0), shanghai(3, 12), []) == Silence.CAP_DAY
    assert why_enough(Rules(per_week=0), shanghai(3, 12), []) == Silence.CAP_WEEK


@pytest.mark.parametrize(
    ("product", "event_type", "band", "can_be_had"),
    [
        ("easy_loan", "purchase", "100-499", True),
        ("easy_loan", "purchase", "<100", False),
        ("easy_loan", "article_read", "", False),
        ("instalment", "purchase", "100-499", False),
        ("instalment", "purchase", "500-1999", False),  # 500 would be under its minimum of 600
        ("instalment", "purchase", "2000-9999", True),
        ("fund", "purchase", "100-499", True),
        ("accumulated_gold", "article_read", "", True),
    ],
)
def test_a_product_is_offered_only_where_it_can_be_had(tell, product, event_type, band, can_be_had):
    assert eligible(RULES, product, tell(event_type, "retail", band)) is can_be_had


def test_the_bands_are_those_of_the_bank():
    assert list(BAND_FLOOR_FEN) == [
        "<100",
        "100-499",
        "500-1999",
        "2000-9999",
        "10000-49999",
        ">=50000",
    ]


@pytest.mark.parametrize(
    "wrong", [{"per_day": -1}, {"offer_valid_hours": 0}, {"minimum_score": 1.5}]
)
def test_rules_that_make_no_sense_are_refused(wrong):
    with pytest.raises(RecommenderError):
        Rules(**wrong)


def test_an_offer_is_valid_for_three_days():
    assert RULES.offer_valid == timedelta(hours=72)
