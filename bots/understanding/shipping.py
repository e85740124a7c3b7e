"""The model that is shipped: trained on the sentences beside it, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from bots.understanding import artefact, corpus
from bots.understanding.learning import OURS, learn
from bots.understanding.reader import MODEL, shapes

SHIPPED = Path(__file__).parent / "data" / MODEL


def ship(path: Path = SHIPPED) -> tuple[Path, int]:
    """Train and write; the path of the model, and its size in bytes."""
    content = artefact.encode(learn(shapes(corpus.examples()), OURS), corpus.digest())
    aside = path.with_name(f".{path.name}")
    try:
        aside.write_bytes(content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return path, len(content)
