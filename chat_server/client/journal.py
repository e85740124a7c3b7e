"""The journal: what this device sent and heard, line by line, for checkers that trust nobody.

One JSON object a line, written before the client acts on what it heard. `t` is monotonic
seconds of this machine; `what` is one of connect, sync, send (each time it is put on a link),
ack, push, page, refused, close.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import BinaryIO

import msgspec

_encode = msgspec.json.Encoder().encode


class Journal:
    """Without a path nothing is written. Lines are whole in the file as soon as written."""

    def __init__(self, path: Path | None, user: str, device: str) -> None:
        self._user, self._device = user, device
        self._file: BinaryIO | None = None
        if path is not None:
            self._file = path.open("ab", buffering=0)

    @property
    def on(self) -> bool:
        return self._file is not None

    def write(self, what: str, **told: object) -> None:
        if self._file is not None:
            line = {
                "t": time.monotonic(),
                "user": self._user,
                "device": self._device,
                "what": what,
                **told,
            }
            self._file.write(_encode(line) + b"\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
