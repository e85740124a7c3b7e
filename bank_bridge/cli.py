"""The bank's own commands, which `elian bank` takes in. They work beside a running server."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from bank_bridge.contract import BankError
from bank_bridge.ledger.auditor import audit as audit_file
from bank_bridge.ledger.database import open_writing
from bank_bridge.ledger.report import AuditReport
from bank_bridge.ledger.stops import lift_stop

FILE = "bank.db"
_HERE = Path("data")
app = typer.Typer(no_args_is_help=True, help="The books of the embedded bank.")


@app.callback()
def bank() -> None:
    """The books of the embedded bank."""


_Folder = Annotated[
    Path,
    typer.Option("--data", metavar="DIR", help="The server's data folder, or its bank's file."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


@app.command()
def audit(folder: _Folder = _HERE, as_json: _Json = False) -> None:
    """Verify the books from the journal alone. Exit code 1 tells of a fault, 2 of no books."""
    report = _audited(folder)
    typer.echo(msgspec.json.encode(report).decode() if as_json else report.page())
    if not report.clean:
        raise typer.Exit(1)


@app.command()
def resume(folder: _Folder = _HERE) -> None:
    """Let a bank that stopped writing go on, if an audit finds its books right."""
    report = _audited(folder)
    if not report.clean:
        typer.echo(report.page(), err=True)
        raise typer.Exit(1)
    if report.writes_stopped is None:
        typer.echo("writes are not stopped")
        return
    with closing(open_writing(_file(folder))) as conn:
        lift_stop(conn)
    typer.echo(f"writes go on; they were stopped for: {report.writes_stopped}")


def _audited(folder: Path) -> AuditReport:
    try:
        return audit_file(_file(folder))
    except BankError as exc:
        typer.echo(f"elian: {exc}", err=True)
        raise typer.Exit(2) from exc


def _file(folder: Path) -> Path:
    return folder / FILE if folder.is_dir() else folder
