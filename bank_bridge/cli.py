"""The bank's own commands, which `elian bank` takes in. They work beside a running server."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import uuid4  # noqa: TID251 - a command has nobody to hand it ids

import msgspec
import typer

from bank_bridge.billing.cli import app as biller_app
from bank_bridge.billing.funds import app as fund_app
from bank_bridge.branch.cli import app as branch_app
from bank_bridge.clearing.cli import app as clearing_app
from bank_bridge.contract import BankError, BankRefusal
from bank_bridge.instructions.rules import Rules
from bank_bridge.ledger.auditor import audit as audit_file
from bank_bridge.ledger.auditor import verify_chain as verify_chain_of
from bank_bridge.ledger.database import open_writing
from bank_bridge.ledger.heads import HEADS, read_heads
from bank_bridge.ledger.report import AuditReport
from bank_bridge.ledger.stops import lift_stop
from bank_bridge.paper_contract import (
    Batch,
    StatementFormat,
)

if TYPE_CHECKING:
    from bank_bridge.gateways.paying import BatchCounter

T = TypeVar("T")
FILE = "bank.db"
_HERE = Path("data")
app = typer.Typer(no_args_is_help=True, help="The books of the embedded bank.")


app.add_typer(biller_app, name="biller")
app.add_typer(fund_app, name="fund")
app.add_typer(clearing_app, name="clearing")
app.add_typer(branch_app, name="branch")


@app.callback()
def bank() -> None:
    """The books of the embedded bank."""


_Folder = Annotated[
    Path,
    typer.Option("--data", metavar="DIR", help="The server's data folder, or its bank's file."),
]
_LINE = Path("data/secrets/bank-line")
_Keys = Annotated[
    Path, typer.Option("--keys", metavar="DIR", help="The keys of the line, as PEM files.")
]
_Heads = Annotated[
    Path | None,
    typer.Option(
        "--heads",
        metavar="FILE",
        help="Where the journal's head at each closed date is kept; by default beside the books."
        " Keep it on another machine.",
    ),
]
_Json = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


@app.command()
def audit(folder: _Folder = _HERE, heads: _Heads = None, as_json: _Json = False) -> None:
    """Verify the books from the journal alone. Exit code 1 tells of a fault, 2 of no books."""
    report = _audited(folder, heads)
    typer.echo(msgspec.json.encode(report).decode() if as_json else report.page())
    if not report.clean:
        raise typer.Exit(1)


@app.command()
def verify_chain(folder: _Folder = _HERE, heads: _Heads = None, as_json: _Json = False) -> None:
    """Verify the journal's chain of hashes, through every exported head. Exit codes as `audit`."""
    file = _file(folder)
    try:
        report = verify_chain_of(file, read_heads(_heads(file, heads)))
    except BankError as exc:
        raise _unreadable(exc) from exc
    typer.echo(msgspec.json.encode(report).decode() if as_json else report.page())
    if not report.clean:
        raise typer.Exit(1)


@app.command()
def eod(folder: _Folder = _HERE, heads: _Heads = None) -> None:
    """Close every business date before today's, beside a running server or without one.

    To be run after the cut-off (23:00 in Shanghai), and again whenever it was cut short: it
    goes on where it stopped, and closes missed dates one after the other. Exit code 1 tells
    that a date's figures are not right: it stays open.
    """
    from bank_bridge.gateways.day_end import close_days  # noqa: PLC0415 - only who needs it
    from bank_bridge.ledger.days import DateNotClosed  # noqa: PLC0415 - as above

    file = _file(folder)
    if not file.is_file():
        raise _unreadable(BankError(f"there is no bank's file {file}"))
    try:
        closed = asyncio.run(
            close_days(
                file,
                _heads(file, heads),
                now=lambda: datetime.now(UTC),  # noqa: TID251 - nor a clock
                new_id=lambda: uuid4().hex,
                rules=Rules(),
                told=lambda day: typer.echo(f"{day} is closed"),
            )
        )
    except DateNotClosed as exc:
        typer.echo(f"elian: {exc}", err=True)
        raise typer.Exit(1) from exc
    except BankError as exc:
        raise _unreadable(exc) from exc
    if not closed:
        typer.echo("every date before today's is closed")


@app.command(
    epilog="Example: elian bank statement 6212… --from 2026-03-01 --to 2026-03-31 --out a.pdf"
)
def statement(
    number: Annotated[str, typer.Argument(help="The account's number.")],
    first: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first date.")
    ],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last date.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Made anew, for its owner's eyes.")],
    kind: Annotated[
        StatementFormat | None,
        typer.Option("--format", help="By default what FILE ends in: .pdf, .xlsx or .xml."),
    ] = None,
    folder: _Folder = _HERE,
) -> None:
    """Draw an account's statement of some business dates as PDF, XLSX or camt.053."""
    from bank_bridge.gateways.drawing import draw  # noqa: PLC0415 - only who needs it

    endings = {".pdf": "pdf", ".xlsx": "xlsx", ".xml": "camt053"}
    file = _file(folder)
    try:
        chosen = kind or StatementFormat(endings.get(out.suffix.lower(), ""))
    except ValueError as exc:
        raise typer.BadParameter(f"{out} ends in none of {', '.join(endings)}") from exc
    if not file.is_file():
        raise _unreadable(BankError(f"there is no bank's file {file}"))
    try:
        document = asyncio.run(
            draw(file, number, first.date(), last.date(), chosen, lambda: datetime.now(UTC))  # noqa: TID251 - as above
        )
    except BankError as exc:
        raise _unreadable(exc) from exc
    out.touch(mode=0o600)
    out.write_bytes(document)
    typer.echo(f"{out}: {len(document):,} bytes")


@app.command(epilog="Example: elian bank submit salaries.xml --customer zhangwei --maker li.na")
def submit(
    document: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A pain.001.")
    ],
    customer: Annotated[str, typer.Option(help="Whose accounts pay.")],
    maker: Annotated[str, typer.Option(help="Who brings it; another must approve.")],
    folder: _Folder = _HERE,
) -> None:
    """Bring a file of payments (pain.001); nothing is paid until another person approves it."""

    async def bring() -> Batch:
        async with _counter(folder) as counter:
            return await counter.submit(customer, document.read_bytes(), maker)

    batch = _at_the_counter(bring())
    typer.echo(f"{batch.batch_id}: {batch.payments} payments, {batch.total} CNY, by {batch.maker}")
    typer.echo(f"to approve: elian bank approve {batch.batch_id} --hash {batch.content_hash}")


@app.command(epilog="Example: elian bank approve zhangwei/S1 --checker wang --hash 9f… --out s.xml")
def approve(
    batch_id: Annotated[str, typer.Argument(metavar="BATCH", help="As `submit` named it.")],
    checker: Annotated[str, typer.Option(help="Anybody but its maker.")],
    content_hash: Annotated[str, typer.Option("--hash", help="What `submit` printed.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where pain.002 goes.")],
    folder: _Folder = _HERE,
) -> None:
    """Carry a file of payments out, each payment once; cut short, run it again."""

    async def decide() -> bytes:
        async with _counter(folder) as counter:
            return await counter.approve(batch_id, checker, content_hash)

    out.write_bytes(_at_the_counter(decide()))
    typer.echo(f"{batch_id} is carried out; what became of each payment: {out}")


@app.command()
def reject(
    batch_id: Annotated[str, typer.Argument(metavar="BATCH", help="As `submit` named it.")],
    checker: Annotated[str, typer.Option(help="Anybody but its maker.")],
    reason: Annotated[str, typer.Option(help="Why not.")],
    folder: _Folder = _HERE,
) -> None:
    """Let nothing of a file of payments be paid."""

    async def decide() -> Batch:
        async with _counter(folder) as counter:
            return await counter.reject(batch_id, checker, reason)

    typer.echo(f"{_at_the_counter(decide()).batch_id} is rejected")


@app.command(epilog="Example: elian bank simulate --seed 7 --days 365")
def simulate(
    seed: Annotated[int, typer.Option(help="What a seed does it does again.")] = 1,
    seeds: Annotated[int, typer.Option(help="So many seeds, one after the other.")] = 1,
    days: Annotated[int, typer.Option(min=1, help="So many business dates.")] = 365,
    customers: Annotated[int, typer.Option(min=2, max=1000, help="So many customers.")] = 8,
    operations: Annotated[int, typer.Option(min=1, help="At most so many a day.")] = 20,
    as_json: _Json = False,
) -> None:
    """Let a random population use the real core, every day closed and audited.

    All balances, refusals, refunds and interest are compared with a plain model; some commits
    and some answers are lost on purpose. Exit code 1 tells of a seed that found a fault, and
    which. The books are kept in a folder of their own that is removed.
    """
    import structlog  # noqa: PLC0415 - as above

    from bank_bridge.simulation.days import Days  # noqa: PLC0415 - only who needs it

    # What it breaks on purpose is no news.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    for number in range(seed, seed + seeds):
        with tempfile.TemporaryDirectory(prefix="elian-simulation-") as folder:
            try:
                told = asyncio.run(Days(number, Path(folder), customers, operations).run(days))
            except Exception as exc:
                again = f"--days {days} --customers {customers} --operations {operations}"
                typer.echo(f"seed {number} found a fault: {exc}", err=True)
                typer.echo(f"again: elian bank simulate --seed {number} {again}", err=True)
                if isinstance(exc, BankError):
                    raise typer.Exit(1) from exc
                raise
        typer.echo(msgspec.json.encode(told).decode() if as_json else told.page())


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


@app.command(epilog="Example: elian bank keys --keys /srv/elian/secrets/bank-line")
def keys(folder: _Keys = _LINE) -> None:
    """Make the two key pairs of a line between a house and a bank's gateway.

    house.pem stays with the house and bank.pem with the bank; the .pub.pem files change hands.
    """
    from bank_bridge.gateways.http.keys import make_keys  # noqa: PLC0415 - only who needs it

    made = make_keys(folder)
    typer.echo(f"{'made' if made else 'there were keys already'} in {folder}")


def _counter(folder: Path) -> AbstractAsyncContextManager[BatchCounter]:
    file = _file(folder)
    if not file.is_file():
        raise BankError(f"there is no bank's file {file}")
    from bank_bridge.gateways.paying import open_counter  # noqa: PLC0415 - only who needs it

    return open_counter(
        file,
        now=lambda: datetime.now(UTC),  # noqa: TID251 - as above
        new_id=lambda: uuid4().hex,
    )


def _at_the_counter(work: Coroutine[object, object, T]) -> T:
    """A refusal is exit code 1, no books 2."""
    try:
        return asyncio.run(work)
    except BankRefusal as exc:
        typer.echo(f"elian: {exc}", err=True)
        raise typer.Exit(1) from exc
    except BankError as exc:
        raise _unreadable(exc) from exc


def _audited(folder: Path, heads: Path | None = None) -> AuditReport:
    file = _file(folder)
    try:
        return audit_file(file, read_heads(_heads(file, heads)))
    except BankError as exc:
        raise _unreadable(exc) from exc


def _unreadable(exc: BankError) -> typer.Exit:
    typer.echo(f"elian: {exc}", err=True)
    return typer.Exit(2)


def _heads(file: Path, heads: Path | None) -> Path:
    return file.with_name(HEADS) if heads is None else heads


def _file(folder: Path) -> Path:
    return folder / FILE if folder.is_dir() else folder
