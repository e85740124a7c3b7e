"""Public sets of sentences with known intents, read from the folder that holds their files.

BANKING77: `train.csv` and `test.csv` (text, category). MASSIVE: `train.csv`, `validation.csv`
and `test.csv` (text, label_text). CLINC150: `data_full.json`, or gzip of it. Nothing of them is
kept here.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from bots.contract import BotError
from bots.understanding.corpus import UNKNOWN, Example

_MOST_BYTES = 256 * 1024 * 1024


class DatasetError(BotError):
    """The folder does not hold that set, or a file of it cannot be read; the text says which."""


class Dataset(NamedTuple):
    """A set as its makers divided it. Sentences outside all intents have the intent UNKNOWN."""

    name: str
    train: list[Example]
    validation: list[Example]  # empty where the makers made none
    test: list[Example]


def read_dataset(name: str, folder: Path) -> Dataset:
    """The set of that name. DatasetError: unknown name, missing or damaged file."""
    if name not in READERS:
        raise DatasetError(f"{name!r} is not one of {', '.join(READERS)}")
    found = READERS[name](folder)
    if not found.train or not found.test:
        raise DatasetError(f"{folder} holds no sentences of {name}")
    return found


def _banking77(folder: Path) -> Dataset:
    train, test = (_table(folder / f"{part}.csv", "category") for part in ("train", "test"))
    return Dataset("banking77", train, [], test)


def _massive(folder: Path) -> Dataset:
    parts = [_table(folder / f"{part}.csv", "label_text") for part in _MASSIVE_PARTS]
    return Dataset("massive", *parts)


_MASSIVE_PARTS = ("train", "validation", "test")


def _clinc150(folder: Path) -> Dataset:
    packed, plain = folder / "data_full.json.gz", folder / "data_full.json"
    path = packed if packed.exists() else plain
    content = _bytes(path)
    try:
        if path is packed:
            content = _unpacked(content)
        parts = msgspec.json.decode(content, type=dict[str, list[tuple[str, str]]])
        train, validation, test = (
            _examples(parts[part], parts[f"oos_{part}"]) for part in ("train", "val", "test")
        )
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError, KeyError) as exc:
        raise DatasetError(f"{path} is not CLINC150's data: {exc}") from exc
    return Dataset("clinc150", train, validation, test)


def _unpacked(content: bytes) -> bytes:
    with gzip.open(io.BytesIO(content)) as file:
        plain = file.read(_MOST_BYTES + 1)
    if len(plain) > _MOST_BYTES:
        raise OSError("it unpacks to more than 256 MiB")
    return plain


def _examples(inside: list[tuple[str, str]], outside: list[tuple[str, str]]) -> list[Example]:
    return [Example(*pair) for pair in inside] + [Example(text, UNKNOWN) for text, _ in outside]


def _table(path: Path, label: str) -> list[Example]:
    try:
        lines = _bytes(path).decode("utf-8-sig").splitlines(keepends=True)
        rows = list(csv.DictReader(lines, strict=True))
    except (UnicodeDecodeError, csv.Error) as exc:
        raise DatasetError(f"{path} is not a CSV file in UTF-8: {exc}") from exc
    for number, row in enumerate(rows, 2):
        if not row.get("text") or not row.get(label):
            raise DatasetError(f"{path}, row {number}: no text or no {label}")
    return [Example(row["text"], row[label]) for row in rows]


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise DatasetError(f"{path} is larger than 256 MiB")
        return path.read_bytes()
    except OSError as exc:
        raise DatasetError(f"{path}: {exc.strerror}") from exc


READERS: Mapping[str, Callable[[Path], Dataset]] = {
    "banking77": _banking77,
    "massive": _massive,
    "clinc150": _clinc150,
}
