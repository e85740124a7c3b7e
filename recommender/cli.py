"""`elian recommend`: training, by hand or by a timer, beside a running server.

Mounted by the house's command line. It prints a report for people or for programs; what it
publishes the server notices by itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from recommender.contract import RecommenderError
from recommender.open import evaluate_interactions
from recommender.open import train as train_model

if TYPE_CHECKING:
    from recommender.training.interactions import Report, Split
    from recommender.training.run import TrainingReport

app = typer.Typer(help="The recommender: who might want what.", no_args_is_help=True)


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
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Learn from the event log and publish a model, also while the server runs."""
    try:
        report = train_model(_directory(data), now=_now, seed=seed)
    except RecommenderError as exc:
        typer.echo(f"elian: not trained: {exc}", err=True)
        raise typer.Exit(1) from exc
    if as_json:
        typer.echo(msgspec.json.encode(report))
    else:
        typer.echo(_readable(report))


@app.command()
def evaluate(
    interactions: Annotated[
        Path,
        typer.Option(
            metavar="FILE.csv",
            exists=True,
            dir_okay=False,
            help="Who took what and when: user, item, timestamp, named in the header; may be gzip.",
        ),
    ],
    seed: Annotated[int, typer.Option(help="Seed of ties in time.", min=0)] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Judge the item model beside popularity, item-kNN and implicit ALS, on the same split."""
    try:
        report = evaluate_interactions(interactions, seed=seed)
    except RecommenderError as exc:
        typer.echo(f"elian: not evaluated: {exc}", err=True)
        raise typer.Exit(1) from exc
    typer.echo(msgspec.json.encode(report) if as_json else _figures(report))


def _figures(report: Report) -> str:
    return "\n".join(
        [
            report.protocol,
            "",
            f"{report.people} people, {report.items} items, {report.events} events",
            *_table("Each person's last fifth", report),
            *_table("The last fifth of all events", report.global_time),
        ]
    )


def _table(title: str, split: Split | Report) -> list[str]:
    head = f"{'':<16}{'ndcg@10':>10}{'recall@20':>11}{'coverage':>10}{'fit s':>8}{'p99 ms':>8}"
    return ["", f"{title}: {split.people} people", head] + [
        f"{name:<16}{one.ndcg_10:>10.4f}{one.recall_20:>11.4f}{one.coverage:>10.3f}"
        f"{one.fit_s:>8.1f}{one.p99_ms:>8.1f}"
        for name, one in split.models.items()
    ]


def _directory(data: Path) -> Path:
    return data if (data / "events.db").exists() else data / "recommender"


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a command is where the clock enters


def _readable(report: TrainingReport) -> str:
    verdict = (
        f"published as {report.version}"
        if report.version
        else "NOT published: no better than popularity, beyond chance"
    )
    lines = [
        f"Model {verdict}",
        f"{report.offers} settled offers of {report.customers} customers, {report.fit_s:.1f} s",
        f"Held out: the {report.held_out} latest, since {report.held_out_from:%Y-%m-%d}",
        "",
        f"{'on the held-out offers':<24}{'model':>10}{'popularity':>12}",
    ]
    for measure in ("log_loss", "roc_auc", "calibration_error"):
        ours, theirs = getattr(report.model, measure), getattr(report.popularity, measure)
        lines.append(f"  {measure:<22}{ours:>10.4f}{theirs:>12.4f}")
    gain = report.gain
    lines.append(f"  gain {gain.log_loss:.4f} ± {gain.standard_error:.4f} of log_loss an offer")
    lines += ["", f"{'product':<20}{'offers':>8}{'interest':>10}  what speaks for it"]
    lines += [
        f"{line.product:<20}{line.offers:>8}{line.interest_rate:>10.1%}  {', '.join(line.drivers)}"
        for line in report.products
    ]
    return "\n".join(lines)
