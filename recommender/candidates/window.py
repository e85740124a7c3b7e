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
from recommender.contract import ItemKind, ItemList, ItemsAsked, TextTopic
from recommender.features.taken import refused, taken_by
from recommender.features.words import listed
from recommender.topics import model as topic_model
from recommender.topics.model import TopicModel

FOLDER: Final = "item-models"  # one folder a kind
MOST: Final = 500  # of one list


class Window:
    """The lists of all kinds."""

    def __init__(
        self,
        reader: sqlite3.Connection,
        shelves: dict[ItemKind, Shelf[ItemModel]],
        topics: Shelf[TopicModel],
    ) -> None:
        self._reader, self._shelves, self._topics = reader, shelves, topics

    def items(self, asked: ItemsAsked) -> ItemList:
        """Without consent, or of who is new, it is what most people took."""
        unwanted = refused(self._reader, asked.customer, asked.kind)
        model = self._shelves[asked.kind].current()
        if model is None:
            return ItemList(unwanted=unwanted)
        many = max(0, min(asked.many, MOST))
        history, personal = [], False
        if listed(asked.consents, asked.kind):
            history = taken_by(self._reader, asked.customer, asked.kind)
            personal = model.knows(history)
        made = model.best if personal else model.popular
        return ItemList(made(history, unwanted, many), unwanted, personal, model.version)

    def topics(self, text: str) -> list[TextTopic]:
        """What the text is about; it is gone when this returns."""
        model = self._topics.current()
        return [] if model is None else model.of(text)


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
            Shelf(directory / topic_model.FOLDER, topic_model.load, now, aside),
        )
