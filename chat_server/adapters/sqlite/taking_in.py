"""What the process that indexes runs: takes in what it is told of, until its input ends.

Asked by `indexing.py`, each time with a length and as many bytes; answers with a line: where
the index then stands.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import BinaryIO

import msgspec

from chat_server.adapters.sqlite.search_file import (
    begin_anew,
    in_transaction,
    open_file,
    position,
    take_all,
)
from chat_server.domain.searching import Entry, Rewrite

LENGTH_BYTES = 4
REFUSED = b"!"
_GIVES_WAY = 19  # niceness: whoever chats goes first
_decode = msgspec.msgpack.Decoder(tuple[int, list[tuple[bool, list[int | str | bool]]], int] | None)


def run(path: Path, told: BinaryIO, out: BinaryIO) -> None:
    with closing(open_file(path)) as conn:
        for asked in _messages(told):
            try:
                answer = str(_do(conn, asked)).encode()
            except sqlite3.Error as exc:
                answer = REFUSED + repr(exc).replace("\n", " ").encode()
            out.write(answer + b"\n")
            out.flush()


def _messages(told: BinaryIO) -> Iterator[bytes]:
    while size := told.read(LENGTH_BYTES):
        yield told.read(int.from_bytes(size, "big"))


def _do(conn: sqlite3.Connection, asked: bytes) -> int:
    taking = _decode.decode(asked)
    if taking is None:
        in_transaction(conn, begin_anew)
        return in_transaction(conn, position)
    after, rows, up_to = taking
    found = [(Rewrite if again else Entry)(*row) for again, row in rows]
    return in_transaction(conn, partial(take_all, after=after, found=found, up_to=up_to))


if __name__ == "__main__":
    os.nice(_GIVES_WAY)
    if hasattr(os, "SCHED_BATCH"):  # Linux: waking up, it interrupts nobody
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    run(Path(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer)
