"""`elian bank clearing`: what the clearing house's files said of transfers to other banks.

Works beside a running server. A file is CSV with a head line, `payment_id,amount`, amounts in
yuan; it is taken once for its day, whole or not at all.
"""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4  # noqa: TID251 - a command has nobody to hand it ids

import msgspec
import typer

from bank_bridge.contract import BankError, Money
from bank_bridge.counterparties.clearing_link import FileLine
from bank_bridge.instructions.rules import Rules

if TYPE_CHECKING:
    from bank_bridge.instructions.reconciling import ClearingDay

FILE = "bank.db"
_HERE = Path("data")
_DAYS = 31
app = typer.Typer(no_args_is_help=True, help="Transfers to other banks, and their clearing.")
_Folder = Annotated[
    Path,
    typer.Option("--data", metavar="DIR", help="The server's data folder, or its bank's file."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


@app.command()
def days(folder: _Folder = _HERE, as_json: _Json = False) -> None:
    """The last 31 days that were reconciled. Exit code 1 tells of differences to settle."""
    found = _run(_file(folder), None)
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
    else:
        for day in found:
            typer.echo(_shown(day))
        if not found:
            typer.echo("no day was reconciled yet")
    if any(day.differences for day in found):
        raise typer.Exit(1)


@app.command(epilog="Example: elian bank clearing reconcile 2026-03-02 2026-03-02.csv")
def reconcile(
    day: Annotated[
        datetime, typer.Argument(metavar="DAY", formats=["%Y-%m-%d"], help="The clearing day.")
    ],
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.csv", exists=True, dir_okay=False, help="Its file."),
    ],
    folder: _Folder = _HERE,
    as_json: _Json = False,
) -> None:
    """Take the clearing house's file of a day: what was unknown ends, what differs is kept.

    Exit code 1 tells of differences. A day that was taken before says what was found then.
    """
    (found,) = _run(_file(folder), (day.date(), _lines(file)))
    typer.echo(msgspec.json.encode(found).decode() if as_json else _shown(found))
    if found.differences:
        raise typer.Exit(1)


def _run(file: Path, taken: tuple[date, Sequence[FileLine]] | None) -> Sequence[ClearingDay]:
    if not file.is_file():
        raise BankError(f"there is no bank's file {file}")

    from bank_bridge.gateways.embedded import open_embedded  # noqa: PLC0415 - only who needs it

    async def nothing_is_sent(phone: str, text: str) -> None:
        """No step of these sends a code."""

    async def work() -> Sequence[ClearingDay]:
        async with open_embedded(
            file,
            now=lambda: datetime.now(UTC),  # noqa: TID251 - nor a clock
            new_id=lambda: uuid4().hex,
            send_sms=nothing_is_sent,
            rules=Rules(),
        ) as bank:
            if taken is None:
                return await bank.clearing_days(_DAYS)
            return [await bank.reconcile_clearing(*taken)]

    return asyncio.run(work())


def _lines(file: Path) -> Sequence[FileLine]:
    """Raises BankError naming the line that cannot be taken."""
    lines = list[FileLine]()
    with file.open(encoding="utf-8", newline="") as opened:
        for row in (reader := csv.DictReader(opened)):
            try:
                fen = Decimal(row["amount"]) * 100
                whole = fen > 0 and fen == int(fen) and bool(row["payment_id"])
            except (KeyError, TypeError, ValueError, OverflowError, InvalidOperation):
                whole = False
            if not whole:
                text = f"{file}: line {reader.line_num} is not a payment_id and an amount in yuan"
                raise BankError(text)
            lines.append(FileLine(row["payment_id"], int(fen)))
    if len({line.payment_id for line in lines}) != len(lines):
        raise BankError(f"{file}: a payment stands in it twice")
    return lines


def _shown(day: ClearingDay) -> str:
    counts = (
        f"{day.day}: {day.matched} matched, {day.settled} settled, {day.returned} given back,"
        f" {len(day.differences)} differ"
    )
    differ = [
        f"  {d.kind}: {d.payment_id}, ours {_yuan(d.ours)}, theirs {_yuan(d.theirs)}"
        for d in day.differences
    ]
    return "\n".join([counts, *differ])


def _yuan(fen: int | None) -> str:
    return "none" if fen is None else str(Money(fen))


def _file(folder: Path) -> Path:
    return folder / FILE if folder.is_dir() else folder
