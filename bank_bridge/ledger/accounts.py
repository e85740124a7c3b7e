"""The accounts of the books and their stored balances, posted and pending.

Customers' accounts never go below zero; the bank's own (cash, merchants to settle) may,
so that everything together is always exactly zero. Balances change only by `journal`
and `holds`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import msgspec

CURRENCY = "CNY"
CASH = "cash"
_SELECT = (
    "SELECT account_id, number, kind, customer, title, credits_posted - debits_posted,"
    " credits_posted - debits_posted - debits_pending, may_overdraw FROM accounts "
)


class LedgerAccount(msgspec.Struct, frozen=True):
    """An account as it stood in the transaction that read it; amounts in fen."""

    account_id: int
    number: str
    kind: str
    customer: str | None
    title: str
    posted: int
    available: int
    may_overdraw: int = 0

    def may_pay(self, amount: int) -> bool:
        return bool(self.may_overdraw) or amount <= self.available

    @property
    def tail(self) -> str:
        """What of the number may be shown; the bank's own accounts have none."""
        return self.number[-4:] if self.customer is not None else ""


def open_customer_account(
    conn: sqlite3.Connection,
    customer: str,
    title: str,
    number_for: Callable[[int], str],
    at: int,
    kind: str = "type_1",
    currency: str = CURRENCY,
) -> LedgerAccount:
    """Open a no-overdraft account; `number_for` makes its number from its place in the books."""
    (account_id,) = conn.execute("SELECT COALESCE(MAX(account_id), 0) + 1 FROM accounts").fetchone()
    number = number_for(account_id)
    conn.execute(
        "INSERT INTO accounts (account_id, number, kind, customer, title, currency, may_overdraw,"
        " opened_at) VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
        (account_id, number, kind, customer, title, currency, at),
    )
    return LedgerAccount(account_id, number, kind, customer, title, 0, 0)


def system_account(
    conn: sqlite3.Connection, kind: str, number: str, title: str, at: int, currency: str = CURRENCY
) -> LedgerAccount:
    """One of the bank's own accounts, opened when first needed."""
    conn.execute(
        "INSERT INTO accounts (number, kind, title, currency, may_overdraw, opened_at)"
        " VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT (number) DO NOTHING",
        (number, kind, title, currency, at),
    )
    return LedgerAccount(*conn.execute(_SELECT + "WHERE number = ?", (number,)).fetchone())


def account_by_id(conn: sqlite3.Connection, account_id: int) -> LedgerAccount:
    return LedgerAccount(*conn.execute(_SELECT + "WHERE account_id = ?", (account_id,)).fetchone())


def account_by_number(conn: sqlite3.Connection, number: str) -> LedgerAccount | None:
    """A customer's account; the bank's own are not found by anybody's order."""
    row = conn.execute(_SELECT + "WHERE number = ? AND customer IS NOT NULL", (number,)).fetchone()
    return None if row is None else LedgerAccount(*row)


def accounts_of(conn: sqlite3.Connection, customer: str) -> list[LedgerAccount]:
    """A customer's accounts; the first is the one they pay from unless they say otherwise."""
    rows = conn.execute(_SELECT + "WHERE customer = ? ORDER BY account_id", (customer,))
    return [LedgerAccount(*row) for row in rows]
