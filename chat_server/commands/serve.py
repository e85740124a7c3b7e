"""`elian serve`: the house, open for customers. What it says is here, the work in `serving`."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from chat_server.commands.options import ConfigOption, DataOption, settings_for
from chat_server.domain.errors import ConfigError
from chat_server.settings import Settings

BACKLOG = 2048

WELCOME = """
Elian 融e联 is serving on {url}

  {url}/            customers: zhangwei, lina
  {url}/console     staff: wangfang (manager), ops (operator), shenhe (reviewer), admin,
                    kefu1, kefu2 (agents of the assist desk), zhuguan (their supervisor)
  {url}/demo/phone  the phone on which SMS codes arrive (or: {elian} sms tail{data})
  {url}/docs        the protocol and the HTTP interface
  Every password is demo- and the name: demo-zhangwei.

  Try first: log in as zhangwei, open 工银服务 and write 给李娜转500块.
  Then, in another terminal: {elian} demo buy zhangwei 328.00{data}
"""


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port; 0 takes a free one.", show_default="8080")
    ] = None,
    data: DataOption = None,
    demo: Annotated[
        bool | None,
        typer.Option("--demo", help="Load and show the demonstration; on this machine only."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(help="Processes; above 1 needs Redis and MongoDB.", show_default="1"),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Serve HTTP and the chat socket on one port, until stopped by Ctrl-C or SIGTERM."""
    settings = settings_for(config, data=data, host=host, port=port, demo=demo, workers=workers)
    listener = listen(settings.host, settings.port)
    settings = msgspec.structs.replace(settings, port=listener.getsockname()[1])
    from chat_server.commands.serving import serve_on  # noqa: PLC0415 - after a port in use is told

    healthy = serve_on(settings, listener, welcome=_welcome(settings, listener))
    raise typer.Exit(0 if healthy else 1)


def listen(host: str, port: int) -> socket.socket:
    """Bind before anything slow: a port in use is said at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named, asyncio sends small answers at once.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as exc:
        listener.close()
        raise ConfigError(
            f"cannot listen on {host}:{port}: {exc.strerror}; choose with --host and --port"
        ) from exc
    return listener


def _welcome(settings: Settings, listener: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{listener.getsockname()[1]}"
    if not settings.demo:
        return f"Elian is serving on {url}"
    data = "" if settings.data == Path("data").absolute() else f" --data {settings.data}"
    return WELCOME.format(url=url, elian=".venv/bin/elian", data=data)
