from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_server.domain.errors import RateLimited
from chat_server.usecases.messaging import pace
from chat_server.usecases.messaging.pace import Buckets, Pace


def test_a_burst_passes_then_one_at_a_time():
    buckets = Buckets(Pace(burst=3, per_s=2))
    for _ in range(3):
        buckets.take("ann", 1000)
    with pytest.raises(RateLimited) as refused:
        buckets.take("ann", 1000)
    assert refused.value.retry_after_s == 0.5
    buckets.take("bob", 1000)
    buckets.take("ann", 1500)
    with pytest.raises(RateLimited):
        buckets.take("ann", 1500)


def test_a_clock_that_goes_back_gives_nothing():
    buckets = Buckets(Pace(burst=1, per_s=1))
    buckets.take("ann", 5000)
    with pytest.raises(RateLimited):
        buckets.take("ann", 1000)


def test_full_buckets_are_forgotten_and_empty_ones_are_not(monkeypatch):
    monkeypatch.setattr(pace, "_MANY", 10)
    buckets = Buckets(Pace(burst=1, per_s=1))
    for number in range(10):
        buckets.take(f"u{number}", 0)
    buckets.take("late", 500)
    assert len(buckets._buckets) == 11
    buckets.take("later", 5000)
    assert set(buckets._buckets) == {"later"}


@given(steps=st.lists(st.integers(0, 200), min_size=1, max_size=200))
def test_never_more_than_the_burst_and_what_time_gave(steps):
    buckets, now, passed = Buckets(Pace(burst=5, per_s=10)), 0, 0
    for step in steps:
        now += step
        try:
            buckets.take("ann", now)
        except RateLimited:
            continue
        passed += 1
        assert passed <= 5 + now / 100 + 1e-6
