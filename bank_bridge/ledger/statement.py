"""What the journal says of one account or one customer: statement lines and the day's use.

Reads only; running balances are those of the journal, in posting order.
"""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta

from bank_bridge.contract import (
    Money,
    StatementLine,
)
from bank_bridge.ledger.database import from_us
from bank_bridge.ledger.day_steps import closing_balance
from bank_bridge.ledger.journal import reference_of
from bank_bridge.paper_contract import (
    StatementEntry,
)

_TRANSFERS = frozenset({"transfer", "batch_transfer", "bound_transfer"})


def newest_lines(conn: sqlite3.Connection, account_id: int, limit: int) -> list[StatementLine]:
    """The account's newest entries, newest first."""
    rows = conn.execute(
        "SELECT j.seq, j.kind, j.posted_at, j.business_date, p.credit - p.debit, p.balance_after,"
        " (SELECT a.title FROM postings o JOIN accounts a USING (account_id)"
        "  WHERE o.seq = p.seq AND o.account_id <> p.account_id LIMIT 1)"
        " FROM postings p JOIN journal j USING (seq)"
        " WHERE p.account_id = ? ORDER BY p.seq DESC LIMIT ?",
        (account_id, limit),
    )
    return [
        StatementLine(
            posted_at=from_us(posted_at),
            amount=Money(change),
            balance_after=Money(balance),
            summary=_summary(kind, change),
            counterparty=counterparty,
            reference=reference_of(day, seq),
        )
        for seq, kind, posted_at, day, change, balance, counterparty in rows
    ]


def entries_between(
    conn: sqlite3.Connection, account_id: int, first: date, last: date, limit: int
) -> tuple[Money, list[StatementEntry]]:
    """The balance before the first date, and the entries of the dates in posting order.

    Balances run over these dates alone: an entry of the next date may have been posted between
    two of the last one. One entry more than `limit` says that there are more.
    """
    opening = closing_balance(conn, account_id, first - timedelta(days=1))
    rows = conn.execute(
        "SELECT j.seq, j.kind, j.posted_at, j.business_date, p.credit - p.debit,"
        " (SELECT a.title FROM postings o JOIN accounts a USING (account_id)"
        "  WHERE o.seq = p.seq AND o.account_id <> p.account_id LIMIT 1)"
        " FROM postings p JOIN journal j USING (seq)"
        " WHERE p.account_id = ? AND j.business_date BETWEEN ? AND ? ORDER BY p.seq LIMIT ?",
        (account_id, first.isoformat(), last.isoformat(), limit + 1),
    )
    entries, balance = [], opening
    for seq, kind, posted_at, day, change, counterparty in rows:
        balance += change
        entries.append(
            StatementEntry(
                booked_on=date.fromisoformat(day),
                posted_at=from_us(posted_at),
                amount=Money(change),
                balance=Money(balance),
                summary=_summary(kind, change),
                counterparty=counterparty or "",
                reference=reference_of(day, seq),
            )
        )
    return Money(opening), entries


def debited_by(conn: sqlite3.Connection, customer: str, kind: str, first: date, last: date) -> int:
    """What entries of that kind took from all the customer's accounts on those dates, in fen."""
    (total,) = conn.execute(
        "SELECT COALESCE(SUM(t.debited), 0) FROM accounts a CROSS JOIN turnover t"
        " USING (account_id) WHERE a.customer = ? AND t.kind = ?"
        " AND t.business_date BETWEEN ? AND ?",
        (customer, kind, first.isoformat(), last.isoformat()),
    ).fetchone()
    return int(total)


def _summary(kind: str, change: int) -> str:
    if kind not in _TRANSFERS:
        return kind
    return "transfer_out" if change < 0 else "transfer_in"
