"""`elian bank biller`: who may collect, their bills, and the day's accounts with them.

Works beside a running server. Files are CSV with a head line: `number,period,owner,amount,due`
for bills, `reference,amount` for a day; amounts in yuan. Nothing of a file is taken if one
line of it cannot be.
"""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import uuid4  # noqa: TID251 - a command has nobody to hand it ids

import typer

from bank_bridge.contract import BankError, BankRefusal, Money
from bank_bridge.instructions.rules import Rules
from bank_bridge.product_contract import (
    BillerLine,
    BillMode,
    NewBiller,
    NewItem,
    UploadedBill,
)

if TYPE_CHECKING:
    from bank_bridge.gateways.embedded import EmbeddedBank

T = TypeVar("T")
FILE = "bank.db"
_HERE = Path("data")
_CENTS = 2
app = typer.Typer(no_args_is_help=True, help="Billers, what they collect, and their days.")

_Folder = Annotated[
    Path,
    typer.Option("--data", metavar="DIR", help="The server's data folder, or its bank's file."),
]
_By = Annotated[str, typer.Option("--by", metavar="OFFICER", help="Who does it.")]
_Csv = Annotated[
    Path, typer.Argument(metavar="FILE.csv", exists=True, dir_okay=False, help="What to take.")
]
_Biller = Annotated[str, typer.Argument(help="The biller's own short name.")]
_Item = Annotated[str, typer.Argument(help="The item's own short name.")]
_Name = Annotated[str, typer.Argument(help="As customers read it.")]
_Day = Annotated[
    datetime, typer.Argument(metavar="DAY", formats=["%Y-%m-%d"], help="A business date.")
]


@app.command()
def propose(
    biller: _Biller,
    name: _Name,
    by: _By,
    licence: Annotated[str, typer.Option(help="Business licence.")],
    legal_person: Annotated[str, typer.Option(help="Certificate of the legal person.")],
    agreement: Annotated[str, typer.Option(help="Cooperation agreement.")],
    application: Annotated[str, typer.Option(help="Collection application.")],
    folder: _Folder = _HERE,
) -> None:
    """A biller applies with its four papers; a second officer must approve it."""
    papers = NewBiller(biller, name, licence, legal_person, agreement, application)
    at_desk(folder, lambda desk: desk.propose_biller(papers, by))
    typer.echo(f"{biller} awaits a second officer")


@app.command()
def approve(biller: _Biller, by: _By, folder: _Folder = _HERE) -> None:
    """The second officer admits the biller."""
    at_desk(folder, lambda desk: desk.approve_biller(biller, by))
    typer.echo(f"{biller} is admitted")


@app.command()
def item(
    item: _Item,
    biller: _Biller,
    name: _Name,
    by: _By,
    category: Annotated[int, typer.Option(help="Of the bank's list, 1 to 9.")],
    instant: Annotated[bool, typer.Option(help="The payer says the amount.")] = False,
    part: Annotated[bool, typer.Option(help="A bill may be paid in parts.")] = False,
    pattern: Annotated[str, typer.Option(help="Regular expression of its numbers.")] = (
        "[0-9]{6,20}"
    ),
    folder: _Folder = _HERE,
) -> None:
    """A new item of a biller; a second officer must approve it."""
    mode = BillMode.INSTANT if instant else BillMode.BILL
    new = NewItem(item, biller, name, category, mode, part, pattern)
    at_desk(folder, lambda desk: desk.propose_item(new, by))
    typer.echo(f"{item} awaits a second officer")


@app.command("approve-item")
def approve_item(item: _Item, by: _By, folder: _Folder = _HERE) -> None:
    """The second officer admits the item: from now on it can be paid."""
    at_desk(folder, lambda desk: desk.approve_item(item, by))
    typer.echo(f"{item} is admitted")


@app.command()
def upload(item: _Item, bills: _Csv, folder: _Folder = _HERE) -> None:
    """Take a file of bills; a bill that has been paid, even in part, keeps its amount."""
    lines = [
        UploadedBill(
            row["number"],
            row["period"],
            row["owner"],
            yuan(row["amount"]),
            _date(row["due"]),
        )
        for row in _rows(bills, ("number", "period", "owner", "amount", "due"))
    ]
    taken = at_desk(folder, lambda desk: desk.upload_bills(item, lines))
    typer.echo(f"{taken} of {len(lines)} bills taken")


@app.command()
def day(biller: _Biller, day: _Day, folder: _Folder = _HERE) -> None:
    """Our file of that business date, as CSV; count and sum follow on the error output."""
    lines = at_desk(folder, lambda desk: desk.biller_file(biller, day.date()))
    typer.echo("reference,amount")
    for line in lines:
        typer.echo(f"{line.reference},{line.amount}")
    total = Money(sum(line.amount.fen for line in lines))
    typer.echo(f"{len(lines)} payments, {total} yuan", err=True)


@app.command()
def reconcile(biller: _Biller, day: _Day, theirs: _Csv, folder: _Folder = _HERE) -> None:
    """Settle what both files have. Exit code 1 tells of exceptions, each with its case."""
    lines = [
        BillerLine(row["reference"], yuan(row["amount"]))
        for row in _rows(theirs, ("reference", "amount"))
    ]
    report = at_desk(folder, lambda desk: desk.reconcile_biller(biller, day.date(), lines))
    typer.echo(f"{report.matched} matched, {report.settled} yuan settled")
    for one in report.exceptions:
        typer.echo(f"case {one.case}: {one.kind} {one.reference} {one.ours} {one.theirs}")
    if report.exceptions:
        raise typer.Exit(1)


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The file's lines; BadParameter names the line that cannot be taken."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != columns:
                raise typer.BadParameter(f"{path}: the head line is {','.join(columns)}")
            for place, row in enumerate(reader, start=2):
                if None in row or None in row.values():
                    raise typer.BadParameter(f"{path}: line {place} has other columns")
                yield row
    except (UnicodeDecodeError, csv.Error) as exc:
        raise typer.BadParameter(f"{path}: {exc}") from exc


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as exc:
        raise typer.BadParameter(f"not a date: {text!r}") from exc


def yuan(text: str) -> Money:
    """`328.00` -> 32,800 fen, exactly."""
    whole, point, cents = text.strip().partition(".")
    digits = whole + cents
    if not (digits.isascii() and digits.isdigit() and whole) or len(cents) > _CENTS:
        raise typer.BadParameter(f"not an amount in yuan: {text!r}")
    if point and not cents:
        raise typer.BadParameter(f"not an amount in yuan: {text!r}")
    return Money(int(whole) * 100 + int(cents.ljust(_CENTS, "0") or 0))


def at_desk(folder: Path, work: Callable[[EmbeddedBank], Awaitable[T]]) -> T:
    """A refusal is exit code 1, no books 2."""

    async def run(opened: AbstractAsyncContextManager[EmbeddedBank]) -> T:
        async with opened as bank:
            return await work(bank)

    try:
        return asyncio.run(run(_open(folder)))
    except BankRefusal as exc:
        typer.echo(f"elian: {exc}", err=True)
        raise typer.Exit(1) from exc
    except BankError as exc:
        typer.echo(f"elian: {exc}", err=True)
        raise typer.Exit(2) from exc


def _open(folder: Path) -> AbstractAsyncContextManager[EmbeddedBank]:
    file = folder / FILE if folder.is_dir() else folder
    if not file.is_file():
        raise BankError(f"there is no bank's file {file}")
    from bank_bridge.gateways.embedded import open_embedded  # noqa: PLC0415 - only who needs it

    return open_embedded(
        file,
        now=lambda: datetime.now(UTC),  # noqa: TID251 - nor a clock
        new_id=lambda: uuid4().hex,
        send_sms=_no_sms,
        rules=Rules(),
    )


async def _no_sms(phone: str, text: str) -> None:  # noqa: ARG001 - nothing here is proven by a code
    raise BankError("billers are sent no codes")
