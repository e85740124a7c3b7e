"""A bank core that dies where it is told to: `bank_core_child.py DATA PORT`, a program of its own.

The parent holds the port and forks the core; one that was killed is followed by the next. On
SIGUSR1 a core reads DATA/../point: before its n-th statement that writes from then on, to its
books or to its gateway's file, it kills itself. DATA/../pause: how long the next one waits.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import sys
import time
from functools import partial
from pathlib import Path

_connect = sqlite3.connect
_WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT")


class Executioner:
    """Counts what any connection of this process writes, once it is armed."""

    def __init__(self) -> None:
        self._left = 0

    def arm(self, *_: object) -> None:
        self._left = int((DATA.parent / "point").read_text())

    def connect(self, *where: object, **options: object) -> sqlite3.Connection:
        conn: sqlite3.Connection = _connect(*where, **options)  # type: ignore[call-overload]
        conn.set_trace_callback(self.count)
        return conn

    def count(self, statement: str) -> None:
        if self._left and statement.startswith(_WRITES):
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


DATA, PORT = Path(sys.argv[1]), int(sys.argv[2])
EXECUTIONER = Executioner()
sqlite3.connect = EXECUTIONER.connect  # before the bank's own modules take it

import bank_bridge.gateways.embedded  # noqa: E402 - once, for all that are forked
import bank_bridge.gateways.http.server  # noqa: E402, F401
from chat_server.bootstrap import bank  # noqa: E402
from chat_server.commands.bank_serving import serve_bank  # noqa: E402
from chat_server.settings import load_settings  # noqa: E402


def serve(listener: socket.socket) -> None:
    signal.signal(signal.SIGUSR1, EXECUTIONER.arm)
    # Every death costs the customer a code; here more than an hour's worth die.
    bank.Rules = partial(bank.Rules, codes_per_hour=10**6, codes_per_day=10**6)
    asyncio.run(serve_bank(load_settings({"data": DATA, "demo": True}), listener, None))
    os._exit(0)


def main() -> None:
    listener = socket.create_server(("127.0.0.1", PORT))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    child = 0
    try:
        while True:
            child = os.fork()
            if child == 0:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                serve(listener)
            draft = DATA.parent / "core.draft"
            draft.write_text(str(child))
            draft.replace(DATA.parent / "core.pid")
            os.waitpid(child, 0)
            time.sleep(float((DATA.parent / "pause").read_text()))
    finally:
        os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
