"""Whom an offer changes: per product a linear model of the effect, with how far it may be off.

Learnt by training from offers and from the hold-out that got none; read by serving for audiences.
Plain arrays, signed as every model.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from recommender.artefacts import signed
from recommender.contract import RecommenderError
from recommender.features.columns import FEATURES
from recommender.ranking.model import Floats, scaled

FOLDER: Final = "uplift-models"
_WEIGHTS: Final = "weights.npy"
_DOUBT: Final = "doubt.npy"
_DESCRIPTION: Final = "model.json"
SURE: Final = 1.959963984540054  # standard errors either side of 95 %


class Description(msgspec.Struct, frozen=True, kw_only=True, tag="elian-uplift-1"):
    """What the arrays mean; the tag is the format."""

    products: tuple[str, ...]
    features: tuple[str, ...]
    trained_at: datetime


class UpliftModel(msgspec.Struct, frozen=True, kw_only=True):
    """Of each product a constant and a weight a feature: what an offer adds to the chance."""

    version: str
    products: tuple[str, ...]
    weights: Floats  # products x (1 + features)
    doubt: Floats  # products x (1 + features) twice: covariance of the weights

    def effects(self, product: str, columns: Floats) -> Floats:
        """Of each row of columns."""
        found: Floats = rows(columns) @ self.weights[self.products.index(product)]
        return found

    def together(self, product: str, columns: Floats) -> tuple[float, float]:
        """What offers to all these rows add, and its standard error."""
        place = self.products.index(product)
        total = rows(columns).sum(axis=0)
        return float(total @ self.weights[place]), float(
            np.sqrt(max(float(total @ self.doubt[place] @ total), 0.0))
        )


def rows(columns: Floats) -> Floats:
    """With a one in front, on the scale on which models are linear."""
    plain = scaled(columns)
    return np.hstack([np.ones((len(plain), 1)), plain])


def publish(models: Path, model: UpliftModel, trained_at: datetime, report: bytes) -> str:
    """Write the model as a new version, make it the current one, and return the version."""
    described = Description(products=model.products, features=FEATURES, trained_at=trained_at)
    files: dict[str, bytes | signed.Array] = {
        _WEIGHTS: model.weights,
        _DOUBT: model.doubt,
        _DESCRIPTION: msgspec.json.encode(described),
    }
    version = signed.publish(models, files, trained_at, report)
    load(models, version)
    signed.promote(models, version)
    return version


def load(models: Path, version: str) -> UpliftModel:
    """The model, if it was signed here and trained on the features that are served now."""
    files = signed.opened(models, version, (_WEIGHTS, _DOUBT, _DESCRIPTION))
    try:
        described = msgspec.json.decode(files[_DESCRIPTION], type=Description)
        weights, doubt = (signed.array(files[name]) for name in (_WEIGHTS, _DOUBT))
    except (ValueError, msgspec.MsgspecError) as exc:
        raise RecommenderError(f"model {version} is damaged: {exc}") from exc
    if described.features != FEATURES:
        raise RecommenderError(f"model {version} was trained on other features: train again")
    many, wide = len(described.products), len(FEATURES) + 1
    return UpliftModel(
        version=version,
        products=described.products,
        weights=_shaped(weights, (many, wide)),
        doubt=_shaped(doubt, (many, wide, wide)),
    )


def _shaped(array: signed.Array, shape: tuple[int, ...]) -> Floats:
    if array.dtype != np.float64 or array.shape != shape:
        raise RecommenderError("the model's arrays do not fit its description")
    found: Floats = array.astype(np.float64, copy=False)
    if not np.isfinite(found).all():
        raise RecommenderError("the model's arrays are not finite")
    return found
