"""`elian demo`: the demonstration's data, and things that happen in it."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from bank_bridge.contract import MERCHANT_CATEGORIES, BankRefusal, Money
from chat_server.adapters.clock import new_uuid7
from chat_server.bootstrap import open_house
from chat_server.commands.options import ConfigOption, DataOption, settings_for
from chat_server.demo.load import load_demo, parse_yuan
from chat_server.settings import Settings

app = typer.Typer(help="The demonstration.", no_args_is_help=True)


@app.command()
def load(data: DataOption = None, config: ConfigOption = None) -> None:
    """Load people, bank, public account and a population; a loaded folder stays as it is."""
    settings = settings_for(config, data=data, demo=True)
    loaded = asyncio.run(_load(settings))
    typer.echo(f"{'loaded into' if loaded else 'was loaded before in'} {settings.data}")


@app.command()
def buy(
    customer: Annotated[str, typer.Argument(help="Who buys, for instance zhangwei.")],
    amount: Annotated[str, typer.Argument(help="Yuan, for instance 328.00.")],
    merchant: Annotated[str, typer.Option(help="Where.")] = "融e购商城",
    category: Annotated[
        str, typer.Option(help=f"The merchant's: {', '.join(sorted(MERCHANT_CATEGORIES))}.")
    ] = "retail",
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Post a real purchase to the ledger, as a shop's till would."""
    try:
        settings = settings_for(config, data=data, demo=True)
        reference = asyncio.run(_buy(settings, customer, parse_yuan(amount), merchant, category))
    except ValueError as exc:
        raise typer.BadParameter(str(exc)) from exc
    except BankRefusal as exc:
        typer.echo(f"the bank refused: {exc}", err=True)
        raise typer.Exit(1) from exc
    typer.echo(f"{customer} bought for {amount} yuan, reference {reference}")


async def _load(settings: Settings) -> bool:
    async with open_house(settings) as house:
        return await load_demo(house, lambda step: typer.echo(step, err=True))


async def _buy(
    settings: Settings, customer: str, amount: Money, merchant: str, category: str
) -> str:
    async with open_house(settings) as house:
        key = f"demo:{new_uuid7()}"
        done = await house.bank.purchase(customer, merchant, amount, key, category)
        return done.reference or ""
