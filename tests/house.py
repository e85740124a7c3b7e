"""A real house in a process of its own: loaded, served, killed and served again by tests."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

START_S = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class ServedHouse:
    """`elian serve` on a data folder, as its own process."""

    data: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    demo: bool = True
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data.parent / f"{self.data.name}-{self.port}.log"

    def start(self) -> None:
        command = ["serve", "--data", str(self.data), "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "chat_server", *command, *(["--demo"] if self.demo else [])],
                stdout=log,
                stderr=log,
                env={**os.environ, **self.settings},
            )
        give_up = time.monotonic() + START_S
        while not self._ready():
            if self.process.poll() is not None or time.monotonic() > give_up:
                self.process.kill()
                raise RuntimeError(f"the house did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """`kill -9`: nothing is written out, nobody is told."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """`SIGTERM`, as an operator would."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def elian(self, *arguments: str) -> str:
        """One `elian` command on this data folder, while the server runs."""
        done = run_elian(*arguments, "--data", str(self.data), settings=self.settings)
        return done.stdout

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def run_elian(
    *arguments: str, settings: Mapping[str, str] | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "chat_server", *arguments],
        capture_output=True,
        text=True,
        check=check,
        timeout=120,
        env={**os.environ, **(settings or {})},
    )


def copy_of(template: Path, target: Path) -> Path:
    shutil.copytree(template, target)
    return target


@pytest.fixture(scope="session")
def loaded_data(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with the demonstration in it, made once for all workers, copied by each test."""
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent
    data = folder / "loaded" / "data"
    data.parent.mkdir(exist_ok=True)
    with (folder / "loaded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / "loaded.done"
        if not done.exists():
            shutil.rmtree(data, ignore_errors=True)
            run_elian("demo", "load", "--data", str(data))
            done.touch()
    return data


@pytest.fixture
def demo_data(loaded_data: Path, tmp_path: Path) -> Path:
    return copy_of(loaded_data, tmp_path / "data")
