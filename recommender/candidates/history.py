"""One person's history, read from a row of times.

Called by the models of this room. Age is counted in places, not in days: someone who comes
once a month and someone who comes daily forget at the same number of things.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


class History(NamedTuple):
    """The items of one person, each once, and how many places ago each was."""

    items: NDArray[np.intp]
    age: NDArray[np.float32]


def histories(times: sparse.csr_array) -> Iterator[History]:
    """Row by row, empty ones too; items in the row's own order."""
    age = ages(times)
    for start, end in zip(times.indptr[:-1], times.indptr[1:], strict=True):
        yield History(times.indices[start:end].astype(np.intp), age[start:end])


def ages(times: sparse.csr_array) -> NDArray[np.float32]:
    """Of each entry, places from the newest of its row; equal times share their middle place."""
    many = np.diff(times.indptr)
    rows = np.repeat(np.arange(times.shape[0]), many)
    order = np.lexsort((times.data, rows))
    row, when = rows[order], times.data[order]
    first = np.r_[True, (np.diff(row) != 0) | (np.diff(when) != 0)][: times.nnz]
    moment = np.cumsum(first) - 1
    place = np.arange(times.nnz) - times.indptr[row]
    middle = np.bincount(moment, place) / np.bincount(moment)
    found = np.empty(times.nnz, np.float32)
    found[order] = (many[row] - 1 - middle[moment]).astype(np.float32)
    return found


def ages_of_one(when: NDArray[np.float64]) -> NDArray[np.float32]:
    """As `ages`, of one history given as its times."""
    _, moment, many = np.unique(when, return_inverse=True, return_counts=True)
    middle = np.cumsum(many) - (many + 1) / 2
    return (len(when) - 1 - middle[moment]).astype(np.float32)


def without_end(
    times: sparse.csr_array, share: float, seed: int
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """All but the last share of each history, and that share; ties in time fall by the seed."""
    random = np.random.default_rng(seed).random(times.nnz)
    late = np.zeros(times.nnz, bool)
    for start, end in zip(times.indptr[:-1], times.indptr[1:], strict=True):
        order = start + np.lexsort((random[start:end], times.data[start:end]))
        late[order[len(order) - int(len(order) * share + 1e-9) :]] = True
    return _only(times, ~late), _only(times, late)


def _only(times: sparse.csr_array, kept: NDArray[np.bool_]) -> sparse.csr_array:
    rows = np.repeat(np.arange(times.shape[0]), np.diff(times.indptr))[kept]
    return sparse.csr_array((times.data[kept], (rows, times.indices[kept])), shape=times.shape)
