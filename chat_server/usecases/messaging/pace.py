"""How fast somebody may go on: a bucket of tokens for each, filled as time goes by.

Sends ask here for the person, the device and the group; HTTP and the socket's door ask for
people and addresses. All of it is counted in this process, in bounded memory: a house of N
processes allows up to N times as much.
"""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from chat_server.domain.errors import RateLimited
from chat_server.domain.ids import is_group

KEPT = 50_000  # buckets remembered at once; the longest untouched goes first


class Pace(msgspec.Struct, frozen=True):
    """`burst` at once, and `per_s` a second for ever."""

    burst: int = 300
    per_s: float = 20.0


class Paces(msgspec.Struct, frozen=True, kw_only=True):
    """What a send has to pass. Who works for the bank has a pace of their own."""

    person: Pace = Pace()
    staff: Pace = Pace(burst=600, per_s=50.0)
    device: Pace = Pace(burst=250, per_s=15.0)
    staff_device: Pace = Pace(burst=600, per_s=50.0)
    group: Pace = Pace(burst=1000, per_s=100.0)


class _Bucket:
    __slots__ = ("at_ms", "tokens")

    def __init__(self, tokens: float, at_ms: int) -> None:
        self.tokens, self.at_ms = tokens, at_ms


class Buckets:
    def __init__(self, pace: Pace, kept: int = KEPT) -> None:
        self._burst, self._per_ms, self._kept = pace.burst, pace.per_s / 1000, kept
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str, at_ms: int) -> None:
        """Take one token; RateLimited says when the next one is there."""
        wait_s = self.wait_s(key, at_ms)
        if wait_s:
            raise RateLimited(retry_after_s=wait_s)
        self.spend(key)

    def wait_s(self, key: str, at_ms: int) -> float:
        """How long until there is a token; 0 if there is one now."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(self._burst, at_ms)
            if len(self._buckets) > self._kept:
                self._buckets.popitem(last=False)
            return 0.0
        self._buckets.move_to_end(key)
        gained = max(at_ms - bucket.at_ms, 0) * self._per_ms
        bucket.tokens = min(bucket.tokens + gained, self._burst)
        bucket.at_ms = at_ms
        if bucket.tokens >= 1:
            return 0.0
        return max(round((1 - bucket.tokens) / self._per_ms / 1000, 3), 0.001)

    def spend(self, key: str) -> None:
        """Right after `wait_s` said that there is one."""
        self._buckets[key].tokens -= 1


class Writer(msgspec.Struct, frozen=True):
    """Whose sends are counted together."""

    user: str
    device: str = ""
    staff: bool = False


class Pacing:
    """Every bucket that a send must pass, asked together: a refused one takes from none."""

    def __init__(self, paces: Paces) -> None:
        self._people = Buckets(paces.person), Buckets(paces.staff)
        self._devices = Buckets(paces.device), Buckets(paces.staff_device)
        self._groups = Buckets(paces.group)

    def take(self, writer: Writer, conv: str, at_ms: int) -> None:
        asked = [(self._people[writer.staff], writer.user)]
        if writer.device:
            asked.append((self._devices[writer.staff], f"{writer.user}/{writer.device}"))
        if is_group(conv):
            asked.append((self._groups, conv))
        wait_s = max([buckets.wait_s(key, at_ms) for buckets, key in asked])
        if wait_s:
            raise RateLimited("too many messages", retry_after_s=wait_s)
        for buckets, key in asked:
            buckets.spend(key)
