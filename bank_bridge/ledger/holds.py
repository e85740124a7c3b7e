"""Holds: money set aside for one instruction until it is posted, voided or out of time.

A hold resolves exactly once; the schema forbids a second time.
"""

from __future__ import annotations

import sqlite3
from enum import StrEnum

from bank_bridge.ledger.accounts import LedgerAccount, account_by_id


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
    conn: sqlite3.Connection, instruction_id: str, account: LedgerAccount, amount: int, at: int
) -> bool:
    """Place a hold that is posted in this same commit; false when there is not enough.

    `account` was read in this transaction, and the caller posts what the hold was placed for.
    Nothing is pending in between, so the account's pending balance does not move.
    """
    if not account.may_pay(amount):
        expire_due(conn, account.account_id, at)
        if not account_by_id(conn, account.account_id).may_pay(amount):
            return False
    conn.execute(
        "INSERT INTO holds (instruction_id, account_id, amount, placed_at, expires_at, resolution,"
        " resolved_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (instruction_id, account.account_id, amount, at, at, Resolution.POSTED, at),
    )
    return True


def held_of(conn: sqlite3.Connection, customer: str) -> int:
    """What is set aside on all the customer's accounts, in fen."""
    (held,) = conn.execute(
        "SELECT COALESCE(SUM(debits_pending), 0) FROM accounts WHERE customer = ?", (customer,)
    ).fetchone()
    return int(held)


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
