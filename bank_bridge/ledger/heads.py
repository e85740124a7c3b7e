"""Exported heads: the journal's hash at each closed date, kept in a file away from the books.

Whoever cuts off the journal's tail, or writes the whole chain anew, cannot also change a file
that has gone elsewhere. One line a date, appended and synced; a line is never rewritten.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bank_bridge.contract import BankError

HEADS = "bank-heads.jsonl"  # beside the books, where nothing else is said


class Head(msgspec.Struct, frozen=True):
    """The journal as it stood when a business date was closed; `hash` in hex."""

    business_date: str
    seq: int
    hash: str


_decode = msgspec.json.Decoder(Head).decode


def read_heads(file: Path) -> list[Head]:
    """The exported heads, oldest first; none when the file is not there.

    A last line without an end was cut by a crash while it was written: it says nothing.
    """
    try:
        lines = file.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    try:
        return [_decode(line) for line in lines if line]
    except msgspec.DecodeError as exc:
        raise BankError(f"{file} is not a file of exported heads: {exc}") from exc


def sealed_heads(conn: sqlite3.Connection) -> list[Head]:
    rows = conn.execute(
        "SELECT business_date, head_seq, head_hash FROM business_days"
        " WHERE sealed_at IS NOT NULL ORDER BY business_date"
    )
    return [Head(day, seq, digest.hex()) for day, seq, digest in rows]


def export_heads(file: Path, heads: Sequence[Head]) -> int:
    """Append what the file does not have yet; how many. Safe to repeat after a crash.

    Raises BankError when the file has another head for one of the dates.
    """
    exported = {head.business_date: head for head in read_heads(file)}
    for head in heads:
        if exported.get(head.business_date, head) != head:
            raise BankError(f"{file} has another head for {head.business_date}")
    missing = [head for head in heads if head.business_date not in exported]
    if missing:
        _append(file, b"".join(msgspec.json.encode(head) + b"\n" for head in missing))
    return len(missing)


def _append(file: Path, lines: bytes) -> None:
    with file.open("a+b") as out:
        end = out.seek(0, os.SEEK_END)
        out.seek(max(end - 1, 0))
        if end and out.read(1) != b"\n":  # what a crash left of a line
            whole = file.read_bytes().rfind(b"\n") + 1
            out.truncate(whole)
        out.write(lines)
        out.flush()
        os.fsync(out.fileno())
