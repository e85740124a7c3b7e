"""Customer and occasion columns: the only place where events turn into numbers.

Called with a customer's events and the trigger, by serving for one occasion and by
training for every past one. The order of the events, their repetition, and whether the
trigger itself was already logged, never change a number.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import fsum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.features.words import (
    AWAY_CATEGORIES,
    BALANCE_VIEWED,
    INTENT,
    PURCHASE,
    READING_TYPES,
    SALARY_WORDS,
    SPOKE,
    TOPIC_OF,
    TOPICS,
    TRANSFER,
    floor_fen,
)

DAY_US: Final = 86_400_000_000
MEMORY_US: Final = 180 * DAY_US
RECENT_US: Final = 30 * DAY_US
HALF_LIFE_US: Final = 30 * DAY_US  # over which a topic of the chat fades to a half
HISTORY_LIMIT: Final = 1_000  # newest events that count: one busy finger costs no more than this

FEATURES: Final = (
    "purchases_recent",
    "shop_purchases",
    "away_purchases",
    "small_purchases",
    "medium_purchases",
    "large_purchases",
    "salaries",
    "transfers",
    "large_transfers",
    "balance_views",
    *(f"{topic}_read" for topic in TOPICS),
    *(f"{topic}_asked" for topic in TOPICS),
    "now_shop",
    "now_away",
    "now_medium",
    "now_upper_medium",
    "now_large",
)
PLACE: Final = {name: place for place, name in enumerate(FEATURES)}

_MEDIUM_FEN: Final = 100_00
_UPPER_MEDIUM_FEN: Final = 500_00
_LARGE_FEN: Final = 2_000_00
_LARGE_TRANSFER_FEN: Final = 10_000_00


class Seen(NamedTuple):
    """An event as the columns see it; `at` is microseconds since 1970, in UTC."""

    at: int
    event_id: str
    type: str
    product: str
    amount_band: str


def columns(events: Iterable[Seen], trigger: Seen) -> NDArray[np.float64]:
    """The values of `FEATURES` at the trigger, each a count or a 0/1 flag.

    A topic that was spoken of counts as asked about, the less the longer ago it was.
    """
    oldest = trigger.at - MEMORY_US
    past = {
        event.event_id: event
        for event in events
        if oldest < event.at <= trigger.at and event.event_id != trigger.event_id
    }
    newest = list(past.values())
    if len(newest) >= HISTORY_LIMIT:
        newest = sorted(newest)[1 - HISTORY_LIMIT :]
    counts = [0.0] * len(FEATURES)
    spoken: dict[int, list[float]] = {}
    recent = trigger.at - RECENT_US
    for event in (*newest, trigger):
        for place in _counted_as(event.type, event.product, event.amount_band):
            counts[place] += 1
        if event.type == PURCHASE and event.at > recent:
            counts[PLACE["purchases_recent"]] += 1
        if event.type == SPOKE and event.product in TOPIC_OF:
            place = PLACE[f"{TOPIC_OF[event.product]}_asked"]
            spoken.setdefault(place, []).append(faded(trigger.at - event.at))
    for place, weights in spoken.items():
        counts[place] += fsum(weights)  # exact, so that no order changes it
    for place in _occasion(trigger):
        counts[place] = 1
    return np.array(counts, dtype=np.float64)


def faded(age_us: int) -> float:
    """What is left of a topic after that time."""
    return float(0.5 ** (max(age_us, 0) / HALF_LIFE_US))


@lru_cache(maxsize=4096)
def _counted_as(event_type: str, product: str, amount_band: str) -> tuple[int, ...]:
    names: list[str] = []
    topic = TOPIC_OF.get(product)
    if event_type == PURCHASE:
        names += [
            "away_purchases" if product in AWAY_CATEGORIES else "shop_purchases",
            _purchase_size(floor_fen(amount_band)),
        ]
    elif event_type == TRANSFER and product in SALARY_WORDS:
        names.append("salaries")
    elif event_type == TRANSFER:
        large = floor_fen(amount_band) >= _LARGE_TRANSFER_FEN
        names.append("large_transfers" if large else "transfers")
    elif event_type == BALANCE_VIEWED:
        names.append("balance_views")
    elif topic is not None and event_type in READING_TYPES:
        names.append(f"{topic}_read")
    elif topic is not None and event_type == INTENT:
        names.append(f"{topic}_asked")
    return tuple(PLACE[name] for name in names)


def _purchase_size(fen: int) -> str:
    if fen >= _LARGE_FEN:
        return "large_purchases"
    return "medium_purchases" if fen >= _MEDIUM_FEN else "small_purchases"


def _occasion(trigger: Seen) -> Iterable[int]:
    if trigger.type != PURCHASE:
        return
    yield PLACE["now_away" if trigger.product in AWAY_CATEGORIES else "now_shop"]
    fen = floor_fen(trigger.amount_band)
    if fen >= _LARGE_FEN:
        yield PLACE["now_large"]
    elif fen >= _UPPER_MEDIUM_FEN:
        yield PLACE["now_upper_medium"]
    elif fen >= _MEDIUM_FEN:
        yield PLACE["now_medium"]
