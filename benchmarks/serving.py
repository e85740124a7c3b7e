"""Servers to measure, each a process of its own on one core, in a folder that goes away.

The house is `elian serve`, filled by `elian bench prepare`: what a customer would run.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import end

ROOT = Path(__file__).parent.parent
START_S = 60.0


def core(wanted: int) -> int:
    """That core, or on a machine with fewer the last one there is."""
    cores = sorted(os.sched_getaffinity(0))
    return cores[min(wanted, len(cores) - 1)]


SERVER_CORE, GENERATOR_CORE = core(0), core(1)


@dataclass(frozen=True)
class Served:
    url: str
    pid: int
    prepared: Path
    speech: str = "elian"

    def load(self, generator: str, seconds: float, *extra: str) -> dict[str, Any]:
        """Run a generator against it, and take what it found: in one slice, where it has them."""
        command = self.command(generator, seconds, *extra)
        done = subprocess.run(
            command, input=b"\n", cwd=ROOT, capture_output=True, check=False, timeout=600
        )
        if done.returncode:
            raise SystemExit(f"{generator}: {done.stderr.decode()[-4000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    def command(self, generator: str, seconds: float, *extra: str) -> list[str]:
        command = [sys.executable, "-m", f"benchmarks.{generator}", "--url", self.url]
        command += ["--prepared", str(self.prepared), "--pid", str(self.pid)]
        command += ["--speech", self.speech, "--seconds", str(seconds)]
        return [*command, "--core", str(GENERATOR_CORE), *extra]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def answering(port: int) -> bool:
    """The house listens before it is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


@contextmanager
def process(
    command: Sequence[str],
    log: Path,
    ready: Callable[[], bool],
    environment: dict[str, str] | None = None,
) -> Iterator[int]:
    """Pinned to the server's core with everything it starts; all killed in the end."""
    with log.open("ab") as out:
        started = subprocess.Popen(
            ["taskset", "-c", str(SERVER_CORE), *command],
            cwd=ROOT,
            stdout=out,
            stderr=out,
            env={**os.environ, **(environment or {})},
        )
    try:
        give_up = time.monotonic() + START_S
        while not ready():
            if started.poll() is not None or time.monotonic() > give_up:
                raise SystemExit(f"{command}: did not start:\n{log.read_text()[-4000:]}")
            time.sleep(0.05)
        yield started.pid
    finally:
        end(started.pid)
        started.wait()


def elian(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "chat_server", *arguments]


def prepare(data: Path, *, users: int, pairs: int = 0, group: int = 0) -> Path:
    """Fill the house of this folder; where what generators need was written."""
    out = data.parent / f"{data.name}.json"
    asked = ["--users", str(users), "--pairs", str(pairs), "--group", str(group)]
    command = elian("bench", "prepare", "--data", str(data), *asked, "--out", str(out))
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return out


@contextmanager
def house(
    data: Path, prepared: Path, environment: dict[str, str] | None = None
) -> Iterator[Served]:
    port = free_port()
    command = elian("serve", "--data", str(data), "--port", str(port))
    log = data.parent / "house.log"
    with process(command, log, lambda: answering(port), environment) as pid:
        time.sleep(1.0)  # what runs behind the outbox reads what the preparation wrote
        yield Served(f"ws://127.0.0.1:{port}/v1/ws", pid, prepared)


@contextmanager
def bare(prepared: Path, *extra: str, durable: bool = True) -> Iterator[Served]:
    """The limit, with the same people: there a token is the name itself."""
    port = free_port()
    people = json.loads(prepared.read_text())
    for user in people["users"]:
        user["token"] = user["user"]
    named = prepared.with_suffix(".bare.json")
    named.write_text(json.dumps(people))
    disk = ["--disk", str(prepared.with_suffix(f".{port}.db"))] if durable else []
    command = [sys.executable, "-m", "benchmarks.bare_limit", "--port", str(port)]
    command += ["--core", str(SERVER_CORE), *disk, *extra]
    with process(command, prepared.with_suffix(".log"), lambda: listening(port)) as pid:
        yield Served(f"ws://127.0.0.1:{port}/v1/ws", pid, named)
