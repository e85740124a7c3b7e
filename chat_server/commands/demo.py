"""`elian demo`: the demonstration's data, and things that happen in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bank_bridge.contract import MERCHANT_CATEGORIES, BankRefusal
from chat_server.commands.opening import in_house
from chat_server.commands.options import (
    ConfigOption,
    DataOption,
    settings_for,
    settings_of_existing,
)
from chat_server.domain.errors import ChatError, InvalidValue

if TYPE_CHECKING:
    from chat_server.bootstrap.house import House

app = typer.Typer(help="The demonstration: its data, and what happens in it.", no_args_is_help=True)


@app.command(epilog="Example: elian demo load --data /srv/elian")
def load(
    population: Annotated[
        int, typer.Option(min=500, max=100_000, help="Customers to learn from.")
    ] = 5_000,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Load people, bank, public account and a population to learn from.

    A folder that is loaded stays as it is. `elian serve --demo` does this by itself.
    """
    from chat_server.demo.load import load_demo  # noqa: PLC0415 - brings the whole house

    settings = settings_for(config, data=data, demo=True)
    loaded = in_house(settings, lambda house: load_demo(house, _tell, population))
    typer.echo(f"{'loaded into' if loaded else 'was loaded before in'} {settings.data}")


@app.command(epilog="Example: elian demo buy zhangwei 328.00 --merchant 海淀数码广场")
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
    """Post a real purchase to the ledger, as a shop's till would.

    A running server tells the customer, and may make an offer that fits.
    """
    from chat_server.adapters.clock import new_uuid7  # noqa: PLC0415 - these bring
    from chat_server.demo.money import parse_yuan  # noqa: PLC0415 - the whole house

    try:
        money = parse_yuan(amount)
    except ValueError as exc:
        raise InvalidValue(str(exc)) from exc

    async def purchase(house: House) -> str | None:
        key = f"demo:{new_uuid7()}"
        return (await house.bank.purchase(customer, merchant, money, key, category)).reference

    try:
        reference = in_house(settings_of_existing(config, data=data, demo=True), purchase)
    except BankRefusal as exc:
        raise ChatError(f"the bank refused: {exc}") from exc
    typer.echo(f"{customer} bought for {money} yuan, reference {reference}")


def _tell(step: str) -> None:
    typer.echo(step, err=True)
