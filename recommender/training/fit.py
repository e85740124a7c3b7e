"""Learning the weights: one logistic regression over features, products and their pairs.

Called by training, on rows that the dataset made. What it learns on a standardised scale is
folded back onto the plain one, so that a score stays the sum of its listed parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from threadpoolctl import threadpool_limits

from recommender.features.columns import FEATURES
from recommender.ranking.model import Floats, LinearModel, scaled
from recommender.training.dataset import Dataset

_STRENGTHS: Final = (0.003, 0.03, 0.3)  # inverse regularisation, weakest knowledge first
_FOLDS: Final = 3


def known_products(dataset: Dataset, least: int) -> tuple[str, ...]:
    """Products with enough settled offers to say anything about."""
    names, counts = np.unique(dataset.products, return_counts=True)
    return tuple(str(name) for name, count in zip(names, counts, strict=True) if count >= least)


def choose_strength(dataset: Dataset, products: tuple[str, ...], seed: int) -> float:
    """The regularisation that predicts unseen customers best; folds never split a customer."""
    design, _, _ = _design(dataset, products)
    names, customer = np.unique(dataset.customers, return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(names))[customer] % _FOLDS

    cuts = [(strength, number) for strength in _STRENGTHS for number in range(_FOLDS)]
    losses = Parallel()(
        delayed(_loss)(design, dataset.interested, fold == number, strength)
        for strength, number in cuts
    )
    total = dict.fromkeys(_STRENGTHS, 0.0)
    for (strength, _), loss in zip(cuts, losses, strict=True):
        total[strength] += loss
    return min(_STRENGTHS, key=lambda strength: total[strength])


def fit_all(
    parts: Sequence[Dataset], products: tuple[str, ...], strength: float
) -> list[LinearModel]:
    """One model for each part."""
    models: list[LinearModel] = Parallel()(delayed(fit)(part, products, strength) for part in parts)
    return models


def _loss(
    design: Floats, interested: NDArray[np.bool_], held_out: NDArray[np.bool_], strength: float
) -> float:
    """The log-loss of one fold, learnt from the others."""
    with threadpool_limits(1):
        fitted = _regression(strength).fit(design[~held_out], interested[~held_out])
        expected = fitted.predict_proba(design[held_out])[:, 1]
    return float(log_loss(interested[held_out], expected, labels=[False, True], normalize=False))


def fit(dataset: Dataset, products: tuple[str, ...], strength: float) -> LinearModel:
    """The model of these rows, not yet a version."""
    with threadpool_limits(1):
        return _fit(dataset, products, strength)


def _fit(dataset: Dataset, products: tuple[str, ...], strength: float) -> LinearModel:
    design, mean, spread = _design(dataset, products)
    fitted = _regression(strength).fit(design, dataset.interested)
    count, width = len(products), len(FEATURES)
    learned = fitted.coef_[0]
    per_product, shared = learned[:count], learned[count : count + width]
    pairs = learned[count + width :].reshape(count, width)
    weights = (shared + pairs) / spread
    intercepts = fitted.intercept_[0] + per_product - weights @ mean
    model = LinearModel(
        version="", products=products, features=FEATURES, weights=weights, intercepts=intercepts
    )
    return msgspec.structs.replace(model, doubt=_doubt(model, dataset, spread / strength**0.5))


def _doubt(model: LinearModel, dataset: Dataset, known: Floats) -> Floats:
    """How far each product's weights may be off: Laplace's approximation on its own rows.

    `known` is what the regularisation alone knows of a weight, as one over its standard deviation;
    what products share is not shared here, so the doubt errs on the large side.
    """
    prior = np.diag(np.concatenate([[1e-2], known**2 / 2]))
    found = np.empty((len(model.products), len(prior), len(prior)))
    for place, product in enumerate(model.products):
        plain = scaled(dataset.columns[dataset.products == product])
        rows = np.column_stack([np.ones(len(plain)), plain])
        yes = 0.5 * (1 + np.tanh((plain @ model.weights[place] + model.intercepts[place]) / 2))
        found[place] = np.linalg.inv(rows.T @ (rows * (yes * (1 - yes))[:, None]) + prior)
    return found


def _regression(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, solver="newton-cholesky", max_iter=200)


def _design(dataset: Dataset, products: tuple[str, ...]) -> tuple[Floats, Floats, Floats]:
    """Product flags, standardised columns, and each product's own copy of them."""
    plain = scaled(dataset.columns)
    mean, spread = plain.mean(axis=0), plain.std(axis=0)
    spread[spread == 0] = 1.0
    standard = (plain - mean) / spread
    flags: NDArray[np.bool_] = dataset.products[:, None] == np.array(products)[None, :]
    pairs = (flags[:, :, None] * standard[:, None, :]).reshape(len(standard), -1)
    return np.hstack([flags, standard, pairs]), mean, spread
