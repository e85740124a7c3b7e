"""What is laid out for one customer: the newest good model of each kind, and their history.

Called by serving, in a thread of its own with a reader of its own: a list never waits for whoever
writes to the log. Large models are checked aside while the old ones go on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from recommender.artefacts.shelf import Job, Shelf
from recommender.candidates.item_model import ItemModel, load
from recommender.contract import ItemKind, ItemList, ItemsAsked
from recommender.features.taken import refused, taken_by
from recommender.features.words import listed

FOLDER: Final = "item-models"  # one folder a kind
MOST: Final = 500  # of one list


class Window:
    """The lists of all kinds."""

    def __init__(
        self, reader: sqlite3.Connection, shelves: dict[ItemKind, Shelf[ItemModel]]
    ) -> None:
        self._reader, self._shelves = reader, shelves

    def items(self, asked: ItemsAsked) -> ItemList:
        """Without consent, or of who is new, it is what most people took."""
        model = self._shelves[asked.kind].current()
        if model is None:
            return ItemList()
        many = max(0, min(asked.many, MOST))
        unwanted = refused(self._reader, asked.customer, asked.kind)
        if not listed(asked.consents, asked.kind):
            return ItemList(model.popular([], unwanted, many), model_version=model.version)
        history = taken_by(self._reader, asked.customer, asked.kind)
        personal = model.knows(history)
        made = model.best if personal else model.popular
        return ItemList(made(history, unwanted, many), personal, model.version)


@contextmanager
def open_window(
    directory: Path, now: Callable[[], datetime], aside: Callable[[Job], object]
) -> Iterator[Window]:
    """Over a log that exists; to be used by the thread that opens it."""
    reader = sqlite3.connect(f"{(directory / 'events.db').absolute().as_uri()}?mode=ro", uri=True)
    with closing(reader):
        reader.execute("PRAGMA mmap_size = 1073741824")
        yield Window(
            reader,
            {kind: Shelf(directory / FOLDER / kind, load, now, aside) for kind in ItemKind},
        )
