"""What the fan-out counts. Plain numbers: the hot path has no time for more."""

from __future__ import annotations

from bisect import bisect_left

ACK_BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Tally:
    def __init__(self) -> None:
        self.delivered = 0  # events, once each whoever hears them
        self.acked = 0
        self.refused = 0
        self.repaired = 0  # events read from the store because no ring told of them
        self.ack_counts = [0] * (len(ACK_BOUNDS_S) + 1)
        self.ack_seconds = 0.0

    def ack(self, seconds: float) -> None:
        self.acked += 1
        self.ack_seconds += seconds
        self.ack_counts[bisect_left(ACK_BOUNDS_S, seconds)] += 1
