"""`elian bank branch`: what is done face to face, after the customer has shown who they are.

Works beside a running server. Names of officers are taken on trust, as whoever may run these
commands can also write the file of books.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import uuid4  # noqa: TID251 - a command has nobody to hand it ids

import typer

from bank_bridge.contract import BankError
from bank_bridge.instructions.rules import Rules
from bank_bridge.tier_contract import TierKind

if TYPE_CHECKING:
    from bank_bridge.gateways.embedded import EmbeddedBank

T = TypeVar("T")
FILE = "bank.db"
_HERE = Path("data")
app = typer.Typer(no_args_is_help=True, help="What a branch does for a customer, face to face.")
_Folder = Annotated[
    Path,
    typer.Option("--data", metavar="DIR", help="The server's data folder, or its bank's file."),
]
_Case = Annotated[str, typer.Argument(help="The case, as the customer was told it.")]
_By = Annotated[str, typer.Option("--by", metavar="OFFICER", help="Who does it.")]
_Customer = Annotated[str, typer.Argument(help="The customer's user name.")]


@app.callback()
def branch() -> None:
    """What a branch does for a customer, face to face."""


@app.command("grant-key", epilog="Example: elian bank branch grant-key zhangwei")
def grant_key(customer: _Customer, folder: _Folder = _HERE) -> None:
    """The customer's next device may sign without another device's approval, once."""
    _at(folder, lambda bank: bank.grant_device_key(customer))
    typer.echo(f"{customer} may register a device's key")


@app.command(
    "open-account", epilog="Example: elian bank branch open-account zhangwei --bound NUMBER"
)
def open_account(
    customer: _Customer,
    bound: Annotated[
        str, typer.Option("--bound", metavar="NUMBER", help="The customer's Type I account.")
    ],
    kind: Annotated[TierKind, typer.Option("--kind", help="Of which type.")] = TierKind.TYPE_2,
    folder: _Folder = _HERE,
) -> None:
    """Open an account of Type II or III, bound to one of Type I; prints its number."""
    key = f"branch:{uuid4().hex}"
    opened = _at(folder, lambda bank: bank.open_tier_account(customer, kind, bound, key))
    typer.echo(opened.number)


@app.command("confirm-in-person")
def confirm_in_person(
    customer: _Customer,
    number: Annotated[str, typer.Argument(help="Of the Type II account.")],
    folder: _Folder = _HERE,
) -> None:
    """The customer was seen: money may come into the account from elsewhere, within its limits."""
    _at(folder, lambda bank: bank.confirm_in_person(customer, number))
    typer.echo(f"{customer}: identity confirmed in person")


@app.command()
def frozen(folder: _Folder = _HERE) -> None:
    """Customers whose accounts are frozen, the oldest case first; at most 1,000."""
    for one in _at(folder, lambda bank: bank.freezes(1_000)):
        proposed = f", {one.maker} proposes to lift it" if one.maker else ""
        typer.echo(f"{one.case}  {one.customer}  {one.reason}  {one.frozen_at:%F %T}{proposed}")


@app.command(epilog="Example: elian bank branch unfreeze CASE --by wanghong")
def unfreeze(case: _Case, by: _By, folder: _Folder = _HERE) -> None:
    """Propose to lift a freeze, after seeing the customer; another officer then approves."""
    _at(folder, lambda bank: bank.propose_unfreeze(case, by))
    typer.echo(f"{case}: another officer approves it with approve-unfreeze")


@app.command("approve-unfreeze", epilog="Example: elian bank branch approve-unfreeze CASE --by lij")
def approve_unfreeze(case: _Case, by: _By, folder: _Folder = _HERE) -> None:
    """The accounts work again; by another officer than the one who proposed it."""
    _at(folder, lambda bank: bank.approve_unfreeze(case, by))
    typer.echo(f"{case}: lifted")


def _at(folder: Path, work: Callable[[EmbeddedBank], Awaitable[T]]) -> T:
    """Do it at the bank of that folder; a refusal ends the command with 1."""
    file = folder / FILE if folder.is_dir() else folder
    if not file.is_file():
        typer.echo(f"{file}: there is no bank", err=True)
        raise typer.Exit(2)

    async def done() -> T:
        from bank_bridge.gateways.embedded import open_embedded  # noqa: PLC0415 - half a second

        async with open_embedded(
            file,
            now=lambda: datetime.now(UTC),  # noqa: TID251 - a command is its own clock
            new_id=lambda: uuid4().hex,
            send_sms=_nothing_is_sent,
            rules=Rules(),
        ) as bank:
            return await work(bank)

    try:
        return asyncio.run(done())
    except BankError as exc:
        typer.echo(str(exc), err=True)
        raise typer.Exit(1) from exc


async def _nothing_is_sent(phone: str, text: str) -> None:
    """No command of a branch makes a code."""
