"""Serving: one listening socket, one process or several, until a signal says stop."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import typer
import uvicorn
import uvloop

from chat_server.bootstrap.house import House
from chat_server.bootstrap.opening import open_house
from chat_server.commands.logs import set_up_logs
from chat_server.demo.load import load_demo
from chat_server.settings import Settings
from chat_server.transport.http.line import http_line


def serve_on(settings: Settings, listener: socket.socket, *, welcome: str) -> bool:
    """Serve until stopped; False if a process fell by itself."""
    set_up_logs(settings)
    if settings.workers == 1:
        uvloop.run(_serve(settings, listener, welcome))
        return True
    if settings.demo:
        asyncio.run(_load(settings))
    typer.echo(welcome)
    return _serve_in_processes(settings, listener)


async def _load(settings: Settings) -> None:
    async with open_house(settings) as house:
        await load_demo(house, typer.echo)


async def _serve(
    settings: Settings, listener: socket.socket, welcome: str = "", parent: int | None = None
) -> None:
    async with open_house(settings) as house:
        if welcome:
            if settings.demo:
                await load_demo(house, typer.echo)
            typer.echo(welcome)
        server = _Server(
            uvicorn.Config(
                house.http,
                http=http_line(),
                ws=house.socket.protocol_class,
                proxy_headers=False,  # whose word is taken is ours to decide
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
            await _until_stopped(server, house, listener, parent)
            background.cancel()


async def _until_stopped(
    server: uvicorn.Server, house: House, listener: socket.socket, parent: int | None
) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.handle_exit, number, None)
    if parent is not None:

        def orphaned() -> None:
            loop.remove_reader(parent)
            server.handle_exit(signal.SIGTERM, None)

        loop.add_reader(parent, orphaned)
    await house.socket.start()
    await server.serve(sockets=[listener])
    await house.socket.stop()


class _Server(uvicorn.Server):
    """Signals are ours: uvicorn would raise them again and skip what the house closes."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _serve_in_processes(settings: Settings, listener: socket.socket) -> bool:
    """Fork before any loop or thread: the children share the listening socket."""
    lifeline = os.pipe()
    children = [_fork(settings, listener, lifeline) for _ in range(settings.workers)]

    def pass_on(number: int, _: object) -> None:
        for child in children:
            os.kill(child, number)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, pass_on)
    failed = False
    for _ in range(settings.workers):
        child, status = os.wait()
        children.remove(child)
        if os.waitstatus_to_exitcode(status) != 0 and not failed:
            failed = True  # one that fell takes the others down; whoever started us starts again
            pass_on(signal.SIGTERM, None)
    return not failed


def _fork(settings: Settings, listener: socket.socket, lifeline: tuple[int, int]) -> int:
    """Nobody ever writes into the lifeline: it ends when the parent does, however that came."""
    child = os.fork()
    if child:
        return child
    parent_end, ours = lifeline[1], lifeline[0]
    os.close(parent_end)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stopped_before_it_served)
    uvloop.run(_serve(settings, listener, parent=ours))
    os._exit(0)


def _stopped_before_it_served(_: int, __: object) -> None:
    """The other processes may serve already; that one still opens its rooms is no fall."""
    os._exit(0)
