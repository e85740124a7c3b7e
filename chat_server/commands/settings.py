"""`elian settings`: what is set, from where, and what it means."""

from __future__ import annotations

import typer

from chat_server.commands.options import ConfigOption, DataOption
from chat_server.settings import describe


def settings(data: DataOption = None, config: ConfigOption = None) -> None:
    """List every setting: its variable and value, its meaning, and where the value came from.

    A TOML file (--config, or ELIAN_CONFIG) has them in lower case and without `ELIAN_`;
    variables win over the file, and options over variables.
    """
    for line in describe({"data": data}, config=config):
        typer.echo(f"{line.variable:<28}{line.value or '(none)'}")
        typer.echo(f"{'':<28}{line.meaning} [{line.source}]")
