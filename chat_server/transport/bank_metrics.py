"""What the bank's business days tell Prometheus: how far they are closed, and what failed.

Read when Prometheus asks, from what was seen last; nothing is asked of the bank here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bank_bridge.day_contract import BusinessDay


class BankDayMetrics(Collector):
    def __init__(
        self, latest: Callable[[], Sequence[BusinessDay]], failures: Callable[[], int]
    ) -> None:
        self._latest, self._failures = latest, failures

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: the registry need not collect to learn the names."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        days = self._latest()
        closed = max((day.day for day in days if day.sealed_at), default=None)
        at = datetime.combine(closed, time(), UTC).timestamp() if closed else 0.0
        yield GaugeMetricFamily(
            "elian_bank_closed_date_seconds",
            "Midnight (UTC) of the newest business date that is closed; 0: none.",
            value=at,
        )
        yield GaugeMetricFamily(
            "elian_bank_dates_being_closed",
            "Business dates frozen and not sealed; more than 0 for long: a person has to look.",
            value=sum(day.sealed_at is None for day in days),
        )
        yield CounterMetricFamily(
            "elian_bank_day_end_failures",
            "Day-ends that this process put off.",
            value=self._failures(),
        )
