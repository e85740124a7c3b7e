"""The only builder of a recommender: a URL or a directory in, a working one out.

Called by the house when it starts and by the command line. A directory holds `events.db`
and `models/`; several processes may have it open at once. scikit-learn is imported only
by whoever trains.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from recommender.contract import Recommender, RecommenderError
from recommender.guardrails.rules import Rules

if TYPE_CHECKING:
    from recommender.training.interactions import Report
    from recommender.training.run import TrainingReport

__all__ = [
    "Rules",
    "directory_of",
    "evaluate_interactions",
    "load_population",
    "open_recommender",
    "train",
]


def open_recommender(
    url: str, *, now: Callable[[], datetime], rules: Rules | None = None
) -> AbstractAsyncContextManager[Recommender]:
    """The recommender of `model:///DIR`; a damaged log or model raises on entering."""
    return _open_model(directory_of(url), now, rules or Rules())


def directory_of(url: str) -> Path:
    """The directory that `model:///DIR` names, as `train` and `load_population` take it."""
    parts = urlsplit(url)
    if parts.scheme != "model":
        raise RecommenderError(f"{parts.scheme!r} is not a way to a recommender: use model:///DIR")
    if parts.netloc or not parts.path.strip("/"):
        raise RecommenderError("a recommender is named by its directory, as in model:///DIR")
    return Path(unquote(parts.path))


def train(directory: Path, *, now: Callable[[], datetime], seed: int) -> TrainingReport:
    """Learn from the directory's log and publish a model; may run beside a server."""
    from recommender.training import run  # noqa: PLC0415 - a server never loads scikit-learn

    return run.train(directory, now=now, seed=seed)


def evaluate_interactions(path: Path, *, seed: int) -> Report:
    """Judge the item model and its yardsticks on a file of who took what and when."""
    from recommender.training import interactions  # noqa: PLC0415 - a server never loads it

    return interactions.evaluate(path, seed=seed)


def load_population(
    directory: Path, *, customers: int = 5000, seed: int, now: Callable[[], datetime]
) -> None:
    """Write the seeded population into the directory's log, once."""
    from recommender.training import population  # noqa: PLC0415 - demonstrations only

    population.load_population(directory, customers=customers, seed=seed, now=now)


def _open_model(
    directory: Path, now: Callable[[], datetime], rules: Rules
) -> AbstractAsyncContextManager[Recommender]:
    from recommender.serving import serve  # noqa: PLC0415 - numpy only where it serves

    return serve(directory, now=now, rules=rules)
