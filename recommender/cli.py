"""`elian recommend`: training, by hand or by a timer, beside a running server; and evaluation.

Mounted by the house's command line. It prints a report for people or for programs; what it
publishes the server notices by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
import typer

from recommender import open as house
from recommender.contract import RecommenderError
from recommender.training import readable

if TYPE_CHECKING:
    from recommender.rack import Kept

T = TypeVar("T")
app = typer.Typer(help="The recommender: who might want what.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


@app.callback()
def recommend() -> None:
    """The recommender: who might want what."""


@app.command()
def train(
    data: Annotated[
        Path,
        typer.Option(metavar="DIR", help="The house's data folder, or the recommender's own."),
    ] = Path("data"),
    seed: Annotated[int, typer.Option(help="Seed of the folds and of ties in time.", min=0)] = 7,
    engine: Annotated[str, typer.Option(help="Where fits run: local or dask.")] = "local",
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Dask's scheduler; without it, two workers here."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Learn from the event log and publish a model, also while the server runs."""
    learn = partial(house.train, _directory(data), now=_now, seed=seed)
    made = partial(learn, engine=engine, scheduler=scheduler)
    _say("not trained", made, readable.training, as_json=as_json)


models = typer.Typer(help="The versions of the models, and which is in use.", no_args_is_help=True)
app.add_typer(models, name="models")
DataFolder = Annotated[
    Path,
    typer.Option("--data", metavar="DIR", help="The house's data folder, or the recommender's."),
]


@models.command("list")
def list_models(data: DataFolder = Path("data"), as_json: AsJson = False) -> None:
    """Show every version on disk, which is in use, and whether it is sound."""
    _say("not listed", partial(house.kept_models, _directory(data)), _kept, as_json=as_json)


@models.command()
def promote(
    version: Annotated[str, typer.Argument(help="As `models list` names it.")],
    data: DataFolder = Path("data"),
) -> None:
    """Make a version the current one of its model, also beside a server."""
    taken = partial(house.promote_model, _directory(data), version)
    _say("not promoted", taken, lambda name: f"{name}: {version} is in use now")


@models.command()
def rollback(
    model: Annotated[
        str, typer.Argument(help="One of offers, uplift, topics, article, account, goods.")
    ] = "offers",
    data: DataFolder = Path("data"),
) -> None:
    """Go back to the version that was in use before, also beside a server."""
    taken = partial(house.roll_back_model, _directory(data), model)
    _say("not rolled back", taken, lambda version: f"{model}: {version} is in use again")


def _file(metavar: str, text: str) -> object:
    return typer.Option(metavar=metavar, exists=True, dir_okay=False, help=text)


@app.command()
def evaluate(
    interactions: Annotated[
        Path | None,
        _file(
            "FILE.csv",
            "Who took what and when: user, item, timestamp, named in the header; may be gzip.",
        ),
    ] = None,
    propensity: Annotated[
        Path | None, _file("FILE.csv", "Who was asked and said yes or no, in the column --target.")
    ] = None,
    target: Annotated[str | None, typer.Option(help="The column of the answers.")] = None,
    uplift: Annotated[
        Path | None,
        _file("FILE.csv", "A trial drawn by lot: features, treatment (0 or 1), outcome."),
    ] = None,
    treatment: Annotated[
        str | None, typer.Option(help="The column that says who was treated.")
    ] = None,
    outcome: Annotated[str | None, typer.Option(help="The column of what came of it.")] = None,
    budget: Annotated[float, typer.Option(help="Share of people that a plan may treat.")] = 0.3,
    bandit: Annotated[
        bool, typer.Option("--bandit", help="Exploration and its estimates, in seeded worlds.")
    ] = False,
    log: Annotated[
        Path | None,
        _file("FILE.csv", "With --bandit: logged choices (item_id, click, propensity_score)."),
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option(
            help="A column known only afterwards, not to be learnt from; may repeat. Unless given: "
            "duration (--propensity); visit, conversion, spend, exposure (--uplift)."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of folds, of draws and of ties.", min=0)] = 7,
    as_json: AsJson = False,
) -> None:
    """Judge a model beside what could be taken off the shelf, on the same split."""
    asked = [one for one in (interactions, propensity, uplift) if one] + [bandit] * bandit
    if len(asked) != 1:
        raise typer.BadParameter("one of --interactions, --propensity, --uplift and --bandit")
    if bool(propensity) != bool(target):
        raise typer.BadParameter("--propensity and --target go together")
    if log and not bandit:
        raise typer.BadParameter("--log goes with --bandit")
    say = partial(_say, "not evaluated", as_json=as_json)
    if interactions:
        say(partial(house.evaluate_interactions, interactions, seed=seed), readable.of_interactions)
    elif propensity and target:
        judge = partial(house.evaluate_propensity, propensity, target=target, dropped=drop)
        say(partial(judge, seed=seed), readable.of_propensity)
    elif uplift:
        plan = partial(house.evaluate_uplift, uplift, treatment=treatment, outcome=outcome)
        say(partial(plan, dropped=drop, budget=budget, seed=seed), readable.of_uplift)
    elif log:
        say(partial(house.evaluate_bandit_log, log), readable.of_bandit_log)
    else:
        say(partial(house.evaluate_bandit, seed=seed), readable.of_bandit)


@app.command()
def simulate(
    customers: Annotated[int, typer.Option(help="How many people.", min=1)] = 1000,
    days: Annotated[int, typer.Option(help="How long.", min=1)] = 28,
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="An empty folder to keep; otherwise one that goes away."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the town and of its days.", min=0)] = 7,
    as_json: AsJson = False,
) -> None:
    """Let a town whose wishes are known live with the recommender, and count what it did."""
    with TemporaryDirectory(prefix="elian-") as aside, _quietly():
        live = partial(house.simulate, data or Path(aside), customers=customers, days=days)
        _say("not simulated", partial(live, seed=seed), readable.of_simulation, as_json=as_json)


@app.command("draw-trial")
def draw_trial(
    out: Annotated[Path, typer.Argument(metavar="OUT.csv", help="Where to write it.")],
    people: Annotated[int, typer.Option(help="How many people.")] = 20_000,
    seed: Annotated[int, typer.Option(help="Seed of the trial.", min=0)] = 7,
) -> None:
    """Write a made-up trial with every person's true effect, for `evaluate --uplift`."""
    try:
        house.write_trial(out, people=people, seed=seed)
    except RecommenderError as exc:
        typer.echo(f"elian: not written: {exc}", err=True)
        raise typer.Exit(1) from exc


def _say(
    failed: str, make: Callable[[], T], readable_of: Callable[[T], str], *, as_json: bool = False
) -> None:
    """Print the report that is made, or why there is none."""
    try:
        report = make()
    except RecommenderError as exc:
        typer.echo(f"elian: {failed}: {exc}", err=True)
        raise typer.Exit(1) from exc
    typer.echo(msgspec.json.encode(report) if as_json else readable_of(report))


def _kept(versions: list[Kept]) -> str:
    return "\n".join(
        f"{one.model:<10}{one.version:<36}"
        f"{'in use' if one.current else ''} {'' if one.sound else 'unsound'}".rstrip()
        for one in versions
    )


@contextmanager
def _quietly() -> Iterator[None]:
    """Thousands of decisions on end are no news: only warnings are logged meanwhile."""
    import structlog  # noqa: PLC0415 - only who needs it

    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        yield
    finally:
        structlog.configure(**before)


def _directory(data: Path) -> Path:
    return data if (data / "events.db").exists() else data / "recommender"


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a command is where the clock enters
