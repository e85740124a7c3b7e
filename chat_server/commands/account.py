"""`elian account`: public accounts for programs, on a demonstration's data folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from chat_server.commands.opening import in_rooms
from chat_server.commands.options import ConfigOption, DataOption, settings_of_existing

if TYPE_CHECKING:
    from chat_server.bootstrap.rooms import Rooms

app = typer.Typer(help="Public accounts that programs speak through.", no_args_is_help=True)


@app.callback()
def account() -> None:
    """Public accounts that programs speak through."""


@app.command(epilog="Example: elian account create 测试号 --callback http://127.0.0.1:5000/wechat")
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name that customers see.")],
    callback: Annotated[
        str, typer.Option(metavar="URL", help="The backend that is told what happens.")
    ] = "",
    mode: Annotated[
        Literal["plain", "mixed", "aes"], typer.Option(help="What a callback carries.")
    ] = "plain",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Make an active service account with all capabilities; a running server knows it at once.

    The secret is told this once. A demonstration's data folder is needed: elsewhere an
    account is applied for, and reviewed.
    """
    from chat_server.bootstrap.partners import create_account  # noqa: PLC0415 - the whole house

    async def made(rooms: Rooms) -> dict[str, str]:
        return await create_account(rooms, name, callback=callback, mode=mode)

    told = in_rooms(settings_of_existing(config, data=data), made)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for field, value in told.items():
        typer.echo(f"{field:<10} {value}")


@app.command(epilog="Example: elian account simulate @shop 你好")
def simulate(
    name: Annotated[str, typer.Argument(metavar="ACCOUNT", help="As `create` printed it.")],
    text: Annotated[str, typer.Argument(help="What the customer says.")] = "你好",
    event: Annotated[
        str, typer.Option(help="An event instead of words: subscribe, CLICK, SCAN and so on.")
    ] = "",
    key: Annotated[str, typer.Option(help="The event's key: of a button, or a scene.")] = "",
    customer: Annotated[str, typer.Option(help="Whose openid is shown.")] = "simulated",
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Speak as a customer to the account's backend, and print what it answers.

    Nothing is stored and nobody is told: a backend is tried without a house around it.
    """
    from chat_server.bootstrap import partners  # noqa: PLC0415 - the whole house

    async def tried(rooms: Rooms) -> dict[str, object]:
        done = await partners.simulate(
            rooms, name, customer=customer, text=text, event=event, key=key
        )
        return {field: getattr(done, field) for field in done.__struct_fields__}

    told = in_rooms(settings_of_existing(config, data=data), tried)
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    raise typer.Exit(0 if told["verified"] and told["outcome"] in {"answered", "none"} else 1)
