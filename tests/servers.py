"""The real services behind the store and the bus, started for one pytest process each.

A test that asks for one starts it, on a free loopback port and with a folder of its own; it
ends with the process that started it. A missing one fails the test and names the remedy.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

START_S = 20.0


class RunningServer:
    """A process that answers on `port`. Tests may freeze, thaw, kill or restart it."""

    def __init__(self, command: Sequence[str], port: int) -> None:
        self._command = command
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        give_up_at = time.monotonic() + START_S
        while True:
            if self._process.poll() is not None:
                pytest.fail(f"{self._command[0]} ended with {self._process.returncode}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                if time.monotonic() > give_up_at:
                    pytest.fail(f"{self._command[0]} did not answer within {START_S} s")
                time.sleep(0.02)
            else:
                return

    def signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()


@contextmanager
def running(command: Sequence[str], port: int) -> Iterator[RunningServer]:
    server = RunningServer(command, port)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def redis_command(port: int) -> Sequence[str]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.fail("redis-server is missing; install it: apt-get install -y redis-server")
    nothing_kept = ["--save", "", "--appendonly", "no"]
    return [program, "--bind", "127.0.0.1", "--port", str(port), *nothing_kept]


def mongo_command(port: int, folder: Path, *options: str) -> Sequence[str]:
    program = Path(sys.executable).with_name("secantusd-py")
    if not program.exists():
        pytest.fail("SecantusDB is missing; install it: make setup")
    place = ["--host", "127.0.0.1", "--port", str(port), "--storage-path", str(folder)]
    return [str(program), *place, "--sync-on-commit", "--cache-size", "64M", *options]


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RunningServer]:
    port = free_port()
    with running(redis_command(port), port) as server:
        yield server


@pytest.fixture(scope="session")
def redis_url(redis_server: RunningServer) -> str:
    return f"redis://127.0.0.1:{redis_server.port}/0"


@pytest.fixture(scope="session")
def mongo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    port = free_port()
    with running(mongo_command(port, tmp_path_factory.mktemp("mongo")), port) as server:
        yield server


@pytest.fixture(scope="session")
def mongo_url(mongo_server: RunningServer) -> str:
    """Without a database name: each test takes its own."""
    return f"mongodb://127.0.0.1:{mongo_server.port}"


@pytest.fixture(scope="session")
def real_mongo_url() -> str | None:
    """A MongoDB of the machine's owner, when one was named."""
    return os.environ.get("ELIAN_TEST_MONGO_URL")
