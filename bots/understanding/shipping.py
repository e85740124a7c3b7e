"""The model that is shipped: trained on the sentences beside it, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from bots.understanding import artefact, corpus
from bots.understanding.learning import OURS, learn
from bots.understanding.reader import MODEL, shapes

_DATA = Path(__file__).parent / "data"


def ship(folder: Path = _DATA) -> tuple[Path, int]:
    """Train and write; the path of the model, and its size in bytes."""
    content = artefact.encode(learn(shapes(corpus.examples()), OURS), corpus.digest())
    path, aside = folder / MODEL, folder / f".{MODEL}"
    try:
        aside.write_bytes(content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return path, len(content)
