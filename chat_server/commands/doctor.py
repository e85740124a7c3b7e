"""`elian doctor`: can this set-up work, and if not, what to do. It looks and changes nothing."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Protocol
from urllib.parse import urlsplit

import msgspec
import typer

from bank_bridge.contract import BankError
from chat_server.commands.opening import in_house
from chat_server.commands.options import ConfigOption, DataOption, settings_for
from chat_server.settings import Settings, read_settings
from recommender.contract import RecommenderError

if TYPE_CHECKING:
    from chat_server.bootstrap.house import House

NEEDS_PYTHON = (3, 11)
LEAST_FREE = 1 << 30  # bytes; below it SQLite's log and the media have little room
PATIENCE_S = 15.0
CHEAP = {"memory", "sqlite"}


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at; `advice` says what to do when it is not well."""

    what: str
    well: bool
    advice: str = ""


class _Asked(Protocol):
    async def ping(self) -> None: ...


def doctor(
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Look at the set-up and say what to do; exit code 1 if something is wrong."""
    settings = read_settings({"data": data}, config=config)
    room = _room(settings.data)
    findings = [_python(), _web_app(settings), room, _port(settings)]
    if room.well:
        findings += _parts(settings, data, config)
    if as_json:
        typer.echo(msgspec.json.encode(findings))
    else:
        for each in findings:
            advice = "" if each.well else f"\n      {each.advice}"
            typer.echo(f"{'ok  ' if each.well else 'BAD '}  {each.what}{advice}")
    raise typer.Exit(0 if all(each.well for each in findings) else 1)


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(f"Python {version}", sys.version_info >= NEEDS_PYTHON, "use 3.11 or newer")


def _web_app(settings: Settings) -> Finding:
    missing = [p for p in ("index.html", "console.html") if not (settings.web_dist / p).is_file()]
    what = f"web app in {settings.web_dist}"
    if missing:
        what += f" lacks {' and '.join(missing)}"
    return Finding(what, not missing, "build it: `make setup`")


def _room(data: Path) -> Finding:
    """The folder, or the nearest one above it, in which `serve` would make it."""
    there = next(folder for folder in (data, *data.parents) if folder.exists())
    what = f"data folder {data}" + ("" if there == data else " (not there yet: `serve` makes it)")
    if not there.is_dir():
        return Finding(what, well=False, advice=f"{there} is not a folder; name another by --data")
    if not os.access(there, os.W_OK | os.X_OK):
        return Finding(what, well=False, advice=f"let this user write into {there}")
    disk = os.statvfs(there)
    free = disk.f_bavail * disk.f_frsize
    return Finding(f"{what}, {free / (1 << 30):.1f} GiB free", free > LEAST_FREE, "free some disk")


def _port(settings: Settings) -> Finding:
    """Free, or held by a server of ours: then it answers."""
    where = f"{settings.host}:{settings.port}"
    try:
        with socket.create_connection((settings.host, settings.port), timeout=2):
            pass
    except OSError:
        return Finding(f"port {where} is free", well=True)
    try:
        with urllib.request.urlopen(f"http://{where}/healthz", timeout=2) as answer:
            ours = answer.read() == b"ok\n"
    except OSError:
        ours = False
    if ours:
        return Finding(f"port {where} is served by Elian", well=True)
    advice = "another program has it; serve on another one: --port, or ELIAN_PORT"
    return Finding(f"port {where} is taken", well=False, advice=advice)


def _parts(settings: Settings, data: Path | None, config: Path | None) -> list[Finding]:
    """Open the house as `serve` would; in a folder for the moment if there is none yet."""
    outside = list(_outside(settings))
    if not all(each.well for each in outside):
        return outside
    with TemporaryDirectory() as elsewhere:
        folder = data if settings.data.exists() else Path(elsewhere)
        return outside + _house(settings_for(config, data=folder))


def _outside(settings: Settings) -> Iterator[Finding]:
    """Servers that others run, each asked by itself."""
    from chat_server.adapters.clock import SystemClock  # noqa: PLC0415 - see `opening`
    from chat_server.adapters.open import open_bus, open_store  # noqa: PLC0415
    from chat_server.commands.logs import set_up_logs  # noqa: PLC0415

    set_up_logs(settings, at_least="critical")  # what is wrong is told by the findings
    clock = SystemClock()
    for name, url, opener in (
        ("store", settings.store_url, open_store),
        ("bus", settings.bus_url, open_bus),
    ):
        parts = urlsplit(url)
        if parts.scheme not in CHEAP:
            where = f"{name} {parts.scheme}://{parts.netloc.rpartition('@')[2]}"
            advice = f"start it, or name another by ELIAN_{name.upper()}_URL"
            yield _answers(where, opener(url, clock=clock), advice)


def _answers(what: str, closed: AbstractAsyncContextManager[_Asked], advice: str) -> Finding:
    async def ask() -> None:
        async with asyncio.timeout(PATIENCE_S), closed as opened:
            await opened.ping()

    try:
        asyncio.run(ask())
    except Exception as exc:  # noqa: BLE001 - whatever stops it is the finding
        return Finding(what, well=False, advice=f"{_line(exc)}; {advice}")
    return Finding(f"{what} answers", well=True)


def _house(settings: Settings) -> list[Finding]:
    """The whole, for parts that want each other; the first that fails hides those behind it."""

    async def ask(house: House) -> list[Finding]:
        return [await _asked(name, check) for name, check in house.checks.items()]

    try:
        return [*in_house(settings, ask), Finding("recommender and bots open", well=True)]
    except RecommenderError as exc:
        advice = "`elian recommend train` makes a new model; an event log comes from a backup"
        return [Finding("recommender", well=False, advice=f"{_line(exc)}; {advice}")]
    except BankError as exc:
        advice = "`elian bank audit` looks closer; a damaged file comes from a backup"
        return [Finding("bank", well=False, advice=f"{_line(exc)}; {advice}")]
    except Exception as exc:  # noqa: BLE001 - whatever stops the house is the finding
        return [Finding("house", well=False, advice=_line(exc))]


async def _asked(name: str, check: Callable[[], Awaitable[object]]) -> Finding:
    try:
        async with asyncio.timeout(PATIENCE_S):
            await check()
    except Exception as exc:  # noqa: BLE001 - whatever a part raises is the finding
        return Finding(name, well=False, advice=_line(exc))
    return Finding(f"{name} answers", well=True)


def _line(exc: Exception) -> str:
    return " ".join(str(exc).split()) or type(exc).__name__
