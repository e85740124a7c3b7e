"""How well the next things are foreseen, on a file of who took what and when.

Called by `elian recommend evaluate --interactions`. Our model and its yardsticks learn from
the same part of each history and are asked for the rest; the protocol goes out with the figures.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.candidates.history import without_end
from recommender.candidates.measures import found, ndcg_of, ranked
from recommender.candidates.recency_ease import RecencyEase
from recommender.contract import RecommenderError
from recommender.training.baselines import ImplicitALS, ItemKNN, Popularity
from recommender.training.interaction_file import Interactions, read_interactions

_HELD_OUT = 0.2
_SHORT, _LONG = 10, 20
_BATCH = 512
_TIMED = 300  # single requests


class Ranker(Protocol):
    """What is judged: people x items of times in, scores out."""

    def fit(self, X: sparse.csr_array) -> Ranker: ...  # noqa: N803 - scikit-learn's name
    def transform(self, X: sparse.csr_array) -> NDArray[np.float32]: ...  # noqa: N803


class Figures(msgspec.Struct, frozen=True):
    """Of one model on one split."""

    ndcg_10: float = msgspec.field(name="ndcg@10")
    recall_20: float = msgspec.field(name="recall@20")
    coverage: float  # share of all items that are among somebody's first ten
    fit_s: float
    p99_ms: float  # one person's scores of all items, and the ten best of them


class Split(msgspec.Struct, frozen=True):
    """All models on one way to part the past from the future."""

    people: int  # who have a past and something new after it
    held_out: int
    models: dict[str, Figures]


class NewEvent(msgspec.Struct, frozen=True):
    """What one event more does to the first ten of people asked, without a new fit."""

    people: int
    changed: float  # share of them whose list is another one, what they now have apart
    p99_ms: float  # from the event to the new list


class Report(msgspec.Struct, frozen=True):
    protocol: str
    events: int
    people: int
    items: int
    seed: int
    choice: dict[str, float]  # what our model chose for itself
    models: dict[str, Figures]
    new_event: NewEvent
    global_time: Split | None  # None where nobody with a past took anything new so late


PROTOCOL = (
    "The last 20 % of each person's events by time are held out, equal times in an order drawn "
    "by the seed. Models learn from the rest. All items are ranked; those in the person's past are "
    "neither recommended nor asked for. People with nothing new in their last part are left out. "
    "ndcg@10 and recall@20 are means over people, each event counts once whatever its rating. "
    "new_event: each person's first held-out event is added to the history that is scored. "
    "global_time: all learn from the first 80 % of all events by time and are asked for the rest."
)


def evaluate(path: Path, *, seed: int, clock: Callable[[], float] = time.perf_counter) -> Report:
    """Fit and judge all models on the file. RecommenderError: unreadable, or nothing to judge."""
    events = read_interactions(path)
    past, future = _own_end(events, seed)
    own = _judge(past, future, seed, clock)
    if own is None:
        raise RecommenderError("nobody took anything new after what there is to learn from")
    models, ours = own
    then, later = _global_end(events, seed)
    return Report(
        protocol=PROTOCOL,
        events=len(events.person),
        people=events.people,
        items=events.items,
        seed=seed,
        choice=ours.choice_._asdict(),
        models=models.models,
        new_event=_new_event(ours, past, future, clock),
        global_time=judged[0] if (judged := _judge(then, later, seed, clock)) else None,
    )


def _own_end(events: Interactions, seed: int) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Each person's last fifth; repeated items count as events, so the split is by events."""
    each = sparse.csr_array(
        (events.when, (events.person, np.arange(len(events.when)))),
        shape=(events.people, len(events.when)),
    )
    past, future = without_end(each, _HELD_OUT, seed)
    return _matrix(events, past.indices), _matrix(events, future.indices)


def _global_end(events: Interactions, seed: int) -> tuple[sparse.csr_array, sparse.csr_array]:
    shuffled = np.random.default_rng(seed).permutation(len(events.when))
    order = shuffled[np.argsort(events.when[shuffled], kind="stable")]
    cut = round(len(order) * (1 - _HELD_OUT))
    return _matrix(events, order[:cut]), _matrix(events, order[cut:])


def _matrix(events: Interactions, chosen: NDArray[np.intp]) -> sparse.csr_array:
    """People x items: the last time among the chosen events; times start at one."""
    order = chosen[np.argsort(events.when[chosen], kind="stable")]
    cells = events.person[order] * events.items + events.item[order]
    _, newest = np.unique(cells[::-1], return_index=True)
    kept = order[::-1][newest]
    return sparse.csr_array(
        (events.when[kept] - events.when.min() + 1, (events.person[kept], events.item[kept])),
        shape=(events.people, events.items),
    )


def _judge(
    past: sparse.csr_array, future: sparse.csr_array, seed: int, clock: Callable[[], float]
) -> tuple[Split, RecencyEase] | None:
    """All models on one split; None when it asks for nothing."""
    truth = sparse.csr_array(future.multiply(past.toarray() == 0))
    truth.eliminate_zeros()
    asked = np.flatnonzero((np.diff(truth.indptr) > 0) & (np.diff(past.indptr) > 0))
    if not len(asked):
        return None
    ours = RecencyEase(random_state=seed)
    rankers: dict[str, Ranker] = {
        "ours": ours,
        "popularity": Popularity(),
        "item_knn": ItemKNN(),
        "implicit_als": ImplicitALS(random_state=seed),
    }
    models = {name: _figures(ranker, past, truth, asked, clock) for name, ranker in rankers.items()}
    return Split(len(asked), int(truth[asked].nnz), models), ours


def _figures(
    ranker: Ranker,
    past: sparse.csr_array,
    truth: sparse.csr_array,
    asked: NDArray[np.intp],
    clock: Callable[[], float],
) -> Figures:
    start = clock()
    ranker.fit(past)
    fit_s = clock() - start
    gains, recalls, shown = [], [], np.zeros(past.shape[1], bool)
    for first in range(0, len(asked), _BATCH):
        rows = asked[first : first + _BATCH]
        best = ranked(ranker.transform(past[rows]), past[rows], _LONG)
        hits, wanted = found(best, truth[rows]), np.diff(truth[rows].indptr)
        gains.append(ndcg_of(hits[:, :_SHORT], wanted))
        recalls.append(hits.sum(1) / wanted)
        shown[best[:, :_SHORT]] = True
    return Figures(
        ndcg_10=float(np.concatenate(gains).mean()),
        recall_20=float(np.concatenate(recalls).mean()),
        coverage=float(shown.mean()),
        fit_s=fit_s,
        p99_ms=_slowest(ranker, past, asked[:_TIMED], clock),
    )


def _new_event(
    ours: RecencyEase,
    past: sparse.csr_array,
    future: sparse.csr_array,
    clock: Callable[[], float],
) -> NewEvent:
    rows = np.flatnonzero((np.diff(past.indptr) > 0) & (np.diff(future.indptr) > 0))[:_TIMED]
    took, changed = [], []
    for row in rows:
        before = past[[row]]
        old = ranked(ours.transform(before), before, _SHORT)[0]
        late = future[[row]]
        first = late.data.argmin()
        start = clock()
        after = before.tolil()
        after[0, late.indices[first]] = late.data[first]
        told = sparse.csr_array(after.tocsr())
        new = ranked(ours.transform(told), told, _SHORT)[0]
        took.append(clock() - start)
        kept = [item for item in old if item != late.indices[first]]
        changed.append(list(new[: len(kept)]) != kept)
    return NewEvent(len(rows), float(np.mean(changed)), float(np.percentile(took, 99) * 1000))


def _slowest(
    ranker: Ranker, past: sparse.csr_array, rows: NDArray[np.intp], clock: Callable[[], float]
) -> float:
    took = []
    for row in rows:
        one = past[[row]]
        start = clock()
        ranked(ranker.transform(one), one, _SHORT)
        took.append(clock() - start)
    return float(np.percentile(took, 99) * 1000)
