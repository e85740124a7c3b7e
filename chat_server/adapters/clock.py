"""The system's clock and fresh identifiers: the one place where time enters the house."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
import uuid
from datetime import UTC, datetime

_RANDOM_BITS = 74  # what RFC 9562 leaves a UUIDv7 beside time, version and variant
_LOW_BITS = 62  # those of them behind the variant


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _Uuid7:
    """Grows with every call of this process, even when the clock stands still or goes back.

    Between two calls in one millisecond the random part moves on by a random step, so that
    ids stay ordered without being guessable; when it is used up, time is borrowed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0  # milliseconds and random bits, as one number

    def __call__(self) -> str:
        fresh = (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS - 1)
        with self._lock:
            if fresh >> _RANDOM_BITS <= self._last >> _RANDOM_BITS:
                fresh = self._last + 1 + (fresh & 0xFFFF_FFFF)
            self._last = fresh
        return str(uuid.UUID(int=_laid_out(fresh)))


def _laid_out(number: int) -> int:
    """48 bits of time, version 7, 12 bits, variant 2, 62 bits."""
    at_ms, rest = number >> _RANDOM_BITS, number & ((1 << _RANDOM_BITS) - 1)
    high, low = rest >> _LOW_BITS, rest & ((1 << _LOW_BITS) - 1)
    return at_ms << 80 | 7 << 76 | high << 64 | 2 << 62 | low


new_uuid7 = _Uuid7()
