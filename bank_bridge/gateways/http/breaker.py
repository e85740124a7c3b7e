"""The circuit breaker: stops asking a bank that does not answer, and tries again later.

One for each operation (bank-services §5): open at half of the last twenty calls failed,
one call let through after thirty seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta


class Breaker:
    """`admits` before a call, `record` after it."""

    WINDOW = 20
    REST = timedelta(seconds=30)

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._failed: deque[bool] = deque(maxlen=self.WINDOW)
        self._opened_at: datetime | None = None
        self._probing = False

    def admits(self) -> bool:
        """False while open; half-open, it admits one call at a time."""
        if self._opened_at is None:
            return True
        if self._probing or self._now() - self._opened_at < self.REST:
            return False
        self._probing = True
        return True

    def record(self, *, failed: bool) -> None:
        """How an admitted call went; a call that was cancelled went badly."""
        if self._opened_at is not None:
            if self._probing:
                self._probing = False
                self._opened_at = self._now() if failed else None
                self._failed.clear()
            return
        self._failed.append(failed)
        if len(self._failed) == self.WINDOW and 2 * sum(self._failed) >= self.WINDOW:
            self._opened_at = self._now()
