"""Who took which article, account or thing, and when last: what item models learn and score from.

Written by serving with each event, read by serving for one customer and by training for all, both
through this room: the same rows, in the same order, cut at the same length. One row a thing, so
that a thing taken ten thousand times counts once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from recommender.contract import Event, ItemKind
from recommender.features.log import EventLog, to_us
from recommender.features.words import taken_in

NEWEST: Final = 100  # of each customer and kind that count: what is older weighs next to nothing


class Taken(NamedTuple):
    """`at` is microseconds since 1970, in UTC."""

    item: str
    at: int


def take(log: EventLog, events: Iterable[Event], now: datetime) -> None:
    """Note what the events took; a clock that runs ahead counts as now, what is forgotten not."""
    latest = to_us(now)
    log.connection.executemany(
        "INSERT INTO taken SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS"
        " (SELECT 1 FROM forgotten WHERE customer = ?1 AND at >= ?4)"
        " ON CONFLICT DO UPDATE SET at = max(at, excluded.at)",
        (
            (event.customer, *thing, min(to_us(event.occurred_at), latest))
            for event in events
            if (thing := taken_in(event)) is not None
        ),
    )


def refuse(log: EventLog, customer: str, thing: tuple[ItemKind, str], at: datetime) -> None:
    """The customer does not want to see the thing again."""
    log.connection.execute(
        "INSERT INTO unwanted VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (customer, *thing, to_us(at)),
    )


def refused(connection: sqlite3.Connection, customer: str, kind: ItemKind) -> frozenset[str]:
    rows = connection.execute(
        "SELECT item FROM unwanted WHERE customer = ? AND kind = ?", (customer, kind)
    )
    return frozenset(item for (item,) in rows)


def taken_by(connection: sqlite3.Connection, customer: str, kind: ItemKind) -> list[Taken]:
    """All that one customer took, oldest first."""
    rows = connection.execute(
        "SELECT item, at FROM taken WHERE customer = ? AND kind = ?", (customer, kind)
    )
    return sorted(map(Taken._make, rows), key=itemgetter(1, 0))


def taken_by_all(connection: sqlite3.Connection, kind: ItemKind) -> Iterator[list[Taken]]:
    """What each customer took, oldest first, only what counts."""
    rows = connection.execute(
        "SELECT customer, item, at FROM taken WHERE kind = ? ORDER BY customer, at, item", (kind,)
    )
    for _, theirs in groupby(rows, itemgetter(0)):
        yield [Taken(item, at) for _, item, at in theirs][-NEWEST:]
