"""What the recommender tells Prometheus: what it decides, and whether its model still holds.

Read when Prometheus asks, from readings that are there already; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from recommender.contract import Readings


class OfferMetrics(Collector):
    def __init__(self, readings: Callable[[], Readings]) -> None:
        self._readings = readings

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: the registry need not collect to learn the names."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        now = self._readings()
        decided = GaugeMetricFamily(
            "elian_offer_decisions", "Of the last week, by what was decided.", labels=["outcome"]
        )
        for outcome, many in sorted(now.outcomes.items()):
            decided.add_metric([outcome], many)
        yield decided
        yield _gauge(
            "settled", "Offers of the last week that were answered or ran out.", now.settled
        )
        yield _gauge("promised", "Mean score of these.", now.promised)
        yield _gauge("kept", "Share of these that interested.", now.kept)
        yield _gauge(
            "calibration_error", "Gap of promised and kept, over ten bins.", now.calibration_error
        )
        yield _gauge("drift", "Of scores, against four weeks before; 0.2 is much.", now.drift)
        model = GaugeMetricFamily("elian_offer_model", "The model in use.", labels=["version"])
        model.add_metric([now.model_version], 1)
        yield model


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"elian_offer_{name}", meaning, value=value)
