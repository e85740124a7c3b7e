"""Houses to be judged: `elian serve` as real processes, that may be killed and start again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from secrets import token_hex

from benchmarks.serving import ROOT, answering, elian, free_port, listening

START_S, STOP_S = 90.0, 20.0


class Process:
    """Ready when `ready` says so; what it says goes into `log`."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        ready: Callable[[], bool],
        environment: Mapping[str, str],
    ) -> None:
        self._command, self._log, self._ready = command, log, ready
        self._environment = {**os.environ, **environment}
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of what runs now."""
        if self._running is None:
            raise RuntimeError("it does not run")
        return self._running.pid

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                self._command, cwd=ROOT, stdout=log, stderr=log, env=self._environment
            )
        give_up = time.monotonic() + START_S
        while not self._ready():
            if self._running.poll() is not None or time.monotonic() > give_up:
                self.kill()
                raise SystemExit(
                    f"{self._command}: did not start:\n{self._log.read_text()[-4000:]}"
                )
            time.sleep(0.05)

    def kill(self) -> None:
        """`kill -9`: nothing is written out, nobody is told."""
        if self._running is not None:
            self._running.send_signal(signal.SIGKILL)
            self._running.wait()

    def stop(self) -> None:
        if self._running is None or self._running.poll() is not None:
            return
        self._running.terminate()
        try:
            self._running.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()


class House:
    """One node or several with one store. `environment` is what all of them are told."""

    def __init__(self, folder: Path, environment: Mapping[str, str], nodes: int) -> None:
        self.data, self.environment = folder / "data", environment
        self.ports = [free_port() for _ in range(nodes)]
        self.nodes = [self._node(folder, port) for port in self.ports]

    def start(self) -> None:
        for node in self.nodes:
            node.start()

    def stop(self) -> None:
        for node in self.nodes:
            node.stop()

    def _node(self, folder: Path, port: int) -> Process:
        command = elian("serve", "--data", str(self.data), "--port", str(port))
        log = folder / f"node-{port}.log"
        return Process(command, log, lambda: answering(port), self.environment)


@contextmanager
def on_sqlite(folder: Path) -> Iterator[House]:
    house = House(folder, {}, nodes=1)
    try:
        yield house
    finally:
        house.stop()


@contextmanager
def on_two_nodes(folder: Path) -> Iterator[House]:
    """Over a MongoDB-compatible server and Redis, each its own process."""
    mongo, redis = free_port(), free_port()
    with ExitStack() as stack:
        for name, command, port in (
            ("mongo", _mongo(folder / "mongo", mongo), mongo),
            ("redis", _redis(redis), redis),
        ):
            server = Process(command, folder / f"{name}.log", lambda p=port: listening(p), {})
            server.start()
            stack.callback(server.stop)
        environment = {
            "ELIAN_STORE_URL": f"mongodb://127.0.0.1:{mongo}/verdict_{token_hex(4)}",
            "ELIAN_BUS_URL": f"redis://127.0.0.1:{redis}/0",
        }
        house = House(folder, environment, nodes=2)
        stack.callback(house.stop)
        yield house


HOUSES: Mapping[str, Callable[[Path], AbstractContextManager[House]]] = {
    "sqlite": on_sqlite,
    "two-nodes": on_two_nodes,
}


def _mongo(folder: Path, port: int) -> Sequence[str]:
    program = Path(sys.executable).with_name("secantusd-py")
    if not program.exists():
        raise SystemExit("SecantusDB is missing; install it: make setup")
    place = ["--host", "127.0.0.1", "--port", str(port), "--storage-path", str(folder)]
    return [str(program), *place, "--sync-on-commit", "--cache-size", "64M"]


def _redis(port: int) -> Sequence[str]:
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("redis-server is missing; install it: apt-get install -y redis-server")
    nothing_kept = ["--save", "", "--appendonly", "no"]
    return [program, "--bind", "127.0.0.1", "--port", str(port), *nothing_kept]
