"""Learning whom offers change, from offers that were made and from the hold-out that got none.

Called by training beside the offers' model. Who is held out is drawn by lot, so the chance of an
offer is known; an effect is estimated for each row by the doubly robust formula (Kennedy 2023,
arXiv 2004.14497) and regressed on the columns. What counts is whether the product was taken within
thirty days: the bank's own word for it, not a tap.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

from recommender.contract import Consents
from recommender.features.columns import DAY_US, FEATURES, Seen, columns
from recommender.features.log import EventLog, to_us
from recommender.features.words import TAKEN, permitted
from recommender.ranking.model import Floats
from recommender.ranking.uplift import FOLDER, UpliftModel, publish, rows

WITHIN_US: Final = 30 * DAY_US
LEAST_EITHER: Final = 100  # customers offered, and held out, of a product
LEAST_TAKEN: Final = 10  # on either side
_FOLDS: Final = 5
_STRENGTH: Final = 30.0  # of the ridges: effects differ little until the data insist


class UpliftReport(msgspec.Struct, frozen=True):
    """Of one product: who was offered and who was held out, what they took, and what offers add.

    `version` is none where too few were held out or took it, and nobody can say.
    """

    product: str
    version: str | None
    offered: int
    held_out: int
    taken_offered: float
    taken_held_out: float
    added: float | None = None  # on average, with its 95 % interval
    low: float | None = None
    high: float | None = None


class Trial(NamedTuple):
    """One row a customer and product: the first decision about it, whatever came later."""

    columns: Floats
    product: NDArray[np.str_]
    offered: NDArray[np.bool_]
    taken: NDArray[np.float64]


def train_uplift(
    log: EventLog, directory: Path, *, held_out_share: float, trained_at: datetime, seed: int
) -> tuple[UpliftReport, ...]:
    """A report a product; those of which enough is known are in the model that is published."""
    trial = _trial(log, to_us(trained_at))
    reports, weights, doubts = [], [], []
    for product in sorted(set(trial.product.tolist())):
        own = trial.product == product
        offered, taken = trial.offered[own], trial.taken[own]
        report = UpliftReport(
            product,
            None,
            int(offered.sum()),
            int((~offered).sum()),
            _mean(taken[offered]),
            _mean(taken[~offered]),
        )
        enough = min(report.offered, report.held_out) >= LEAST_EITHER
        if enough and min(taken[offered].sum(), taken[~offered].sum()) >= LEAST_TAKEN:
            design = rows(trial.columns[own])
            effects = _effects(design, offered, taken, 1 - held_out_share, seed)
            learnt, doubt = _regressed(design, effects)
            weights.append(learnt)
            doubts.append(doubt)
            middle, error = float(effects.mean()), float(effects.std() / len(effects) ** 0.5)
            report = msgspec.structs.replace(
                report, added=middle, low=middle - 1.96 * error, high=middle + 1.96 * error
            )
        reports.append(report)
    known = tuple(one.product for one in reports if one.added is not None)
    if not known:
        return tuple(reports)
    model = UpliftModel(
        version="", products=known, weights=np.array(weights), doubt=np.array(doubts)
    )
    version = publish(directory / FOLDER, model, trained_at, msgspec.json.encode(reports))
    return tuple(
        msgspec.structs.replace(one, version=version) if one.product in known else one
        for one in reports
    )


def _effects(
    design: Floats, offered: NDArray[np.bool_], taken: Floats, chance: float, seed: int
) -> Floats:
    """Each row's effect, doubly robust; what is expected of a row was learnt from others."""
    fold = np.random.default_rng(seed).permutation(len(design)) % _FOLDS
    expected = np.empty((2, len(design)))
    for number in range(_FOLDS):
        for side, chosen in enumerate((~offered, offered)):
            learnt = Ridge(_STRENGTH).fit(
                design[chosen & (fold != number)], taken[chosen & (fold != number)]
            )
            expected[side, fold == number] = learnt.predict(design[fold == number])
    treated = offered.astype(np.float64)
    seen = np.where(offered, expected[1], expected[0])
    weight = (treated - chance) / (chance * (1 - chance))
    effects: Floats = expected[1] - expected[0] + weight * (taken - seen)
    return effects


def _regressed(design: Floats, effects: Floats) -> tuple[Floats, Floats]:
    """Ridge weights, the constant free, and their sandwich covariance (White 1980)."""
    strength = _STRENGTH * np.diag([0.0, *[1.0] * len(FEATURES)])
    bread = np.linalg.pinv(design.T @ design + strength)
    weights: Floats = bread @ (design.T @ effects)
    left = effects - design @ weights
    doubt: Floats = bread @ (design.T @ (design * (left**2)[:, None])) @ bread
    return weights, doubt


_DECIDED: Final = """
    SELECT customer, trigger_id, trigger_at, product, silence IS NULL, chat_content, account_data
    FROM decisions
    WHERE (silence IS NULL OR silence = 'hold_out') AND product <> '' AND trigger_at <= ?
    ORDER BY customer, trigger_at
"""


def _trial(log: EventLog, now: int) -> Trial:
    """Decisions whose thirty days are over, of customers whose events are still there."""
    found: list[tuple[Floats, str, bool, float]] = []
    decided = log.connection.execute(_DECIDED, (now - WITHIN_US,))
    for customer, theirs in groupby(decided.fetchall(), itemgetter(0)):
        events = [
            Seen(*row)
            for row in log.connection.execute(
                "SELECT occurred_at, event_id, type, product, amount_band FROM events"
                " WHERE customer = ?",
                (customer,),
            )
        ]
        known = {event.event_id: event for event in events}
        done: set[str] = set()
        for _, trigger_id, at, product, offered, chat_content, account_data in theirs:
            if product in done or trigger_id not in known:
                continue
            done.add(product)
            consents = Consents(
                "",
                personalised_offers=True,
                chat_content=bool(chat_content),
                account_data=bool(account_data),
            )
            if TAKEN not in permitted(consents):
                continue  # what they took is not ours to know
            allowed = permitted(consents)
            row = columns([one for one in events if one.type in allowed], known[trigger_id])
            taken = any(
                one.type == TAKEN and one.product == product and at < one.at <= at + WITHIN_US
                for one in events
            )
            found.append((row, product, bool(offered), float(taken)))
    if not found:
        nobody = np.empty((0, len(FEATURES)))
        return Trial(nobody, np.array([], str), np.array([], bool), np.array([], np.float64))
    values, products, offers, taken_all = zip(*found, strict=True)
    return Trial(np.array(values), np.array(products), np.array(offers), np.array(taken_all))


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else 0.0
