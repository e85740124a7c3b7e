from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_server.domain.errors import RateLimited
from chat_server.domain.ids import direct_conversation
from chat_server.usecases.messaging.pace import Buckets, Pace, Paces, Pacing, Writer

DIRECT = direct_conversation("ann", "bob")
GROUP = "g:tennis"
WIDE = Pace(burst=1000, per_s=1000)


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


def test_only_so_many_are_remembered_and_the_longest_untouched_goes_first():
    buckets = Buckets(Pace(burst=1, per_s=1), kept=10)
    for number in range(10):
        buckets.take(f"u{number}", 0)
    with pytest.raises(RateLimited):
        buckets.take("u0", 0)
    for number in range(100_000):
        buckets.take(f"stranger {number}", 0)
    assert len(buckets) == 10


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


def said(pacing: Pacing, writer: Writer, conv: str = DIRECT, times: int = 100) -> int:
    """How many of so many passed."""
    passed = 0
    for _ in range(times):
        try:
            pacing.take(writer, conv, 0)
        except RateLimited:
            continue
        passed += 1
    return passed


def test_a_device_that_runs_wild_leaves_the_person_the_rest():
    slow = Pace(burst=5, per_s=1)
    pacing = Pacing(Paces(person=Pace(burst=12, per_s=1), device=slow))
    assert said(pacing, Writer("ann", "phone")) == 5
    assert said(pacing, Writer("ann", "desk")) == 5
    assert said(pacing, Writer("ann", "web")) == 2
    assert said(pacing, Writer("bob", "phone")) == 5


def test_staff_have_a_pace_of_their_own():
    slow = Pace(burst=5, per_s=1)
    pacing = Pacing(Paces(person=slow, staff=Pace(burst=50, per_s=1)))
    assert said(pacing, Writer("ann", "phone")) == 5
    assert said(pacing, Writer("mia", "phone", staff=True)) == 50


def test_a_group_is_slowed_whoever_writes_and_its_members_write_elsewhere():
    pacing = Pacing(Paces(person=WIDE, device=WIDE, group=Pace(burst=10, per_s=1)))
    assert said(pacing, Writer("ann", "phone"), GROUP, 6) == 6
    assert said(pacing, Writer("bob", "phone"), GROUP, 6) == 4
    assert said(pacing, Writer("bob", "phone"), DIRECT) == 100


def test_a_refused_send_takes_from_no_bucket():
    person = Pace(burst=20, per_s=1)
    pacing = Pacing(Paces(person=person, device=WIDE, group=Pace(burst=10, per_s=1)))
    assert said(pacing, Writer("ann", "phone"), GROUP) == 10
    assert said(pacing, Writer("ann", "phone"), DIRECT) == 10
