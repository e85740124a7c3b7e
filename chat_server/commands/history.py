"""`elian check-history`: whether the promises held, by what the clients of a run wrote down."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

BROKEN, UNREADABLE = 1, 2


def check_history(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="One .jsonl file for each client.")],
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    """Decide from the clients' histories alone whether I1 to I7 held.

    Exit code 0: they held; 1: one was broken, and the lines that prove it are shown; 2: the
    histories cannot be read. docs/history-checker.md has the format.
    """
    import msgspec  # noqa: PLC0415 - no other verb waits for it

    from chat_server.history.check import check  # noqa: PLC0415 - as above
    from chat_server.history.verdict import in_words  # noqa: PLC0415 - as above
    from chat_server.history.witness import Unreadable  # noqa: PLC0415 - as above

    try:
        verdict = check(folder)
    except Unreadable as exc:
        typer.echo(f"elian: {exc}", err=True)
        raise typer.Exit(UNREADABLE) from exc
    typer.echo(msgspec.json.encode(verdict).decode() if json else in_words(verdict))
    raise typer.Exit(0 if verdict.held else BROKEN)
