"""How often somebody may try a password. Only failures count against them."""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from chat_server.domain.errors import RateLimited
from chat_server.ports.clock import Clock

_KEYS = 20_000  # remembered at once; the longest untouched goes first


class Allowance(msgspec.Struct, frozen=True):
    """`burst` failures at once, then one every `every_s` seconds."""

    burst: int
    every_s: float


PER_USER = Allowance(burst=10, every_s=30.0)
PER_ADDRESS = Allowance(burst=50, every_s=2.0)


class Attempts:
    """Token buckets by key. Kept in this process: a house of N processes allows N times as much."""

    def __init__(self, allowance: Allowance, clock: Clock) -> None:
        self._allowance, self._clock = allowance, clock
        self._debts: OrderedDict[str, tuple[float, int]] = OrderedDict()  # used up, at

    def check(self, key: str) -> None:
        """RateLimited when there is no attempt left now.

        What is still being checked does not count yet, so that a crowd with the right
        passwords is never refused; a crowd with wrong ones pays for all of them afterwards.
        """
        over = self._used(key) + 1 - self._allowance.burst
        if over > 0:
            wait_s = over * self._allowance.every_s
            raise RateLimited("too many attempts", retry_after_s=round(wait_s, 1))

    def failed(self, key: str) -> None:
        """Count one."""
        self._debts[key] = (self._used(key) + 1, self._clock.now_ms())
        self._debts.move_to_end(key)
        if len(self._debts) > _KEYS:
            self._debts.popitem(last=False)

    def _used(self, key: str) -> float:
        used, at_ms = self._debts.get(key, (0.0, 0))
        passed_s = (self._clock.now_ms() - at_ms) / 1000
        return max(0.0, used - passed_s / self._allowance.every_s)
