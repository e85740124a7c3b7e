"""Whether the model still does what it promised: calibration and drift, from the log alone.

Called by serving for its readings. Nothing here is about a customer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from recommender.contract import Readings
from recommender.features.log import Outcome
from recommender.ranking.model import Floats

WEEK: Final = timedelta(days=7)
REMEMBERED: Final = 5 * WEEK  # a week, and the four before it that it is held against
_BINS: Final = 10
_LEAST: Final = 50  # offers on either side, for a drift that is not chance


def readings(version: str, outcomes: Sequence[Outcome], now: datetime) -> Readings:
    """Of decisions not older than `REMEMBERED`."""
    week = [one for one in outcomes if one.at > now - WEEK]
    settled = [one for one in week if one.settled and one.score is not None]
    promised = np.array([one.score for one in settled], dtype=np.float64)
    kept = np.array([one.interested for one in settled], dtype=np.float64)
    scores = [
        np.array(
            [
                one.score
                for one in outcomes
                if one.silence is None and one.score is not None and (one.at > now - WEEK) is new
            ],
            dtype=np.float64,
        )
        for new in (True, False)
    ]
    return Readings(
        model_version=version,
        outcomes=dict(Counter(one.silence or "offer" for one in week)),
        settled=len(settled),
        promised=float(promised.mean()) if settled else 0.0,
        kept=float(kept.mean()) if settled else 0.0,
        calibration_error=calibration_error(promised, kept) if settled else 0.0,
        drift=drift(*scores),
    )


def calibration_error(expected: Floats, seen: Floats) -> float:
    """Mean gap of promised and seen rate, over ten bins of as many rows each."""
    order = np.argsort(expected, kind="stable")
    bins = [part for part in np.array_split(order, _BINS) if len(part)]
    gaps = [abs(expected[part].mean() - seen[part].mean()) * len(part) for part in bins]
    return float(sum(gaps) / len(order))


def drift(new: Floats, old: Floats) -> float:
    """Population stability index (Siddiqi 2006) over tenths of the old; 0 while there are few."""
    if min(len(new), len(old)) < _LEAST:
        return 0.0
    edges = np.unique(np.quantile(old, np.linspace(0, 1, _BINS + 1)[1:-1]))
    shares = [
        (np.bincount(np.searchsorted(edges, side), minlength=len(edges) + 1) + 0.5)
        / (len(side) + 0.5 * (len(edges) + 1))
        for side in (new, old)
    ]
    return float(((shares[0] - shares[1]) * np.log(shares[0] / shares[1])).sum())
