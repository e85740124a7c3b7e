"""What a customer cares about, as topics that people can read, fading over months.

Called by serving for the customer, who may see and erase it. Made from the same events as the
columns, under the same consents; nothing is stored of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from math import fsum
from typing import Final

from recommender.contract import Consents, Interest
from recommender.features.columns import MEMORY_US, faded
from recommender.features.log import EventLog, to_us
from recommender.features.words import INTENT, READING_TYPES, SPOKE, TOPIC_OF, permitted

_MOST: Final = 20
_TELLING: Final = READING_TYPES | {INTENT, SPOKE}


def interests(
    log: EventLog, customer: str, consents: Consents, now: datetime
) -> Sequence[Interest]:
    """Strongest first. What reads, follows or asks counts where it names a product's topic."""
    until = to_us(now)
    rows = log.connection.execute(
        "SELECT occurred_at, type, product FROM events WHERE customer = ? AND occurred_at > ?",
        (customer, until - MEMORY_US),
    )
    allowed = permitted(consents) & _TELLING
    weights: defaultdict[str, list[float]] = defaultdict(list)
    for at, kind, product in rows:
        topic = TOPIC_OF.get(product, product if kind == SPOKE else "")
        if kind in allowed and topic:
            weights[topic].append(faded(until - at))
    found = [Interest(topic, fsum(each)) for topic, each in weights.items()]
    return sorted(found, key=lambda one: (-one.weight, one.topic))[:_MOST]
