"""Servers that people would pick instead, started beside ours and loaded by the same generators.

Each is installed into the run's own folder, listens on this machine only, and is gone after.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.ejabberd import ejabberd
from benchmarks.serving import ROOT, Served, free_port, listening, process
from benchmarks.workloads import Beside

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


PEERS: dict[str, Beside] = {
    "W1": {
        "socketio": socketio,
        "ejabberd-ws": partial(ejabberd, speech="xmpp"),
        "ejabberd-tcp": partial(ejabberd, speech="xmpp-tcp"),
        "ejabberd-ws-mam": partial(ejabberd, speech="xmpp", archive=True),
    },
    "W2": {"socketio": socketio, "ejabberd-ws": partial(ejabberd, speech="xmpp-room")},
    "W3": {"socketio": socketio, "ejabberd-ws": partial(ejabberd, speech="xmpp")},
}
