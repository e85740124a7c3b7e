"""The offers' model as files: plain arrays, and a description of what they mean.

Called by training to publish, by serving to load and by whoever chooses another version.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from recommender.artefacts import signed
from recommender.contract import RecommenderError
from recommender.features.columns import FEATURES
from recommender.ranking.model import Floats, LinearModel

ARRAYS: Final = "weights.npz"
DESCRIPTION: Final = "model.json"


class Description(msgspec.Struct, frozen=True, kw_only=True, tag="elian-linear-1"):
    """What the arrays mean; the tag is the format."""

    products: tuple[str, ...]
    features: tuple[str, ...]
    trained_at: datetime


def publish(models: Path, model: LinearModel, trained_at: datetime, report: bytes) -> str:
    """Write the model as a new version, make it the current one, and return the version."""
    buffer = io.BytesIO()
    arrays = {"weights": model.weights, "intercepts": model.intercepts}
    if model.doubt is not None:
        arrays["doubt"] = model.doubt
    np.savez(buffer, **arrays)  # type: ignore[arg-type] # arrays, and no flag among them
    description = Description(
        products=model.products, features=model.features, trained_at=trained_at
    )
    files = {ARRAYS: buffer.getvalue(), DESCRIPTION: msgspec.json.encode(description)}
    version = signed.publish(models, files, trained_at, report)
    point_at(models, version)
    return version


def point_at(models: Path, version: str) -> None:
    """Make a version the current one, if it is sound."""
    load(models, version)
    signed.promote(models, version)


def load(models: Path, version: str) -> LinearModel:
    """The model, if every byte of it is the one that was signed here."""
    files = signed.opened(models, version, (ARRAYS, DESCRIPTION))
    try:
        description = msgspec.json.decode(files[DESCRIPTION], type=Description)
        with np.load(io.BytesIO(files[ARRAYS]), allow_pickle=False) as arrays:
            weights, intercepts = arrays["weights"], arrays["intercepts"]
            doubt = arrays.get("doubt", None)  # older models have none
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, msgspec.MsgspecError) as exc:
        raise RecommenderError(f"model {version} is damaged: {exc}") from exc
    products, wide = len(description.products), len(description.features)
    return LinearModel(
        version=version,
        products=description.products,
        features=description.features,
        weights=_shaped(weights, (products, wide)),
        intercepts=_shaped(intercepts, (products,)),
        doubt=None if doubt is None else _shaped(doubt, (products, wide + 1, wide + 1)),
    )


def to_serve(models: Path, version: str) -> LinearModel:
    """The model, if it was also trained on the features that are served now."""
    model = load(models, version)
    if model.features != FEATURES:
        raise RecommenderError(f"model {version} was trained on other features: train again")
    return model


def _shaped(array: Floats, shape: tuple[int, ...]) -> Floats:
    if array.dtype != np.float64 or array.shape != shape or not np.isfinite(array).all():
        raise RecommenderError("the model's arrays do not fit its description")
    return array
