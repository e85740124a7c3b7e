"""A disk that loses commits, and answers of commits, when the seed says so.

A lost commit never happened; a lost answer is of a commit that did. To the bank both look
alike: an outcome that is not known.
"""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path
from typing import Any


class WeakDisk:
    """Makes connections for `open_embedded`; faults begin when `chance` is above zero."""

    def __init__(self, chooser: random.Random) -> None:
        self.chance = 0.0
        self.faults = 0
        self._chooser = chooser

    def connect(self, path: Path, **options: object) -> sqlite3.Connection:
        disk = self

        class Weak(sqlite3.Connection):
            def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 - as sqlite3 has it
                if sql != "COMMIT" or disk.chance == 0 or disk.sound():
                    return super().execute(sql, parameters)
                if disk.answer_is_lost():
                    super().execute(sql)
                raise sqlite3.OperationalError("disk I/O error")

        return sqlite3.connect(path, factory=Weak, **options)  # type: ignore[call-overload,no-any-return]

    def sound(self) -> bool:
        """Whether this commit goes well; if not, it is counted."""
        well = self._chooser.random() >= self.chance
        self.faults += not well
        return well

    def answer_is_lost(self) -> bool:
        return self._chooser.random() < 0.5  # noqa: PLR2004 - as often as the commit itself
