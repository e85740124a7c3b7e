"""`elian bench`: load from outside. Fills a store for it, and runs the workloads of `benchmarks/`.

The generators and the limits are no part of the house, so they run in processes of their own.
"""

from __future__ import annotations

import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import chat_server
from chat_server.commands.opening import in_rooms
from chat_server.commands.options import ConfigOption, DataOption, settings_for
from chat_server.domain.errors import ConfigError

app = typer.Typer(help="Load from outside, and what it measures.", no_args_is_help=True)


class Workload(StrEnum):
    W1 = "W1"
    W2 = "W2"
    W3 = "W3"
    W4 = "W4"
    W5 = "W5"
    W6 = "W6"
    W7 = "W7"


@app.command(epilog="Example: elian bench prepare --data /tmp/load --pairs 100 --out load.json")
def prepare(
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where tokens and names are written.")],
    users: Annotated[int, typer.Option(help="How many people: u0, u1 and so on.")] = 1000,
    pairs: Annotated[int, typer.Option(help="Pair i is users i and PAIRS + i.")] = 100,
    group: Annotated[int, typer.Option(help="The first so many users form a group.")] = 0,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Add people whom no rate limit holds, beside a running server or before it.

    FILE then holds tokens that are valid for years: anybody who reads it can write as them.
    """
    import msgspec  # noqa: PLC0415 - as below

    from chat_server.commands.load_people import Wanted, load_people  # noqa: PLC0415 - the rooms

    wanted = Wanted(users, pairs, group)
    wanted.check()
    settings = settings_for(config, data=data)
    if settings.store_url.startswith("memory:"):
        raise ConfigError("store_url: memory:// keeps nothing for a server to find")
    out.touch(mode=0o600)
    out.write_bytes(
        msgspec.json.encode(in_rooms(settings, lambda rooms: load_people(rooms, wanted)))
    )
    typer.echo(f"{users} users, {pairs} pairs and a group of {group} are ready: {out}")


@app.command(epilog="Example: elian bench run W1 --json")
def run(
    workload: Annotated[Workload, typer.Argument(help="Which, as docs/performance.md lists them.")],
    seconds: Annotated[float, typer.Option(min=1.0, help="How long each server is loaded.")] = 4.0,
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    """Measure one workload against its limit, on servers made for it in a folder of their own."""
    source = Path(chat_server.__file__).parent.parent
    if not (source / "benchmarks" / "__main__.py").is_file():
        raise ConfigError("the workloads are in the source tree: run this from a checkout of it")
    asked = [workload.value, "--seconds", str(seconds), *(["--json"] if json else [])]
    done = subprocess.run([sys.executable, "-m", "benchmarks", *asked], cwd=source, check=False)  # noqa: S603 - our own words
    raise typer.Exit(done.returncode)
