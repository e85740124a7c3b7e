"""`elian doctor`: can this set-up work, and if not, what to do."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec
import typer

from chat_server.bootstrap import open_house
from chat_server.commands.options import ConfigOption, DataOption, settings_for
from chat_server.settings import Settings

NEEDS_PYTHON = (3, 11)
LEAST_FREE = 1 << 30  # bytes; below it SQLite's log and the media have little room


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at; `advice` says what to do when it is not well."""

    what: str
    well: bool
    advice: str = ""


def doctor(
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Look at the set-up and say what to do; exit code 1 if something is wrong."""
    settings = settings_for(config, data=data)
    findings = [_python(), _web_app(settings), _room(settings), _port(settings)]
    findings += asyncio.run(_parts(settings))
    if as_json:
        typer.echo(msgspec.json.encode(findings))
    else:
        for each in findings:
            advice = "" if each.well else f"\n      {each.advice}"
            typer.echo(f"{'ok  ' if each.well else 'BAD '} {each.what}{advice}")
    raise typer.Exit(0 if all(each.well for each in findings) else 1)


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(f"Python {version}", sys.version_info >= NEEDS_PYTHON, "use 3.11 or newer")


def _web_app(settings: Settings) -> Finding:
    built = (settings.web_dist / "index.html").is_file()
    return Finding(f"web app in {settings.web_dist}", built, "run `make setup`")


def _room(settings: Settings) -> Finding:
    settings.data.mkdir(parents=True, exist_ok=True)
    free = os.statvfs(settings.data).f_bavail * os.statvfs(settings.data).f_frsize
    writable = os.access(settings.data, os.W_OK)
    advice = "free some disk space" if writable else "make the folder writable"
    what = f"data folder {settings.data}, {free / (1 << 30):.1f} GiB free"
    return Finding(what, writable and free > LEAST_FREE, advice)


def _port(settings: Settings) -> Finding:
    """Free, or held by a server of ours: then it answers."""
    where = f"{settings.host}:{settings.port}"
    with socket.socket() as probe:
        if probe.connect_ex((settings.host, settings.port)) != 0:
            return Finding(f"port {where} is free", well=True)
    try:
        with urllib.request.urlopen(f"http://{where}/healthz", timeout=2) as answer:
            ours = answer.read() == b"ok\n"
    except OSError:
        ours = False
    return Finding(f"port {where} is taken by Elian", ours, "give another one with --port")


async def _parts(settings: Settings) -> list[Finding]:
    """Open the house as `serve` would, and ask each part."""
    try:
        async with open_house(settings) as house:
            checks: dict[str, Callable[[], Awaitable[object]]] = dict(house.checks)
            return [await _asked(name, check) for name, check in checks.items()]
    except Exception as exc:  # noqa: BLE001 - whatever stops the house is the finding
        return [Finding("the house opens", well=False, advice=f"{type(exc).__name__}: {exc}")]


async def _asked(name: str, check: Callable[[], Awaitable[object]]) -> Finding:
    try:
        await check()
    except Exception as exc:  # noqa: BLE001 - whatever a part raises is the finding
        return Finding(name, well=False, advice=f"{type(exc).__name__}: {exc}")
    return Finding(f"{name} answers", well=True)
