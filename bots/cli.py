"""The bots' own commands, for the operator: what a sentence is understood as, and how well."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from bots.contract import Understood

if TYPE_CHECKING:
    from bots.rehearsal.judge import Verdict

app = typer.Typer(help="See what the bots understand.", no_args_is_help=True)
_STDIN = Path("-")


@app.callback()
def bots() -> None:
    """See what the bots understand."""


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
    from bots.understanding import recognizers as public  # noqa: PLC0415

    scores = ours.score_figures(list(ours.sentences()))
    print(ours.report(scores))
    if recognizers is not None:
        try:
            print(public.report(recognizers))
        except (OSError, ValueError, KeyError) as exc:
            raise typer.BadParameter(f"{recognizers}: {exc}") from exc
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
