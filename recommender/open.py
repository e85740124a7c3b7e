"""The only builder of a recommender: a URL or a directory in, a working one out.

Called by the house when it starts and by the command line. A directory holds `events.db`
and `models/`; several processes may have it open at once. scikit-learn is imported only
by whoever trains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from recommender.contract import Recommender, RecommenderError, TopicReport, TopicSource
from recommender.guardrails.rules import Rules

if TYPE_CHECKING:
    from recommender import rack
    from recommender.training import (
        bandit,
        bandit_log,
        interactions,
        propensity,
        simulation,
        uplift,
    )
    from recommender.training.run import TrainingReport

__all__ = [
    "Rules",
    "directory_of",
    "evaluate_bandit",
    "evaluate_bandit_log",
    "evaluate_interactions",
    "evaluate_propensity",
    "evaluate_uplift",
    "kept_models",
    "load_population",
    "open_recommender",
    "promote_model",
    "roll_back_model",
    "simulate",
    "train",
    "train_topics",
    "write_trial",
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


def train(
    directory: Path,
    *,
    now: Callable[[], datetime],
    seed: int,
    engine: str = "local",
    scheduler: str | None = None,
) -> TrainingReport:
    """Learn from the directory's log and publish a model; may run beside a server.

    The engine "dask" fits on the workers of that scheduler, or on two of its own.
    """
    from recommender.training import engine as engines  # noqa: PLC0415 - as is what runs there
    from recommender.training import run  # noqa: PLC0415 - a server never loads scikit-learn

    with engines.engine(engine, scheduler):
        return run.train(directory, now=now, seed=seed)


def train_topics(
    directory: Path, sources: Iterable[TopicSource], *, now: Callable[[], datetime], seed: int
) -> TopicReport:
    """Learn topics from texts that the house hands over for this once, and publish them."""
    from recommender.training import topics  # noqa: PLC0415 - a server never loads it

    return topics.train_topics(directory, sources, trained_at=now(), seed=seed)


def kept_models(directory: Path) -> list[rack.Kept]:
    """Every version of every model on disk, which is in use, and whether it is sound."""
    from recommender import rack  # noqa: PLC0415 - numpy only where it is needed

    return rack.kept(directory)


def promote_model(directory: Path, version: str) -> str:
    """Make that version the current one of its model; the model's name.

    Servers on the directory take it within a second or two. RecommenderError: unsound, or none.
    """
    from recommender import rack  # noqa: PLC0415 - numpy only where it is needed

    return rack.promote(directory, version)


def roll_back_model(directory: Path, model: str) -> str:
    """Go back to what was in use before; the version. RecommenderError: nothing sound was."""
    from recommender import rack  # noqa: PLC0415 - numpy only where it is needed

    return rack.rollback(directory, model)


def evaluate_interactions(path: Path, *, seed: int) -> interactions.Report:
    """Judge the item model and its yardsticks on a file of who took what and when."""
    from recommender.training import interactions  # noqa: PLC0415 - a server never loads it

    return interactions.evaluate(path, seed=seed)


def evaluate_propensity(
    path: Path, *, target: str, dropped: Sequence[str] | None, seed: int
) -> propensity.Report:
    """Judge how well a yes is foreseen, beside a logistic regression."""
    from recommender.training import propensity  # noqa: PLC0415 - a server never loads it

    left_out = propensity.KNOWN_AFTERWARDS if dropped is None else dropped
    return propensity.evaluate(path, target=target, dropped=left_out, seed=seed)


def evaluate_uplift(
    path: Path,
    *,
    treatment: str | None,
    outcome: str | None,
    dropped: Sequence[str] | None,
    budget: float,
    seed: int,
) -> uplift.Report:
    """Judge how well a plan finds those whom an offer changes, on the file of a trial."""
    from recommender.training import uplift  # noqa: PLC0415 - a server never loads it

    left_out = uplift.KNOWN_AFTERWARDS if dropped is None else dropped
    return uplift.evaluate(
        path, treatment=treatment, outcome=outcome, dropped=left_out, budget=budget, seed=seed
    )


def write_trial(path: Path, *, people: int, seed: int) -> None:
    """Write a trial drawn by the seed, with every person's true effect."""
    from recommender.training import uplift_truth  # noqa: PLC0415 - demonstrations only

    uplift_truth.write(path, people, seed)


def evaluate_bandit(*, seed: int) -> bandit.Report:
    """Judge how well exploring pays and whether its estimates hold, in worlds of the seed."""
    from recommender.training import bandit  # noqa: PLC0415 - a server never loads it

    return bandit.evaluate(seed)


def evaluate_bandit_log(path: Path) -> bandit_log.Report:
    """Estimate what other policies would have earned, from a file of logged choices."""
    from recommender.training import bandit_log  # noqa: PLC0415 - a server never loads it

    return bandit_log.evaluate(path)


def simulate(directory: Path, *, customers: int, days: int, seed: int) -> simulation.Report:
    """Let a seeded town live with a recommender in the empty directory, every promise counted."""
    from recommender.training import simulation  # noqa: PLC0415 - a server never loads it

    return simulation.simulate(
        directory, _open_model, customers=customers, days=days, seed=seed, rules=Rules()
    )


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
