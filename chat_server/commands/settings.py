"""`elian settings`: what is set, from where, and what it means."""

from __future__ import annotations

import typer

from chat_server.commands.options import ConfigOption, DataOption
from chat_server.settings import describe


def settings(data: DataOption = None, config: ConfigOption = None) -> None:
    """List every setting: its value, where that came from, its variable and its meaning."""
    for line in describe({"data": data}, config=config):
        typer.echo(f"{line.variable:<28}{line.value}")
        typer.echo(f"{'':<28}{line.meaning} ({line.source})")
