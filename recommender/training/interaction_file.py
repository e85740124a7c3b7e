"""Who took what, and when, from a file.

Called by the evaluation. The file is CSV (or tabs or semicolons, or gzip of any), with a header
that names its columns in one of a few usual ways; a line that says nothing is refused
with its number.
"""

from __future__ import annotations

import _csv
import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.contract import RecommenderError
from recommender.training.table_file import text_lines

_PERSON = ("user", "user_id", "userid", "customer", "customer_id", "person")
_ITEM = ("item", "item_id", "itemid", "article", "product", "movie_id", "movieid")
_WHEN = ("timestamp", "time", "date", "day", "ts")
_LEAST = 2


class Interactions(NamedTuple):
    """Parallel arrays, one entry an event; people and items are numbered from zero."""

    person: NDArray[np.intp]
    item: NDArray[np.intp]
    when: NDArray[np.float64]  # the file's own unit
    people: int
    items: int


def read_interactions(path: Path) -> Interactions:
    """All events of the file. RecommenderError says which line or column is wrong."""
    lines, delimiter = text_lines(path)
    rows = csv.reader(lines, delimiter=delimiter)
    names = [name.split(":")[0].strip().lower() for name in next(rows, [])]
    places = [_place(names, usual, path) for usual in (_PERSON, _ITEM, _WHEN)]
    people, items, when = _columns(rows, places, path)
    if len(when) < _LEAST:
        raise RecommenderError(f"{path.name} holds {len(when)} events: nothing to learn from")
    who, person = np.unique(people, return_inverse=True)
    what, item = np.unique(items, return_inverse=True)
    return Interactions(person, item, np.array(when), len(who), len(what))


def _place(names: list[str], usual: tuple[str, ...], path: Path) -> int:
    for name in usual:
        if name in names:
            return names.index(name)
    raise RecommenderError(
        f"{path.name}: the header {names} names no {usual[0]} (one of {', '.join(usual)})"
    )


def _columns(
    rows: _csv.Reader,
    places: list[int],
    path: Path,
) -> tuple[list[str], list[str], list[float]]:
    people: list[str] = []
    items: list[str] = []
    when: list[float] = []
    for row in rows:
        if not row:
            continue
        try:
            person, item, moment = (row[place] for place in places)
            at = float(moment)
        except (IndexError, ValueError) as exc:
            raise RecommenderError(f"{path.name}, line {rows.line_num}: {exc}") from exc
        if not person or not item or not np.isfinite(at):
            raise RecommenderError(f"{path.name}, line {rows.line_num}: an empty or infinite value")
        people.append(person)
        items.append(item)
        when.append(at)
    return people, items, when
