"""Past offers as rows to learn from: the columns at the trigger, and whether it interested.

Called by training. The columns come from the same function as in serving, under the
consents of that moment. An offer counts once it is settled: it was shown, and its time to
be answered is over. (Quick answers counted earlier would look too frequent.)
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.contract import Consents, RecommenderError
from recommender.features.columns import FEATURES, Seen, columns
from recommender.features.log import EventLog, to_us
from recommender.features.words import permitted
from recommender.ranking.model import Floats

_OFFERS = """
    SELECT customer, trigger_id, product, chat_content, account_data,
           MAX(kind = 'interested') AS interested
    FROM decisions JOIN feedback USING (offer_id)
    WHERE expires_at <= ?
    GROUP BY trigger_id
    ORDER BY customer
"""
_EVENTS = """
    SELECT customer, occurred_at, event_id, type, product, amount_band
    FROM events WHERE customer IN (SELECT customer FROM decisions WHERE offer_id IS NOT NULL)
    ORDER BY customer
"""


class Dataset(NamedTuple):
    """One row per settled offer, in no promised order."""

    columns: Floats
    products: NDArray[np.str_]
    interested: NDArray[np.bool_]
    at: NDArray[np.int64]
    customers: NDArray[np.str_]

    def take(self, rows: NDArray[np.intp]) -> Dataset:
        return Dataset(
            self.columns[rows],
            self.products[rows],
            self.interested[rows],
            self.at[rows],
            self.customers[rows],
        )


class Offer(NamedTuple):
    customer: str
    trigger_id: str
    product: str
    chat_content: int
    account_data: int
    interested: int


def read_dataset(log: EventLog, now: datetime) -> Dataset:
    """All settled offers whose trigger is still in the log: who was forgotten teaches nothing."""
    connection = log.connection
    connection.execute("BEGIN")  # one snapshot for both readings, while the server writes on
    try:
        rows = list(_rows(connection, to_us(now)))
    finally:
        connection.execute("ROLLBACK")
    if not rows:
        raise RecommenderError("no offer was answered yet: there is nothing to learn from")
    values, products, interested, at, customers = zip(*rows, strict=True)
    return Dataset(
        np.vstack(values).reshape(-1, len(FEATURES)),
        np.array(products),
        np.array(interested, dtype=np.bool_),
        np.array(at, dtype=np.int64),
        np.array(customers),
    )


def _rows(connection: sqlite3.Connection, now: int) -> Iterator[tuple[Floats, str, int, int, str]]:
    offers = groupby(map(Offer._make, connection.execute(_OFFERS, (now,))), itemgetter(0))
    for (customer, answered), events in _side_by_side(offers, connection.execute(_EVENTS)):
        past = {event.event_id: event for event in events}
        for offer in answered:
            trigger = past.get(offer.trigger_id)
            if trigger is not None:
                types = permitted(_consents(offer))
                row = columns((event for event in past.values() if event.type in types), trigger)
                yield row, offer.product, offer.interested, trigger.at, customer


def _side_by_side(
    offers: Iterable[tuple[str, Iterable[Offer]]], events: Iterable[tuple[str, ...]]
) -> Iterator[tuple[tuple[str, list[Offer]], list[Seen]]]:
    """Join two readings that are both ordered by customer, holding one customer at a time."""
    logged = groupby(events, itemgetter(0))
    holder, held = next(logged, (None, iter(())))
    for customer, answered in offers:
        while holder is not None and holder < customer:
            holder, held = next(logged, (None, iter(())))
        found = [Seen._make(row[1:]) for row in held] if holder == customer else []
        yield (customer, list(answered)), found


def _consents(offer: Offer) -> Consents:
    return Consents(
        snapshot_id="",
        personalised_offers=True,
        chat_content=bool(offer.chat_content),
        account_data=bool(offer.account_data),
    )
