"""`elian bank fund`: which funds are on sale, and the value of each trade day.

Works beside a running server; two officers for every fund, as for billers.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bank_bridge.billing.cli import at_desk, yuan
from bank_bridge.fund_contract import NewFund

_HERE = Path("data")
_DECIMALS, _UNIT = 4, 10_000
app = typer.Typer(no_args_is_help=True, help="Funds on sale, and their values.")

_Folder = Annotated[
    Path,
    typer.Option("--data", metavar="DIR", help="The server's data folder, or its bank's file."),
]
_By = Annotated[str, typer.Option("--by", metavar="OFFICER", help="Who does it.")]
_Fund = Annotated[str, typer.Argument(help="The fund's own short name.")]


@app.command()
def propose(
    fund: _Fund,
    name: Annotated[str, typer.Argument(help="As customers read it.")],
    by: _By,
    risk: Annotated[int, typer.Option(help="From 1 (low) to 5.")],
    least: Annotated[str, typer.Option(metavar="YUAN", help="Of one purchase.")] = "10",
    folder: _Folder = _HERE,
) -> None:
    """A fund is to be sold; a second officer must approve it."""
    new = NewFund(fund, name, risk, yuan(least))
    at_desk(folder, lambda bank: bank.propose_fund(new, by))
    typer.echo(f"{fund} awaits a second officer")


@app.command()
def approve(fund: _Fund, by: _By, folder: _Folder = _HERE) -> None:
    """The second officer puts the fund on sale."""
    at_desk(folder, lambda bank: bank.approve_fund(fund, by))
    typer.echo(f"{fund} is on sale")


@app.command(epilog="Example: elian bank fund nav steady 2026-11-23 1.2345")
def nav(
    fund: _Fund,
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="A trade day.")],
    value: Annotated[str, typer.Argument(metavar="YUAN", help="Of one share, to 4 decimals.")],
    folder: _Folder = _HERE,
) -> None:
    """Publish a day's value, once; orders of that day are confirmed at it."""
    at_desk(folder, lambda bank: bank.publish_nav(fund, day.date(), _value(value)))
    typer.echo(f"{fund} {day.date()}: {value}")


@app.command("list")
def list_(folder: _Folder = _HERE) -> None:
    """Funds on sale, the least risky first."""
    for fund in at_desk(folder, lambda bank: bank.funds()):
        value = f"{fund.nav // _UNIT}.{fund.nav % _UNIT:04d}"
        shown = f"{value} of {fund.nav_day}" if fund.nav_day else "no value yet"
        typer.echo(f"{fund.fund}  R{fund.risk}  from {fund.least} yuan  {shown}  {fund.name}")


def _value(text: str) -> int:
    """`1.2345` -> 12,345 ten-thousandths of a yuan, exactly."""
    whole, _, part = text.strip().partition(".")
    digits = whole + part
    if not (digits.isascii() and digits.isdigit() and whole) or len(part) > _DECIMALS:
        raise typer.BadParameter(f"not the value of a share: {text!r}")
    return int(whole) * _UNIT + int(part.ljust(_DECIMALS, "0"))
