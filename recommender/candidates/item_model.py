"""What `RecencyEase` learnt, as serving needs it: two matrices mapped from the disk, and a row.

Called by the shelf and by the window. The arithmetic is the estimator's own; scikit-learn is
not loaded. A score is the sum of what each thing of the history adds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from recommender.artefacts import signed
from recommender.candidates.history import ages_of_one
from recommender.candidates.nearness import MOST_ITEMS, Built, Choice, Matrix, weights
from recommender.contract import Because, ItemKind, RecommenderError, SuggestedItem
from recommender.features.taken import NEWEST, Taken

_MOST_BYTES: Final = 4 * MOST_ITEMS**2 + 4096
_SIMILAR: Final = "similar.npy"
_FOLLOWING: Final = "following.npy"
_POPULAR: Final = "popular.npy"
_DESCRIPTION: Final = "model.json"

Places = NDArray[np.intp]


class Description(msgspec.Struct, frozen=True, kw_only=True, tag="elian-items-1"):
    """What the arrays mean; the tag is the format."""

    kind: ItemKind
    items: tuple[str, ...]
    choice: Choice
    trained_at: datetime


class _Weighed(NamedTuple):
    """A history as the model sees it: places of items, and their weights in either matrix."""

    places: Places
    steady: Matrix
    fresh: Matrix


class ItemModel:
    """A version in memory; the matrices are the disk's, so that processes share them."""

    def __init__(
        self,
        version: str,
        described: Description,
        arrays: tuple[Matrix, Matrix, Matrix],
    ) -> None:
        self.version, self.kind, self.items = version, described.kind, described.items
        self._choice = described.choice
        self._similar, self._following, self._popular = arrays
        self._place = {item: place for place, item in enumerate(described.items)}

    def best(
        self, history: Sequence[Taken], unwanted: frozenset[str], many: int
    ) -> list[SuggestedItem]:
        """The best things for the history that are neither in it nor unwanted, best first."""
        weighed = self._weighed(history[-NEWEST:])
        scores: Matrix = weighed.steady @ self._similar[weighed.places]
        scores += weighed.fresh @ self._following[weighed.places]
        chosen = self._chosen(scores, [taken.item for taken in history], unwanted, many)
        return self._explained(weighed, chosen)

    def popular(
        self, history: Sequence[Taken], unwanted: frozenset[str], many: int
    ) -> list[SuggestedItem]:
        """What most people took: the list of who is unknown, or does not want to be known."""
        had = [taken.item for taken in history]
        chosen = self._chosen(self._popular.copy(), had, unwanted, many)
        return [SuggestedItem(self.items[at], float(self._popular[at])) for at in chosen.tolist()]

    def knows(self, history: Sequence[Taken]) -> bool:
        """Whether anything of the history was there when the model was learnt."""
        return any(taken.item in self._place for taken in history[-NEWEST:])

    def _weighed(self, history: Sequence[Taken]) -> _Weighed:
        known = [(self._place[one.item], one.at) for one in history if one.item in self._place]
        places = np.array([place for place, _ in known], np.intp)
        age = ages_of_one(np.array([at for _, at in known], np.float64))
        return _Weighed(places, *weights(age, self._choice))

    def _chosen(
        self, scores: Matrix, had: Sequence[str], unwanted: frozenset[str], many: int
    ) -> Places:
        out = [self._place[item] for item in (*had, *unwanted) if item in self._place]
        scores[out] = -np.inf
        many = min(many, len(scores) - len(set(out)))
        if many <= 0:
            return np.empty(0, np.intp)
        best = np.argpartition(scores, -many)[-many:]
        return best[np.lexsort((best, -scores[best]))]

    def _explained(self, weighed: _Weighed, chosen: Places) -> list[SuggestedItem]:
        """Each score as the sum, in double precision, of what each thing adds to it."""
        block = np.ix_(weighed.places, chosen)
        added = weighed.steady.astype(np.float64)[:, None] * self._similar[block]
        added += weighed.fresh.astype(np.float64)[:, None] * self._following[block]
        order = np.argsort(-np.abs(added), axis=0, kind="stable")
        parts = np.take_along_axis(added, order, 0).T.tolist()
        names = [self.items[place] for place in weighed.places.tolist()]
        return [
            SuggestedItem(
                self.items[place],
                sum(part),
                tuple([Because(names[at], one) for at, one in zip(places, part, strict=True)]),
            )
            for place, part, places in zip(chosen.tolist(), parts, order.T.tolist(), strict=True)
        ]


def publish(
    models: Path, described: Description, built: Built, popular: Matrix, report: bytes
) -> str:
    """Write the model as a new version, make it the current one, and return the version.

    What holds the popular back is multiplied in beforehand.
    """
    damping = (built.held ** np.float32(-described.choice.novelty))[None]
    order = np.float32(described.choice.order)
    files: dict[str, bytes | signed.Array] = {
        _SIMILAR: built.similar * damping,
        _FOLLOWING: built.following * (order * damping),
        _POPULAR: popular,
        _DESCRIPTION: msgspec.json.encode(described),
    }
    version = signed.publish(models, files, described.trained_at, report)
    point_at(models, version)
    return version


def point_at(models: Path, version: str) -> None:
    """Make a version the current one, if it is sound."""
    load(models, version)
    signed.promote(models, version)


def load(models: Path, version: str) -> ItemModel:
    """The model, if every byte of it is the one that was signed here."""
    names = (_SIMILAR, _FOLLOWING, _POPULAR, _DESCRIPTION)
    files = signed.opened(models, version, names, _MOST_BYTES)
    try:
        described = msgspec.json.decode(files[_DESCRIPTION], type=Description)
        similar, following, popular = (signed.array(files[name]) for name in names[:3])
    except (ValueError, msgspec.MsgspecError) as exc:
        raise RecommenderError(f"model {version} is damaged: {exc}") from exc
    size = len(described.items)
    if len(set(described.items)) != size or described.kind != models.name:
        raise RecommenderError(f"model {version} is not one of {models.name}")
    square = _shaped(similar, (size, size)), _shaped(following, (size, size))
    return ItemModel(version, described, (*square, _shaped(popular, (size,))))


def _shaped(array: signed.Array, shape: tuple[int, ...]) -> Matrix:
    """Infinite or missing numbers are found where the sum of all is one."""
    if array.dtype != np.float32 or array.shape != shape:
        raise RecommenderError("the model's arrays do not fit its description")
    found: Matrix = array.astype(np.float32, copy=False)
    if not np.isfinite(found.sum(dtype=np.float64)):
        raise RecommenderError("the model's arrays are not finite")
    return found
