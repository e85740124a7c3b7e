"""Holds: money set aside for one instruction until it is posted, voided or out of time.

A hold resolves exactly once; the schema forbids a second time.
"""

from __future__ import annotations

import sqlite3
from enum import StrEnum


class Resolution(StrEnum):
    """How a hold ends. Posting follows in the same commit."""

    POSTED = "posted"
    VOIDED = "voided"
    EXPIRED = "expired"


def place(
    conn: sqlite3.Connection, instruction_id: str, account_id: int, amount: int, times: range
) -> bool:
    """Reserve `amount` from `times.start` until `times.stop`; false when there is not enough.

    Holds of this account whose time is over give their money back first.
    """
    expire_due(conn, account_id, times.start)
    reserved = conn.execute(
        "UPDATE accounts SET debits_pending = debits_pending + :amount WHERE account_id = :account"
        " AND (may_overdraw OR credits_posted - debits_posted - debits_pending >= :amount)",
        {"amount": amount, "account": account_id},
    )
    if reserved.rowcount == 0:
        return False
    conn.execute(
        "INSERT INTO holds (instruction_id, account_id, amount, placed_at, expires_at)"
        " VALUES (?, ?, ?, ?, ?)",
        (instruction_id, account_id, amount, times.start, times.stop),
    )
    return True


def spend(
    conn: sqlite3.Connection, instruction_id: str, account_id: int, amount: int, at: int
) -> bool:
    """Place a hold that is posted in this same commit; false when there is not enough.

    The caller posts what it was placed for. Nothing is pending in between, so the account's
    pending balance does not move.
    """
    placed = (
        "INSERT INTO holds (instruction_id, account_id, amount, placed_at, expires_at, resolution,"
        " resolved_at) SELECT ?, account_id, ?, ?, ?, ?, ? FROM accounts WHERE account_id = ?"
        " AND (may_overdraw OR credits_posted - debits_posted - debits_pending >= ?)"
    )
    facts = (instruction_id, amount, at, at, Resolution.POSTED, at, account_id, amount)
    if conn.execute(placed, facts).rowcount:
        return True
    expire_due(conn, account_id, at)
    return bool(conn.execute(placed, facts).rowcount)


def resolve(conn: sqlite3.Connection, instruction_id: str, resolution: Resolution, at: int) -> None:
    """End the instruction's hold and release what it reserved."""
    account_id, amount = conn.execute(
        "UPDATE holds SET resolution = ?, resolved_at = ? WHERE instruction_id = ?"
        " RETURNING account_id, amount",
        (resolution, at, instruction_id),
    ).fetchone()
    conn.execute(
        "UPDATE accounts SET debits_pending = debits_pending - ? WHERE account_id = ?",
        (amount, account_id),
    )


def expire_due(conn: sqlite3.Connection, account_id: int, at: int) -> None:
    """Give back what was held too long; what an outside party may still take stays held."""
    due = conn.execute(
        "SELECT h.instruction_id FROM holds h LEFT JOIN instructions i USING (instruction_id)"
        " WHERE h.account_id = ? AND h.resolution IS NULL AND h.expires_at <= ?"
        " AND IFNULL(i.state, '') NOT IN ('SUBMITTED', 'UNKNOWN')",
        (account_id, at),
    ).fetchall()
    for (instruction_id,) in due:
        resolve(conn, instruction_id, Resolution.EXPIRED, at)
