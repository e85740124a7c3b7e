"""The journal: every movement of money, once, in order, chained by hash.

`post` is the only way in. Rows are never changed; a correction is another entry that names
the one it corrects. Beside the rows it keeps their fold, in the same commit: each account's
balances and what it paid and got on each business date.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec

GENESIS = bytes(32)
_encode = msgspec.json.Encoder().encode


class Leg(msgspec.Struct, frozen=True):
    """One side of an entry, in fen: negative is a debit, positive a credit."""

    account_id: int
    change: int


class Entry(msgspec.Struct, frozen=True):
    """A balanced set of legs that are posted together or not at all.

    `business_date` is the clock's; where that date is frozen the entry gets the first date
    that is not, unless it is the day-end's own (`of_day_end`). `corrects` is the `seq` of
    the entry that this one undoes, in part or whole.
    """

    kind: str
    instruction_id: str | None
    posted_at: int
    business_date: date
    legs: Sequence[Leg]
    corrects: int | None = None
    of_day_end: bool = False


class Posted(msgspec.Struct, frozen=True):
    """Where an entry came to stand, and each touched account's balance right after."""

    seq: int
    reference: str
    balances: Mapping[int, int]
    business_date: date


def reference_of(business_date: str, seq: int) -> str:
    """The number a customer can quote; unique because `seq` is."""
    return f"{business_date.replace('-', '')}{seq:010d}"


def head_seq(conn: sqlite3.Connection) -> int:
    (seq,) = conn.execute("SELECT COALESCE(MAX(seq), 0) FROM journal").fetchone()
    return int(seq)


def head(conn: sqlite3.Connection) -> tuple[int, bytes]:
    """The last entry's `seq` and hash; 0 and zeros when there is none."""
    return _end(conn)[:2]


def open_date(conn: sqlite3.Connection, clock_date: date) -> date:
    """The clock's business date, or the first one after it that is not frozen."""
    return _open(_end(conn)[2], clock_date)


def _end(conn: sqlite3.Connection) -> tuple[int, bytes, str | None]:
    """The journal's head, and the last date that is frozen."""
    row = conn.execute(
        "SELECT j.seq, j.hash, d.last FROM (SELECT MAX(business_date) AS last FROM business_days) d"
        " LEFT JOIN (SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1) j"
    ).fetchone()
    return (row[0] or 0, row[1] or GENESIS, row[2])


def _open(frozen: str | None, clock_date: date) -> date:
    if frozen is None or frozen < clock_date.isoformat():
        return clock_date
    return date.fromisoformat(frozen) + timedelta(days=1)


def post(conn: sqlite3.Connection, entry: Entry) -> Posted:
    """Append the entry. The caller has made sure of the money; the schema makes sure again."""
    last_seq, prev_hash, frozen = _end(conn)
    seq = last_seq + 1
    posted_on = entry.business_date if entry.of_day_end else _open(frozen, entry.business_date)
    day = posted_on.isoformat()
    rows = [
        (seq, leg.account_id, max(-leg.change, 0), max(leg.change, 0), _apply(conn, leg))
        for leg in sorted(entry.legs, key=lambda leg: leg.account_id)
    ]
    facts = (seq, entry.kind, entry.instruction_id, entry.posted_at, day)
    digest = hashlib.sha256(prev_hash + _canonical(facts, rows, entry.corrects)).digest()
    conn.execute(
        "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*facts, prev_hash, digest, entry.corrects),
    )
    marks = ", ".join(["(?, ?, ?, ?, ?)"] * len(rows))
    conn.execute(
        f"INSERT INTO postings VALUES {marks}",  # noqa: S608 - only marks
        [cell for row in rows for cell in row],
    )
    conn.execute(
        f"INSERT INTO turnover VALUES {marks}"  # noqa: S608 - only marks
        " ON CONFLICT (account_id, business_date, kind) DO UPDATE SET"
        " debited = debited + excluded.debited, credited = credited + excluded.credited",
        [cell for row in rows for cell in (row[1], day, entry.kind, row[2], row[3])],
    )
    return Posted(seq, reference_of(day, seq), {row[1]: row[4] for row in rows}, posted_on)


def _canonical(
    facts: Sequence[object], rows: Sequence[Sequence[object]], corrects: int | None
) -> bytes:
    """What is hashed; what an entry corrects comes last, and only where there is something."""
    told = [*facts, [row[1:] for row in rows]]
    return _encode(told if corrects is None else [*told, corrects])


def _apply(conn: sqlite3.Connection, leg: Leg) -> int:
    """Move the stored posted balance and say what it is now."""
    row = conn.execute(
        "UPDATE accounts SET debits_posted = debits_posted + ?, credits_posted = credits_posted + ?"
        " WHERE account_id = ? RETURNING credits_posted - debits_posted",
        (max(-leg.change, 0), max(leg.change, 0), leg.account_id),
    ).fetchone()
    return int(row[0])
