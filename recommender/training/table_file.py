"""A table of anything from a file: text in cells, numbers where all of a column is numbers.

Called by the evaluations. The file is CSV (or tabs or semicolons, or gzip of any) with a header.
A cell without a value is empty or one of a few usual words; a line of another length, or a number
that is infinite, is refused with its place.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.contract import RecommenderError

MISSING: Final = frozenset({"", "nan", "na", "n/a", "null", "none", "?"})

Floats = NDArray[np.float64]


class Columns(NamedTuple):
    """Rows x columns; a column of words holds the place of each word in its list."""

    names: tuple[str, ...]
    values: Floats  # NaN where the cell says nothing
    words: tuple[tuple[str, ...] | None, ...]  # None for a column of numbers

    @property
    def of_words(self) -> NDArray[np.bool_]:
        return np.array([words is not None for words in self.words], dtype=np.bool_)

    def without(self, names: frozenset[str]) -> Columns:
        kept = [place for place, name in enumerate(self.names) if name not in names]
        return Columns(
            tuple(self.names[place] for place in kept),
            self.values[:, kept],
            tuple(self.words[place] for place in kept),
        )

    def one(self, name: str) -> tuple[Floats, tuple[str, ...] | None]:
        """A column by its name, and its words."""
        if name not in self.names:
            raise RecommenderError(f"no column is named {name!r}: {', '.join(self.names)}")
        place = self.names.index(name)
        return self.values[:, place], self.words[place]


def text_lines(path: Path) -> tuple[io.StringIO, str]:
    """The file's text, unpacked if it was packed, and what separates its cells."""
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError, EOFError) as exc:
        raise RecommenderError(f"{path.name} cannot be read: {exc}") from exc
    head = text.split("\n", 1)[0]
    return io.StringIO(text, newline=""), max("\t;,", key=head.count)


def read_table(path: Path) -> Columns:
    """All of the file. RecommenderError says which line or column is wrong."""
    lines, delimiter = text_lines(path)
    rows = csv.reader(lines, delimiter=delimiter)
    try:
        names = tuple(name.strip() for name in next(rows, []))
        if not names or len(set(names)) < len(names):
            raise RecommenderError(f"{path.name}: the header is empty or names a column twice")
        cells = list(_cells(rows, len(names), path))
    except csv.Error as exc:
        raise RecommenderError(f"{path.name} is no table: {exc}") from exc
    if not cells:
        raise RecommenderError(f"{path.name} holds no row")
    read = [
        _column(name, column, path)
        for name, column in zip(names, zip(*cells, strict=True), strict=True)
        if name  # a nameless first column is a row number
    ]
    return Columns(
        tuple(name for name in names if name),
        np.column_stack([values for values, _ in read]),
        tuple(words for _, words in read),
    )


def _cells(rows: Iterator[list[str]], width: int, path: Path) -> Iterator[list[str]]:
    for line, row in enumerate(rows, 2):
        if row:
            if len(row) != width:
                raise RecommenderError(
                    f"{path.name}, line {line}: {len(row)} cells where the header has {width}"
                )
            yield [cell.strip() for cell in row]


def _column(name: str, cells: tuple[str, ...], path: Path) -> tuple[Floats, tuple[str, ...] | None]:
    there = np.array([cell.lower() not in MISSING for cell in cells])
    values = np.full(len(cells), np.nan)
    told = np.array(cells, dtype=object)[there]
    try:
        numbers = told.astype(np.float64)
    except ValueError:
        words, places = np.unique(told.astype(str), return_inverse=True)
        values[there] = places
        return values, tuple(str(word) for word in words)
    if not np.isfinite(numbers).all():
        raise RecommenderError(f"{path.name}: column {name!r} holds an infinite number")
    values[there] = numbers
    return values, None
