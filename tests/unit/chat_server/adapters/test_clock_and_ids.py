"""Time is aware and in UTC; identifiers are UUIDv7 that only grow."""

from __future__ import annotations

import threading
import time
import uuid
from datetime import timedelta

import pytest

from chat_server.adapters import clock
from chat_server.adapters.clock import SystemClock, new_uuid7


async def test_the_clock_tells_utc_and_sleeps() -> None:
    system = SystemClock()
    assert system.now().utcoffset() == timedelta(0)
    before = system.now_ms()
    await system.sleep(0.01)
    assert system.now_ms() >= before + 10
    assert abs(system.now().timestamp() * 1000 - system.now_ms()) < 1000


def test_an_id_is_a_uuid_of_version_7_and_of_now() -> None:
    made = uuid.UUID(new_uuid7())
    assert made.version is not None
    assert (made.int >> 76 & 0xF, made.variant) == (7, uuid.RFC_4122)
    assert abs((made.int >> 80) - time.time() * 1000) < 60_000


def test_ids_only_grow_also_within_one_millisecond() -> None:
    made = [new_uuid7() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_ids_only_grow_when_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = clock._Uuid7()
    times = iter([5_000_000_000_000_000_000, 1_000_000_000_000_000_000, 4_999_000_000_000_000_000])
    monkeypatch.setattr(time, "time_ns", lambda: next(times))
    made = [fresh() for _ in range(3)]
    assert made == sorted(set(made))


def test_threads_never_get_the_same_id() -> None:
    made: list[str] = []

    def work() -> None:
        made.extend([new_uuid7() for _ in range(2000)])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 16_000
