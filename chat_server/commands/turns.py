"""`elian turns`: what bots failed to answer, and answering it after all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from chat_server.commands.opening import in_house
from chat_server.commands.options import ConfigOption, DataOption, settings_of_existing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chat_server.bootstrap.house import House
    from chat_server.usecases.assist.failed import FailedTurn

app = typer.Typer(help="Turns that a bot failed to take.", no_args_is_help=True)


@app.callback()
def turns() -> None:
    """Turns that a bot failed to take."""


@app.command(epilog="Example: elian turns failed --data /srv/elian")
def failed(data: DataOption = None, config: ConfigOption = None) -> None:
    """List dead letters: conversation, sequence number, when, and why; never what was said."""

    async def listed(house: House) -> Sequence[FailedTurn]:
        from chat_server.usecases.assist.failed import (  # noqa: PLC0415 - loads the store's words
            failed_turns,
        )

        return await failed_turns(house.rooms.store.audit)

    found = in_house(settings_of_existing(config, data=data), listed)
    for one in found:
        at = datetime.fromtimestamp(one.at_ms / 1000, UTC).astimezone()
        typer.echo(f"{one.conv}  {one.seq}  {at:%Y-%m-%d %H:%M:%S}  {one.why}")
    if not found:
        typer.echo("none", err=True)


@app.command(epilog="Example: elian turns again s:@service:zhangwei 42")
def again(
    conv: Annotated[str, typer.Argument(help="The conversation.")],
    seq: Annotated[int, typer.Argument(min=1, help="The sequence number of what was said.")],
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Let the bot take it again; exit 1 if it fails again, of which the customer hears nothing."""

    async def taken(house: House) -> str:
        return await house.turns.take_again(conv, seq, "command_line")

    if why := in_house(settings_of_existing(config, data=data), taken):
        typer.echo(f"it failed again: {why}", err=True)
        raise typer.Exit(1)
    typer.echo("answered")
