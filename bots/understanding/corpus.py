"""The training sentences: one file an intent, one sentence a line, all written by us.

`unknown.txt` holds what customers also say and what no skill of today answers. `unseen/`
holds sentences for judging only.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

UNKNOWN = "unknown"


class Example(NamedTuple):
    """A sentence and what it means."""

    sentence: str
    intent: str


def examples() -> list[Example]:
    """Every training sentence, in a fixed order."""
    return [
        Example(line.strip(), source.name.removesuffix(".txt"))
        for source in _sources()
        for line in source.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def unseen() -> list[Example]:
    """Usual sentences that no model ever learns: what every model is judged by."""
    source = files("bots.understanding") / "data" / "unseen" / "sentences.txt"
    lines = (line.partition(": ") for line in source.read_text(encoding="utf-8").splitlines())
    return [Example(sentence, intent) for intent, _, sentence in lines if sentence]


def digest() -> str:
    """What names the state of all training sentences: one changed, another digest."""
    state = hashlib.sha256()
    for source in _sources():
        state.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return state.hexdigest()


def _sources() -> list[Traversable]:
    folder = files("bots.understanding") / "data"
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".txt"))
    return sorted(found, key=lambda entry: entry.name)
