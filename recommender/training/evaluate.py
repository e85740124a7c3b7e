"""How good the model is on offers that came after all it learned from.

Called by training, before anything is published. The yardstick is popularity: each
product's plain rate of interest, the same for every customer.
"""

from __future__ import annotations

import msgspec
import numpy as np
from sklearn.metrics import log_loss, roc_auc_score

from recommender.contract import RecommenderError
from recommender.ranking.model import Floats, LinearModel
from recommender.ranking.monitors import calibration_error
from recommender.training.dataset import Dataset


class Quality(msgspec.Struct, frozen=True):
    """Of one way to predict interest, on the held-out offers."""

    log_loss: float
    roc_auc: float
    calibration_error: float  # mean gap between promised and seen rate, over ten equal bins


class Gain(msgspec.Struct, frozen=True):
    """Of the model over popularity, on the same held-out offers."""

    log_loss: float
    standard_error: float

    @property
    def beyond_chance(self) -> bool:
        return self.log_loss > 2 * self.standard_error


def split_by_time(dataset: Dataset, held_out: float, seed: int) -> tuple[Dataset, Dataset]:
    """The earlier offers and the latest share of them; ties fall at random, never by id."""
    shuffled = np.random.default_rng(seed).permutation(len(dataset.at))
    order = shuffled[np.argsort(dataset.at[shuffled], kind="stable")]
    cut = round(len(order) * (1 - held_out))
    earlier, later = dataset.take(order[:cut]), dataset.take(order[cut:])
    for part in (earlier, later):
        if part.interested.all() or not part.interested.any():
            raise RecommenderError("offers were all answered alike: there is nothing to tell apart")
    return earlier, later


def by_model(model: LinearModel, dataset: Dataset) -> Floats:
    """The model's probability for each row's own product."""
    places = {product: place for place, product in enumerate(model.products)}
    own = np.array([places[product] for product in dataset.products])
    log_odds = model.log_odds(dataset.columns)[np.arange(len(own)), own]
    expected: Floats = 0.5 * (1 + np.tanh(log_odds / 2))
    return expected


def by_popularity(learned: Dataset, dataset: Dataset) -> Floats:
    """Each product's past rate of interest, kept off zero and one."""
    rates = {
        product: (learned.interested[learned.products == product].sum() + 1)
        / ((learned.products == product).sum() + 2)
        for product in np.unique(dataset.products)
    }
    return np.array([rates[product] for product in dataset.products], dtype=np.float64)


def quality(expected: Floats, dataset: Dataset) -> Quality:
    seen = dataset.interested
    return Quality(
        log_loss=float(log_loss(seen, expected, labels=[False, True])),
        roc_auc=float(roc_auc_score(seen, expected)),
        calibration_error=calibration_error(expected, seen.astype(np.float64)),
    )


def gain(ours: Floats, theirs: Floats, dataset: Dataset) -> Gain:
    """How much log-loss is saved a row, and how far chance alone could move that."""
    rows = dataset.interested
    saved = np.log(np.where(rows, ours / theirs, (1 - ours) / (1 - theirs)))
    error = saved.std(ddof=1) / np.sqrt(len(saved))
    return Gain(log_loss=float(saved.mean()), standard_error=float(error))
