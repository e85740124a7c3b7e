"""One training, from the log to a published model and its report.

Called by the command line and by the demonstration loader, also while a server runs. A
model that is not better than popularity, beyond chance, is reported and not published.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Final

import msgspec
import numpy as np

from recommender.contract import RecommenderError
from recommender.features.log import from_us, open_log, telling
from recommender.guardrails.rules import Rules
from recommender.ranking.artefact import publish
from recommender.ranking.model import LinearModel, scaled
from recommender.training.dataset import Dataset, read_dataset
from recommender.training.evaluate import (
    Gain,
    Quality,
    by_model,
    by_popularity,
    gain,
    quality,
    split_by_time,
)
from recommender.training.fit import choose_strength, fit_all, known_products
from recommender.training.items import ItemReport, train_items
from recommender.training.uplift_live import UpliftReport, train_uplift

HELD_OUT: Final = 0.2
LEAST_OFFERS: Final = 200
LEAST_PER_PRODUCT: Final = 30
LEAST_CUSTOMERS: Final = 30
LEAST_ANSWERS: Final = 20  # of either kind
DRIVERS: Final = 3
PROTOCOL: Final = (
    "settled offers by time: the last 20 % held out and never learned from; strength chosen"
    " on the earlier ones by customer-wise folds; the published model learns from all"
)


class ProductReport(msgspec.Struct, frozen=True):
    """One product: how often it was offered, how often it interested, and what speaks for it."""

    product: str
    offers: int
    interest_rate: float
    drivers: tuple[str, ...]


class TrainingReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was learned, from what, and how good it is on later offers than it learned from."""

    version: str | None  # none: not published, being no better than popularity beyond chance
    protocol: str
    seed: int
    offers: int
    customers: int
    held_out: int
    held_out_from: datetime
    strength: float
    model: Quality
    popularity: Quality
    gain: Gain
    products: tuple[ProductReport, ...]
    fit_s: float
    items: tuple[ItemReport, ...] = ()  # the models of articles, accounts and goods
    uplift: tuple[UpliftReport, ...] = ()  # whom offers change, by the hold-out


def train(directory: Path, *, now: Callable[[], datetime], seed: int) -> TrainingReport:
    """Learn from the log in the directory; publish beside it if better than popularity.

    Items' models come first, and stay when too little is known of offers.
    """
    started, trained_at = perf_counter(), now()
    if not (directory / "events.db").exists():
        raise RecommenderError("there is no event log yet: nothing was ever observed")
    with open_log(directory / "events.db") as log, telling("be read"):
        items = train_items(log, directory, trained_at=trained_at, seed=seed)
        effects = train_uplift(
            log,
            directory,
            held_out_share=Rules().hold_out_share,
            trained_at=trained_at,
            seed=seed,
        )
        dataset = read_dataset(log, trained_at)
    products = known_products(dataset, LEAST_PER_PRODUCT)
    dataset = dataset.take(np.flatnonzero(np.isin(dataset.products, products)))
    _require_enough(dataset)
    earlier, later = split_by_time(dataset, HELD_OUT, seed)
    try:
        strength = choose_strength(earlier, products, seed)
        trial, final = fit_all((earlier, dataset), products, strength)
    except ValueError as exc:  # scikit-learn's word for data that cannot be learned from
        raise RecommenderError(f"the settled offers cannot be learned from: {exc}") from exc
    ours, theirs = by_model(trial, later), by_popularity(earlier, later)
    report = TrainingReport(
        version=None,
        protocol=PROTOCOL,
        seed=seed,
        offers=len(dataset.at),
        customers=len(np.unique(dataset.customers)),
        held_out=len(later.at),
        held_out_from=from_us(int(later.at.min())),
        strength=strength,
        model=quality(ours, later),
        popularity=quality(theirs, later),
        gain=gain(ours, theirs, later),
        products=tuple(_product_report(final, dataset, product) for product in products),
        fit_s=round(perf_counter() - started, 3),
        items=items,
        uplift=effects,
    )
    if not report.gain.beyond_chance:
        return report
    version = publish(directory / "models", final, trained_at, msgspec.json.encode(report))
    return msgspec.structs.replace(report, version=version)


def _require_enough(dataset: Dataset) -> None:
    interested = int(dataset.interested.sum())
    found = {
        "settled offers": (len(dataset.at), LEAST_OFFERS),
        "customers": (len(np.unique(dataset.customers)), LEAST_CUSTOMERS),
        "interested answers": (interested, LEAST_ANSWERS),
        "uninterested answers": (len(dataset.at) - interested, LEAST_ANSWERS),
    }
    for what, (count, least) in found.items():
        if count < least:
            raise RecommenderError(f"too little to learn from: {count} {what}, {least} needed")


def _product_report(model: LinearModel, dataset: Dataset, product: str) -> ProductReport:
    offered = dataset.products == product
    weights = model.weights[model.products.index(product)]
    typical = scaled(dataset.columns[offered]).std(axis=0)
    order = np.argsort(-weights * typical)[:DRIVERS]
    return ProductReport(
        product=product,
        offers=int(offered.sum()),
        interest_rate=round(float(dataset.interested[offered].mean()), 4),
        drivers=tuple(model.features[place] for place in order if weights[place] > 0),
    )
