"""Learning item models from the log: `RecencyEase` on what was read, followed and bought.

Called by training beside the offers' model. A kind of which too little is known is reported and
left as it was.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Final

import msgspec
import numpy as np
from scipy import sparse

from recommender.candidates.history import without_end
from recommender.candidates.item_model import Description, publish
from recommender.candidates.measures import ndcg
from recommender.candidates.nearness import MOST_ITEMS
from recommender.candidates.recency_ease import RecencyEase
from recommender.candidates.window import FOLDER
from recommender.contract import ItemKind
from recommender.features.log import EventLog
from recommender.features.taken import Taken, taken_by_all

_LEAST_PEOPLE: Final = 20  # with two things or more
_LEAST_ITEMS: Final = 3
_HELD_OUT: Final = 0.2
_LIST: Final = 10


class ItemReport(msgspec.Struct, frozen=True):
    """One kind: what was learnt from, and how well it foresees the last fifth of each history."""

    kind: ItemKind
    version: str | None  # none: too little to learn from, the old model stays
    people: int
    items: int
    ndcg_10: float | None = msgspec.field(name="ndcg@10", default=None)
    popularity_ndcg_10: float | None = msgspec.field(name="popularity_ndcg@10", default=None)
    choice: dict[str, float] = {}
    fit_s: float = 0.0


def train_items(
    log: EventLog, directory: Path, *, trained_at: datetime, seed: int
) -> tuple[ItemReport, ...]:
    """A model of each kind of which enough is known, published as the current one."""
    return tuple(
        _train(log, directory / FOLDER / kind, kind, trained_at, seed) for kind in ItemKind
    )


def _train(
    log: EventLog, models: Path, kind: ItemKind, trained_at: datetime, seed: int
) -> ItemReport:
    started = perf_counter()
    items, times = matrix([each for each in taken_by_all(log.connection, kind) if len(each) > 1])
    report = ItemReport(kind, None, times.shape[0], len(items))
    if times.shape[0] < _LEAST_PEOPLE or len(items) < _LEAST_ITEMS:
        return report
    model = RecencyEase(random_state=seed).fit(times)
    ours, theirs = _foreseen(times, model, seed)
    report = msgspec.structs.replace(
        report,
        ndcg_10=ours,
        popularity_ndcg_10=theirs,
        choice=model.choice_._asdict(),
        fit_s=round(perf_counter() - started, 3),
    )
    described = Description(kind=kind, items=items, choice=model.choice_, trained_at=trained_at)
    popular = np.bincount(times.indices, minlength=len(items)).astype(np.float32)
    version = publish(models, described, model.built_, popular, msgspec.json.encode(report))
    return msgspec.structs.replace(report, version=version)


def matrix(histories: list[list[Taken]]) -> tuple[tuple[str, ...], sparse.csr_array]:
    """The most popular items, and people x items of times; who has none of them is left out."""
    many = Counter(one.item for each in histories for one in each)
    items = tuple(sorted(item for item, _ in many.most_common(MOST_ITEMS)))
    place = {item: at for at, item in enumerate(items)}
    known = [[one for one in each if one.item in place] for each in histories]
    rows = np.repeat(np.arange(len(known)), [len(each) for each in known])
    columns = np.array([place[one.item] for each in known for one in each], np.intp)
    times = np.array([one.at for each in known for one in each], np.float64)
    shape = (len(known), len(items))
    return items, sparse.csr_array((times, (rows, columns)), shape=shape)


def _foreseen(
    times: sparse.csr_array, model: RecencyEase, seed: int
) -> tuple[float | None, float | None]:
    """NDCG of a model of the same strengths that did not see the end of each history."""
    past, future = without_end(times, _HELD_OUT, seed)
    asked = np.flatnonzero((np.diff(past.indptr) > 0) & (np.diff(future.indptr) > 0))[:2000]
    if not len(asked):
        return None, None
    blind = RecencyEase(choice=model.choice_).fit(past)
    many = np.bincount(past.indices, minlength=past.shape[1]).astype(np.float32)
    popular = np.tile(many, (len(asked), 1))
    judged = (blind.transform(past[asked]), popular)
    ours, theirs = (ndcg(scores, past[asked], future[asked], _LIST) for scores in judged)
    return round(ours, 4), round(theirs, 4)
