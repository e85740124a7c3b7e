"""Spreading a campaign evenly over a window: how many of its recipients are due by now.

A branch that is called by a thousand people should be called over a day. What a pause, quiet
hours or a dead process took is not made up for: the window ends later, the pace stays.
"""

from __future__ import annotations

MAX_OVER = 7 * 24 * 60  # minutes
MINUTE_MS = 60_000
_GAP_MS = 60_000  # longer than this nobody waits who is at work


def due(total: int, over_minutes: int, paced_ms: int, now_ms: int) -> tuple[int, int]:
    """How many of `total` go out now, and up to which time that is; `paced_ms` of the last one.

    0 for `paced_ms` is a beginning: the first one goes out at once.
    """
    window, total = over_minutes * MINUTE_MS, max(total, 1)
    every = -(-window // total)
    if not paced_ms or now_ms - paced_ms > max(_GAP_MS, 2 * every):
        paced_ms = now_ms - every
    count = max(now_ms - paced_ms, 0) * total // window
    return count, paced_ms + -(-count * window // total)
