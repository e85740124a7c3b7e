"""`elian bank serve`: the embedded bank core behind the contract that any bank's gateway keeps."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from chat_server.commands.options import ConfigOption, DataOption, settings_for
from chat_server.commands.serve import listen

DEFAULT_PORT = 8090


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.")] = DEFAULT_PORT,
    data: DataOption = None,
    demo: Annotated[
        bool | None,
        typer.Option("--demo", help="SMS go to the demonstration's phone, in the data folder."),
    ] = None,
    tls: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of ca.pem and bank-tls.pem: TLS both ways."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Serve the embedded bank core over HTTP, until stopped by Ctrl-C or SIGTERM.

    Point a house at it with ELIAN_BANK_URL and ELIAN_BANK_KEYS. Without TLS it listens on
    this machine only.
    """
    settings = settings_for(config, data=data, demo=demo)
    listener = listen(host, port)
    from chat_server.commands.bank_serving import serve_bank  # noqa: PLC0415 - as in `serve`

    asyncio.run(serve_bank(settings, listener, tls))
