"""The outbox: what happened, for others to read on from a position they remember.

Appended inside the commit it tells of; positions have no gaps.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

from bank_bridge.contract import BankEvent

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(BankEvent).decode


def append(conn: sqlite3.Connection, events: Iterable[BankEvent]) -> None:
    """Append the events; the position each carries is given here."""
    encoded = [_encode(event) for event in events]
    if encoded:
        marks = ", ".join(["(?)"] * len(encoded))
        conn.execute(f"INSERT INTO outbox (event) VALUES {marks}", encoded)  # noqa: S608 - only marks


def read_after(conn: sqlite3.Connection, position: int, limit: int) -> list[BankEvent]:
    rows = conn.execute(
        "SELECT position, event FROM outbox WHERE position > ? ORDER BY position LIMIT ?",
        (position, limit),
    )
    return [msgspec.structs.replace(_decode(event), position=place) for place, event in rows]
