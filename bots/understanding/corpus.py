"""The training sentences: one file an intent, one sentence a line, all written by us.

`unknown.txt` holds what customers also say and what no skill of today answers.
"""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple

UNKNOWN = "unknown"


class Example(NamedTuple):
    """A sentence and what it means."""

    sentence: str
    intent: str


def examples() -> list[Example]:
    """Every training sentence, in a fixed order."""
    folder = files("bots.understanding") / "data"
    sources = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".txt")),
        key=lambda entry: entry.name,
    )
    return [
        Example(line.strip(), source.name.removesuffix(".txt"))
        for source in sources
        for line in source.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
