"""The intake: how many sends may be on their way to the store, so that none waits for long.

Measured ten times a second, from what the fan-out counts anyway. While acks come in good time
the intake widens while it is too narrow; when they come late, or not at all, it narrows to
what the store has lately done in the time that one may wait. What does not fit is refused
before anything is written.
"""

from __future__ import annotations

FIRST, LEAST, MOST = 2_000, 32, 20_000
EVERY_S = 0.1
_WIDEN = 1.25
_LEARN = 0.1  # how much of the speed that is remembered comes from the last measure


class Intake:
    """Sends are refused while `width` or more are in flight."""

    def __init__(self, patience_s: float, now: float) -> None:
        self.width = FIRST
        self._patience_s = patience_s
        self._rate = 0.0  # appends a second while there was something to append
        self._measured_at = self._moved_at = now
        self._done, self._waited_s, self._refused = 0, 0.0, 0

    def measure(
        self, now: float, *, in_flight: int, done: int, waited_s: float, refused: int
    ) -> None:
        """`done` appends so far, which waited so many seconds together; `now` is monotonic."""
        passed_s = now - self._measured_at
        finished = done - self._done
        if finished or not in_flight:
            self._moved_at = now
        if finished or in_flight:
            self._rate += _LEARN * (finished / passed_s - self._rate)
        mean_s = (waited_s - self._waited_s) / finished if finished else 0.0
        late_s = max(mean_s, now - self._moved_at, passed_s - EVERY_S)
        if late_s > self._patience_s:
            # never below half at once: one late turn of the loop is no overload yet
            self.width = max(int(self._rate * self._patience_s), self.width // 2, LEAST)
        elif refused > self._refused and in_flight <= self._rate * self._patience_s / 2:
            self.width = min(int(self.width * _WIDEN), MOST)
        self._measured_at, self._refused = now, refused
        self._done, self._waited_s = done, waited_s
