"""Servers that people would pick instead, started beside ours and loaded by the same generators.

Each is installed into the run's own folder, listens on this machine only, and is gone after.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.serving import ROOT, Served, free_port, listening, process

SOCKETIO = "socket.io@4"


@contextmanager
def socketio(folder: Path, prepared: Path) -> Iterator[Served]:
    """Without history: it keeps nothing."""
    place = folder / "socketio"
    place.mkdir(exist_ok=True)
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", SOCKETIO]
    subprocess.run(install, cwd=place, check=True, timeout=120)
    (place / "server.js").write_text((ROOT / "benchmarks" / "socketio_server.js").read_text())
    port = free_port()
    command = ["node", str(place / "server.js"), str(port)]
    with process(command, place / "log", lambda: listening(port)) as pid:
        url = f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
        yield Served(url, pid, prepared, "socketio")


def _loaded(generator: str, prepared: str) -> Callable[[Path, float], dict[str, Any]]:
    def run(folder: Path, seconds: float) -> dict[str, Any]:
        with socketio(folder, folder / prepared) as server:
            return server.load(generator, seconds)

    return run


PEERS: dict[str, dict[str, Callable[[Path, float], dict[str, Any]]]] = {
    "W1": {"socketio": _loaded("w1", "pairs.json")},
    "W2": {"socketio": _loaded("w2", "group.json")},
}
