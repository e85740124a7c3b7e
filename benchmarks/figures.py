"""What it costs to read a sentence's payee, account, amount, days and hours.

python -m benchmarks.figures

Every sentence of `bots/understanding/data/figures`, one by one, against the limit of the
bots' budget: 0.2 ms a sentence, together with whatever else the same core does.
"""

from __future__ import annotations

import time
from datetime import datetime
from statistics import mean, quantiles

from bots.understanding.dates import find_dates
from bots.understanding.figures import sentences
from bots.understanding.slots import read_slots
from bots.understanding.text import fold

LIMIT_US = 200.0
ROUNDS = 5


def cost_us(sentence: str, at: datetime) -> float:
    begun = time.thread_time()
    read_slots(sentence)
    find_dates(fold(sentence), at)
    return (time.thread_time() - begun) * 1e6


def main() -> None:
    at = datetime(2026, 11, 23, 12)  # noqa: DTZ001 - wall-clock time in Beijing
    said = [one.sentence for one in sentences()]
    costs = [min(cost_us(sentence, at) for _ in range(ROUNDS)) for sentence in said]
    cuts = quantiles(costs, n=100)
    print(f"{len(said)} sentences, the best of {ROUNDS} each; limit {LIMIT_US:.0f} µs a sentence")
    for name, cost in (("mean", mean(costs)), ("p50", cuts[49]), ("p99", cuts[98])):
        print(f"{name:5}{cost:8.1f} µs   {cost / LIMIT_US:.2f} of the limit")


if __name__ == "__main__":
    main()
