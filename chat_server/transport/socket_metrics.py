"""What the chat socket tells Prometheus, read from plain counters when it asks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from chat_server.delivery.tally import ACK_BOUNDS_S

if TYPE_CHECKING:
    from chat_server.transport.websocket import SocketRoom


class SocketMetrics(Collector):
    def __init__(self, room: SocketRoom) -> None:
        self._room = room

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: the registry need not collect to learn the names."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        room, tally = self._room, self._room.fanout.tally
        seats = list(room.fanout.roster.all())
        yield _gauge("connections", "Open chat sockets.", len(room.connections))
        yield _gauge("in_flight", "Appends that are not durable yet.", room.in_flight)
        yield _gauge("live_conversations", "With somebody here.", len(room.fanout.roster.tails))
        yield _counter("delivered", "Events handed to devices here, once each.", tally.delivered)
        yield _counter("repaired", "Events no ring told of.", tally.repaired)
        yield _counter("refused", "Sends that were not appended.", tally.refused)
        yield _counter("overloaded", "Sends refused before they were written.", room.turned_down)
        yield _gauge("width", "Sends that may be in flight at once.", room.intake.width)
        lagged = room.lagged + sum(seat.lagged for seat in seats)
        yield _counter("lagging", "Times that push stopped for a device.", lagged)
        yield self._closes()
        counts = [str(bound) for bound in ACK_BOUNDS_S] + ["+Inf"]
        yield HistogramMetricFamily(
            "elian_socket_ack_seconds",
            "From a send to its ack.",
            buckets=list(zip(counts, accumulate(tally.ack_counts), strict=True)),
            sum_value=tally.ack_seconds,
        )

    def _closes(self) -> Metric:
        closes = CounterMetricFamily(
            "elian_socket_closed", "Sockets that the server closed.", labels=["code"]
        )
        for code, count in self._room.closed.items():
            closes.add_metric([str(int(code))], count)
        return closes


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"elian_socket_{name}", meaning, value=value)


def _counter(name: str, meaning: str, value: float) -> Metric:
    return CounterMetricFamily(f"elian_socket_{name}", meaning, value=value)
