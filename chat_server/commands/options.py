"""Options that many verbs take, and how settings come from them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chat_server.settings import Settings, load_settings

DataOption = Annotated[
    Path | None, typer.Option("--data", help="The data folder.", show_default="./data")
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="A TOML file with settings.", exists=True)
]


def settings_for(config: Path | None, **overrides: object) -> Settings:
    """The settings of one command; options that were not given are None."""
    return load_settings(overrides, config=config)
