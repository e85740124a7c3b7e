"""Options that many verbs take, and how settings come from them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chat_server.domain.errors import ConfigError
from chat_server.settings import Settings, load_settings, read_settings

DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="The data folder.", show_default="./data"),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="A TOML file with settings.", exists=True),
]


def settings_for(config: Path | None, **overrides: object) -> Settings:
    """The settings of one command; options that were not given are None."""
    return load_settings(overrides, config=config)


def settings_of_existing(config: Path | None, **overrides: object) -> Settings:
    """For verbs that look into a data folder: a mistyped one is told, and not made."""
    data = read_settings(overrides, config=config).data
    if not data.is_dir():
        raise ConfigError(f"{data}: there is no such data folder; name the server's with --data")
    return settings_for(config, **overrides)
