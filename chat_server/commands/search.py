"""`elian search`: the index that searches are answered from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from chat_server.commands.opening import in_rooms
from chat_server.commands.options import ConfigOption, DataOption, settings_of_existing

if TYPE_CHECKING:
    from chat_server.bootstrap.rooms import Rooms

app = typer.Typer(help="The index that searches are answered from.", no_args_is_help=True)


@app.callback()
def search() -> None:
    """The index that searches are answered from."""


@app.command(epilog="Example: elian search rebuild --data /srv/elian")
def rebuild(data: DataOption = None, config: ConfigOption = None) -> None:
    """Make the index again from all messages. A running server goes on, and helps."""

    async def rebuilt(rooms: Rooms) -> int:
        await rooms.index.clear()
        return await rooms.indexer.catch_up()

    position = in_rooms(settings_of_existing(config, data=data), rebuilt)
    typer.echo(f"the search index holds all there is, up to change {position}")
