"""Columns: the same events give the same numbers, whatever their order."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.features.columns import DAY_US, FEATURES, HISTORY_LIMIT, Seen, columns
from recommender.features.log import from_us, to_us
from recommender.features.words import BAND_FLOOR_FEN, MONEY_TYPES, READING_TYPES, TOPIC_OF

NOW_US = 1_748_923_200_000_000
TRIGGER = Seen(NOW_US, "now", "purchase", "retail", "100-499")

events = st.builds(
    Seen,
    at=st.integers(NOW_US - 200 * DAY_US, NOW_US + DAY_US),
    event_id=st.uuids().map(str),
    type=st.sampled_from([*sorted(MONEY_TYPES | READING_TYPES), "intent", "unheard of"]),
    product=st.sampled_from([*TOPIC_OF, "retail", "dining", "salary", "", "某某商店"]),
    amount_band=st.sampled_from([*BAND_FLOOR_FEN, "", "?"]),
)


def named(*history: Seen, trigger: Seen = TRIGGER) -> dict[str, float]:
    return {
        name: value
        for name, value in zip(FEATURES, columns(history, trigger), strict=True)
        if value
    }


@given(st.lists(events, max_size=40), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_changes_a_number(history, random):
    mixed = history * 2 + [TRIGGER]
    random.shuffle(mixed)
    np.testing.assert_array_equal(columns(history, TRIGGER), columns(mixed, TRIGGER))


@given(st.lists(events, max_size=40))
def test_only_the_last_180_days_up_to_the_trigger_count(history):
    counted = [event for event in history if NOW_US - 180 * DAY_US < event.at <= NOW_US]
    np.testing.assert_array_equal(columns(history, TRIGGER), columns(counted, TRIGGER))


def test_a_busy_finger_counts_no_more_than_the_limit():
    history = [Seen(NOW_US - n, f"{n}", "balance_viewed", "", "") for n in range(10_000)]
    assert named(*history)["balance_views"] == HISTORY_LIMIT - 1


@pytest.mark.parametrize(
    ("event", "feature"),
    [
        (("purchase", "electronics", "500-1999"), "shop_purchases"),
        (("purchase", "a merchant of no known kind", "<100"), "small_purchases"),
        (("purchase", "hotel", "500-1999"), "away_purchases"),
        (("purchase", "retail", "2000-9999"), "large_purchases"),
        (("transfer", "salary", "10000-49999"), "salaries"),
        (("transfer", "transfer", "500-1999"), "transfers"),
        (("transfer", "transfer", ">=50000"), "large_transfers"),
        (("balance_viewed", "", ""), "balance_views"),
        (("article_read", "gold", ""), "gold_read"),
        (("followed", "accumulated_gold", ""), "gold_read"),
        (("intent", "fixed_deposit", ""), "deposit_asked"),
        (("menu_pressed", "easy_loan", ""), "loan_read"),
    ],
)
def test_an_event_is_counted_under_its_name(event, feature):
    before = named().get(feature, 0)
    assert named(Seen(NOW_US - DAY_US, "e", *event))[feature] == before + 1


def test_what_nobody_knows_means_nothing():
    strange = Seen(NOW_US - DAY_US, "e", "article_read", "开花的石头", "")
    assert named(strange) == named()


def test_the_occasion_says_where_and_how_much():
    assert set(named()) >= {"now_shop", "now_medium"}
    away = Seen(NOW_US, "now", "purchase", "airline", "2000-9999")
    assert set(named(trigger=away)) >= {"now_away", "now_large"}
    reading = Seen(NOW_US, "now", "article_read", "gold", "")
    assert named(trigger=reading) == {"gold_read": 1}


def test_recent_purchases_are_those_of_thirty_days():
    history = [Seen(NOW_US - n * DAY_US, f"{n}", "purchase", "retail", "<100") for n in (1, 29, 30)]
    assert named(*history)["purchases_recent"] == 3  # with the one that brought the occasion
    assert named(*history)["shop_purchases"] == 4


@given(st.datetimes(timezones=st.timezones()))
def test_a_moment_survives_the_log_to_the_microsecond(at):
    back = from_us(to_us(at))
    assert back - at == timedelta(0)
