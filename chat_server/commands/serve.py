"""`elian serve`: the house, open for customers."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
import uvloop

from chat_server.bootstrap import House, open_house
from chat_server.commands.logs import set_up_logs
from chat_server.commands.options import ConfigOption, DataOption, settings_for
from chat_server.demo.load import load_demo
from chat_server.settings import Settings

BACKLOG = 2048

WELCOME = """
Elian 融e联 is serving on {url}

  {url}/            customers: zhangwei, lina
  {url}/console     staff: wangfang (manager), ops (operator), shenhe (reviewer), admin
  {url}/demo/phone  the phone on which SMS codes arrive (or: elian sms tail)
  {url}/docs        the protocol and the HTTP interface
  Every password is demo- and the name: demo-zhangwei.

  Try first: log in as zhangwei, open 工银服务 and write 给李娜转500块.
  Then, in another terminal: {command} demo buy zhangwei 328.00{data}
"""


def serve(
    host: Annotated[str | None, typer.Option(show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(show_default="8080")] = None,
    data: DataOption = None,
    demo: Annotated[
        bool | None, typer.Option("--demo", help="Load and show the demonstration.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes; above 1 needs Redis and MongoDB.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Serve HTTP and the chat socket on one port, until stopped."""
    settings = settings_for(config, data=data, host=host, port=port, demo=demo, workers=workers)
    set_up_logs(settings)
    listener = _listen(settings.host, settings.port)
    if settings.workers == 1:
        uvloop.run(_serve(settings, listener))
        return
    if settings.demo:
        asyncio.run(_load(settings))
        typer.echo(_welcome(settings))
    _serve_in_processes(settings, listener)


def _listen(host: str, port: int) -> socket.socket:
    """Bind before anything slow: a port in use is said at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as exc:
        typer.echo(f"elian: cannot listen on {host}:{port}: {exc.strerror}", err=True)
        raise typer.Exit(1) from exc
    listener.listen(BACKLOG)
    return listener


async def _load(settings: Settings) -> None:
    async with open_house(settings) as house:
        await load_demo(house, typer.echo)


async def _serve(settings: Settings, listener: socket.socket) -> None:
    async with open_house(settings) as house:
        if settings.demo and settings.workers == 1:
            await load_demo(house, typer.echo)
            typer.echo(_welcome(settings))
        server = _Server(
            uvicorn.Config(
                house.http,
                http="httptools",
                ws=house.socket.protocol_class,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=10,
            )
        )
        async with asyncio.TaskGroup() as tasks:
            background = tasks.create_task(house.run())
            await _until_stopped(server, house, listener)
            background.cancel()


async def _until_stopped(server: uvicorn.Server, house: House, listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.handle_exit, number, None)
    await house.socket.start()
    await server.serve(sockets=[listener])
    await house.socket.stop()


class _Server(uvicorn.Server):
    """Signals are ours: uvicorn would raise them again and skip what the house closes."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _serve_in_processes(settings: Settings, listener: socket.socket) -> None:
    """Fork before any loop or thread: the children share the listening socket."""
    children = [_fork(settings, listener) for _ in range(settings.workers)]

    def pass_on(number: int, _: object) -> None:
        for child in children:
            os.kill(child, number)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, pass_on)
    failed = False
    for _ in children:
        _, status = os.wait()
        if os.waitstatus_to_exitcode(status) != 0 and not failed:
            failed = True  # one that fell takes the others down; whoever started us starts again
            pass_on(signal.SIGTERM, None)
    raise typer.Exit(1 if failed else 0)


def _fork(settings: Settings, listener: socket.socket) -> int:
    child = os.fork()
    if child:
        return child
    uvloop.run(_serve(settings, listener))
    os._exit(0)


def _welcome(settings: Settings) -> str:
    url = f"http://{settings.host}:{settings.port}"
    data = "" if settings.data == Path("data") else f" --data {settings.data}"
    return WELCOME.format(url=url, command=".venv/bin/elian", data=data)
