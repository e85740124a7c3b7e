"""How fast one person may send: a bucket of tokens for each, filled as time goes by."""

from __future__ import annotations

import msgspec

from chat_server.domain.errors import RateLimited

_MANY = 10_000  # buckets kept before the full ones are dropped


class Pace(msgspec.Struct, frozen=True):
    """`burst` sends at once, and `per_s` a second for ever."""

    burst: int = 300
    per_s: float = 20.0


class _Bucket:
    __slots__ = ("at_ms", "tokens")

    def __init__(self, tokens: float, at_ms: int) -> None:
        self.tokens, self.at_ms = tokens, at_ms


class Buckets:
    def __init__(self, pace: Pace) -> None:
        self._burst, self._per_ms = pace.burst, pace.per_s / 1000
        self._buckets: dict[str, _Bucket] = {}

    def take(self, user: str, at_ms: int) -> None:
        """Take one token of this person's; RateLimited says when the next one is there."""
        bucket = self._buckets.get(user)
        if bucket is None:
            self._make_room(at_ms)
            bucket = self._buckets[user] = _Bucket(self._burst, at_ms)
        self._fill(bucket, at_ms)
        if bucket.tokens < 1:
            raise RateLimited(retry_after_s=round((1 - bucket.tokens) / self._per_ms / 1000, 3))
        bucket.tokens -= 1

    def _fill(self, bucket: _Bucket, at_ms: int) -> None:
        gained = max(at_ms - bucket.at_ms, 0) * self._per_ms
        bucket.tokens = min(bucket.tokens + gained, self._burst)
        bucket.at_ms = at_ms

    def _make_room(self, at_ms: int) -> None:
        if len(self._buckets) < _MANY:
            return
        for user, bucket in list(self._buckets.items()):
            self._fill(bucket, at_ms)
            if bucket.tokens >= self._burst:
                del self._buckets[user]
