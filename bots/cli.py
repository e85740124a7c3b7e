"""The bots' own commands, for the operator: see what a sentence is understood as."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from bots.contract import Understood

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
