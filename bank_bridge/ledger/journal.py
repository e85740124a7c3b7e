"""The journal: every movement of money, once, in order, chained by hash.

`post` is the only way in. Rows are never changed; a correction is another entry.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

GENESIS = bytes(32)


class Leg(msgspec.Struct, frozen=True):
    """One side of an entry, in fen: negative is a debit, positive a credit."""

    account_id: int
    change: int


class Entry(msgspec.Struct, frozen=True):
    """A balanced set of legs that are posted together or not at all."""

    kind: str
    instruction_id: str | None
    posted_at: int
    business_date: date
    legs: Sequence[Leg]


class Posted(msgspec.Struct, frozen=True):
    """Where an entry came to stand, and each touched account's balance right after."""

    seq: int
    reference: str
    balances: Mapping[int, int]


def reference_of(business_date: str, seq: int) -> str:
    """The number a customer can quote; unique because `seq` is."""
    return f"{business_date.replace('-', '')}{seq:010d}"


def head_seq(conn: sqlite3.Connection) -> int:
    (seq,) = conn.execute("SELECT COALESCE(MAX(seq), 0) FROM journal").fetchone()
    return int(seq)


def post(conn: sqlite3.Connection, entry: Entry) -> Posted:
    """Append the entry. The caller has made sure of the money; the schema makes sure again."""
    last = conn.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    seq, prev_hash = (last[0] + 1, last[1]) if last else (1, GENESIS)
    rows = [
        (seq, leg.account_id, max(-leg.change, 0), max(leg.change, 0), _apply(conn, leg))
        for leg in sorted(entry.legs, key=lambda leg: leg.account_id)
    ]
    day = entry.business_date.isoformat()
    facts = (seq, entry.kind, entry.instruction_id, entry.posted_at, day)
    canonical = msgspec.json.encode([*facts, [row[1:] for row in rows]])
    digest = hashlib.sha256(prev_hash + canonical).digest()
    conn.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", (*facts, prev_hash, digest))
    conn.executemany("INSERT INTO postings VALUES (?, ?, ?, ?, ?)", rows)
    return Posted(seq, reference_of(day, seq), {row[1]: row[4] for row in rows})


def _apply(conn: sqlite3.Connection, leg: Leg) -> int:
    """Move the stored posted balance and say what it is now."""
    row = conn.execute(
        "UPDATE accounts SET debits_posted = debits_posted + ?, credits_posted = credits_posted + ?"
        " WHERE account_id = ? RETURNING credits_posted - debits_posted",
        (max(-leg.change, 0), max(leg.change, 0), leg.account_id),
    ).fetchone()
    return int(row[0])
