"""The bots' own commands, for the operator: what a sentence is understood as, and how well."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from bots.contract import BotError, Understood

if TYPE_CHECKING:
    from bots.rehearsal.judge import Verdict
    from bots.understanding.evaluation import OwnReport, PublicReport

app = typer.Typer(help="What the bots understand, and how well.", no_args_is_help=True)
_STDIN = Path("-")


@app.callback()
def bots() -> None:
    """What the bots understand, and how well."""


@app.command()
def understand(
    sentence: Annotated[str | None, typer.Argument(help="What a customer might write.")] = None,
    batch: Annotated[
        Path | None, typer.Option(help="A UTF-8 file, one sentence a line; - is standard input.")
    ] = None,
) -> None:
    """Print intent, confidence and slots as JSON; with --batch, one line of JSON a sentence."""
    from bots.open import open_understanding  # noqa: PLC0415 - only this verb needs the bots

    if (sentence is None) == (batch is None):
        raise typer.BadParameter("give a sentence or --batch FILE, and not both")
    understanding = open_understanding()
    for line in [sentence] if sentence is not None else _lines(batch or _STDIN):
        print(_json(understanding.understand(line)))


@app.command()
def figures(
    recognizers: Annotated[
        Path | None,
        typer.Option(help="A folder with the Chinese cases of Recognizers-Text, scored too."),
    ] = None,
) -> None:
    """Score amounts, days and periods on our sentences; exit 1 below 99 % or at a wrong value."""
    from bots.understanding import figures as ours  # noqa: PLC0415 - only this verb needs them

    scores = ours.score_figures(list(ours.sentences()))
    print(ours.report(scores))
    if recognizers is not None:
        print(_of_recognizers(recognizers))
    if not ours.good_enough(scores):
        raise typer.Exit(1)


@app.command()
def rehearse(
    dialogues: Annotated[int, typer.Option(min=1, help="How many to generate.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed plays the same dialogues.")] = 1,
    shown: Annotated[int, typer.Option(min=0, help="How many failures to print in full.")] = 5,
) -> None:
    """Play generated dialogues on a bank made for it; exit 1 unless every figure is reached."""
    import asyncio  # noqa: PLC0415 - only this verb needs it

    import structlog  # noqa: PLC0415 - nor may its like cost the others a start

    from bots.rehearsal.judge import report  # noqa: PLC0415 - only this verb needs the bots

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    verdict = asyncio.run(_rehearse(seed, dialogues))
    print(report(verdict, seed, shown))
    if not verdict.passed:
        raise typer.Exit(1)


async def _rehearse(seed: int, dialogues: int) -> Verdict:
    from bank_bridge.open import Rules, open_bank  # noqa: PLC0415 - only this verb needs the bank
    from bots.open import open_bots  # noqa: PLC0415 - nor the bots
    from bots.rehearsal.judge import Rehearsal  # noqa: PLC0415
    from bots.rehearsal.world import World  # noqa: PLC0415

    world = World()
    with TemporaryDirectory(prefix="elian-rehearsal-") as folder:
        bank = open_bank(
            f"embedded://{folder}/bank.db",
            now=world.now,
            new_id=world.new_id,
            send_sms=world.send_sms,
            rules=Rules(code_hash_memory_kib=8),  # the codes are worth nothing here
        )
        async with bank as core:
            rehearsal = Rehearsal(
                core,
                lambda: open_bots(core).bot,
                world.now,
                world.pass_time,
                world.text_of,
            )
            await rehearsal.prepare()
            return await rehearsal.play(seed, dialogues)


@app.command(epilog="Example: elian bots evaluate --dataset banking77 data/banking77")
def evaluate(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Where the public set's files are.")
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(help="A public set: banking77, massive, clinc150, recognizers.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Judge the understanding: our own sentences by cross-validation, or a public set."""
    from bots.open import evaluate_dataset, evaluate_own  # noqa: PLC0415 - scikit-learn: a second

    if (dataset is None) != (folder is None):
        raise typer.BadParameter("a public set needs both --dataset NAME and its DIR")
    if dataset == "recognizers" and folder is not None:  # no sentences to learn from
        typer.echo(_of_recognizers(folder, as_json=as_json))
        return
    report: OwnReport | PublicReport
    try:
        if dataset is not None and folder is not None:
            report = evaluate_dataset(dataset, folder)
            text = _of_public(report)
        else:
            report = evaluate_own()
            text = _of_ours(report)
    except BotError as exc:
        typer.echo(f"elian: not evaluated: {exc}", err=True)
        raise typer.Exit(1) from exc
    typer.echo(msgspec.json.encode(report).decode() if as_json else text)


@app.command()
def ship() -> None:
    """Train on the sentences in the repository, and put the model beside them."""
    from bots.open import train_understanding  # noqa: PLC0415 - scikit-learn: a second

    path, size = train_understanding()
    typer.echo(f"{path}: {size / 1e6:.1f} MB; servers take it at their next start")


def _of_recognizers(folder: Path, *, as_json: bool = False) -> str:
    """Amounts and dates of Recognizers-Text, whose grammar is ours and learns nothing."""
    from bots.understanding import recognizers as public  # noqa: PLC0415 - only who asks for it

    try:
        if not as_json:
            return public.report(folder)
        return msgspec.json.encode(public.shares(folder)).decode()
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise typer.BadParameter(f"{folder}: not read: {exc}") from exc


def _of_public(report: PublicReport) -> str:
    lines = [
        report.protocol,
        "",
        f"{report.dataset}, {report.intents} intents",
        f"{'sentences learnt':<32}{report.train:>8}",
        f"{'sentences judged':<32}{report.test:>8}",
        f"{'learning, s':<32}{report.fit_s:>8.0f}",
        f"{'accuracy':<32}{report.accuracy:>8.4f}",
        f"{'calibration error':<32}{report.calibration_error:>8.4f}",
        f"{'model, MB':<32}{report.model_bytes / 1e6:>8.2f}",
        f"{'a sentence, ms: p50':<32}{report.p50_ms:>8.3f}",
        f"{'a sentence, ms: p99':<32}{report.p99_ms:>8.3f}",
    ]
    if outside := report.outside:
        caught, lost = outside.caught, outside.rejected_inside
        later = outside.caught_by_validation_limit, outside.rejected_inside_by_validation_limit
        lines += [
            f"{'outside caught':<32}{caught:>8.4f}  at {lost:.1%} of inside refused",
            f"{'with the limit of validation':<32}{later[0]:>8.4f}  at {later[1]:.1%}",
        ]
    return "\n".join(lines)


def _of_ours(report: OwnReport) -> str:
    lines = [
        report.protocol,
        "",
        f"{report.sentences} sentences, {report.intents} intents and what is outside of them",
        f"{'accuracy':<32}{report.accuracy:>8.4f}",
        f"{'right, of what was answered':<32}{report.answered_right:>8.4f}",
        f"{'macro F1':<32}{report.macro_f1:>8.4f}",
        f"{'out-of-scope recall':<32}{report.outside_recall:>8.4f}",
        f"{'inside, refused':<32}{report.inside_refused:>8.4f}",
        f"{'calibration error':<32}{report.calibration_error:>8.4f}",
        f"{'slot F1':<32}{report.slots.f1:>8.4f}  {report.slots.count} slots",
        "",
        f"{'intent':<24}{'precision':>10}{'recall':>10}{'F1':>10}{'count':>8}",
    ]
    lines += [
        f"{name:<24}{one.precision:>10.3f}{one.recall:>10.3f}{one.f1:>10.3f}{one.count:>8}"
        for name, one in report.per_intent.items()
    ]
    return "\n".join(lines)


def _lines(batch: Path) -> list[str]:
    try:
        data = sys.stdin.buffer.read() if batch == _STDIN else batch.read_bytes()
        return [
            line.rstrip("\r") for line in data.decode("utf-8-sig").removesuffix("\n").split("\n")
        ]
    except OSError as exc:
        raise typer.BadParameter(f"{batch}: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise typer.BadParameter(f"{batch} is not UTF-8 text") from exc


def _json(understood: Understood) -> str:
    fields: dict[str, Any] = msgspec.to_builtins(understood)
    return msgspec.json.encode(fields).decode()


if __name__ == "__main__":
    app()
