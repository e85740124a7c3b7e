"""Suspense (疑账): money whose owner is not settled yet, each item with a case that has an age.

What brings an item onto a suspense account opens its case in the same commit, and what
takes it off closes it: the account is always exactly the sum of its open cases.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import msgspec

from bank_bridge.contract import BankRefusal, RefusalCode
from bank_bridge.ledger import journal
from bank_bridge.ledger.accounts import LedgerAccount, system_account

KIND = "suspense"


class Case(msgspec.Struct, frozen=True):
    """An item that a person or a reconciliation has to settle; `amount` in fen, signed."""

    case_id: int
    account_id: int
    amount: int
    reason: str
    opened_by: int
    opened_at: int

    def age_us(self, at: int) -> int:
        return at - self.opened_at


_COLUMNS = "case_id, account_id, amount, reason, opened_by, opened_at"


def suspense_account(conn: sqlite3.Connection, name: str, at: int) -> LedgerAccount:
    """The suspense account of that name, opened when first needed."""
    return system_account(conn, KIND, f"suspense/{name}", name, at)


def open_case(
    conn: sqlite3.Connection, posted: journal.Posted, account_id: int, reason: str, at: int
) -> Case:
    """Open the case of what the entry, just posted, brought onto the suspense account."""
    (amount,) = conn.execute(
        "SELECT credit - debit FROM postings WHERE seq = ? AND account_id = ?",
        (posted.seq, account_id),
    ).fetchone()
    row = conn.execute(
        "INSERT INTO suspense_cases (account_id, amount, reason, opened_by, opened_at)"  # noqa: S608 - a constant
        f" VALUES (?, ?, ?, ?, ?) RETURNING {_COLUMNS}",
        (account_id, amount, reason, posted.seq, at),
    ).fetchone()
    return Case(*row)


def close_case(
    conn: sqlite3.Connection, case_id: int, at: int, post: Callable[[Case], journal.Posted]
) -> journal.Posted:
    """Close an open case with the entry that `post` makes, which takes its amount off again.

    Raises NOT_FOUND for a case that is not open.
    """
    row = conn.execute(
        f"SELECT {_COLUMNS} FROM suspense_cases WHERE case_id = ? AND closed_at IS NULL",  # noqa: S608 - a constant
        (case_id,),
    ).fetchone()
    if row is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such open case")
    posted = post(Case(*row))
    conn.execute(
        "UPDATE suspense_cases SET closed_by = ?, closed_at = ? WHERE case_id = ?",
        (posted.seq, at, case_id),
    )
    return posted


def open_cases(conn: sqlite3.Connection) -> list[Case]:
    """Oldest first."""
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM suspense_cases WHERE closed_at IS NULL ORDER BY case_id"  # noqa: S608 - a constant
    )
    return [Case(*row) for row in rows]
