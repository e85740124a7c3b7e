"""`elian bank serve` and `elian bank certify`: both ends of the line to a bank's gateway."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec
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


def certify(
    url: Annotated[str, typer.Argument(help="The gateway, for instance http://127.0.0.1:8090.")],
    sms: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where the sandbox's SMS are appended, as JSON lines of phone and text.",
            show_default="sms.jsonl of the data folder",
        ),
    ] = None,
    restart: Annotated[
        str | None,
        typer.Option(metavar="COMMAND", help="Restarts the gateway, and returns when it is up."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="CHECK", help="This check only; may be repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Try a bank's gateway by the rules of the contract; Markdown tells what was found.

    Exit code 0: no check failed; the report says whether all were run. 1: one failed.
    """
    settings = settings_for(config, data=data)
    from chat_server.commands.bank_certifying import certificate_of  # noqa: PLC0415 - as in `serve`

    certificate = asyncio.run(
        certificate_of(settings, url, sms or settings.data / "sms.jsonl", only or (), restart)
    )
    encoded = msgspec.json.format(msgspec.json.encode(certificate), indent=2)
    typer.echo(encoded.decode() if as_json else certificate.page())
    if certificate.failed:
        raise typer.Exit(1)
