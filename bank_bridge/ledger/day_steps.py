"""The day-end's steps that need the books alone: holds, interest earned, trial balance, statements.

Run by `days` in its order. What pays or collects lives above, where instructions are.
"""

from __future__ import annotations

import calendar
import sqlite3
from collections.abc import Mapping
from datetime import date

from bank_bridge.ledger.days import DateNotClosed, Moment, Step
from bank_bridge.ledger.holds import Resolution, resolve

CHUNK = 2_000
YEAR_DAYS = 360  # ACT/360
RATE_UNIT = 100_000
# The account's balance when the date ended: later dates may have entries already.
_CLOSING = """credits_posted - debits_posted - COALESCE((SELECT SUM(t.credited - t.debited)
    FROM turnover t WHERE t.account_id = a.account_id AND t.business_date > :day), 0)"""


def expire_holds(conn: sqlite3.Connection, moment: Moment, _: int) -> int | None:
    """Give back what was held too long; what an outside party may still take stays held."""
    due = conn.execute(
        "SELECT h.instruction_id FROM holds h LEFT JOIN instructions i USING (instruction_id)"
        " WHERE h.resolution IS NULL AND h.expires_at <= ?"
        " AND IFNULL(i.state, '') NOT IN ('SUBMITTED', 'UNKNOWN') LIMIT ?",
        (moment.at, CHUNK),
    ).fetchall()
    for (instruction_id,) in due:
        resolve(conn, instruction_id, Resolution.EXPIRED, moment.at)
    return 0 if len(due) == CHUNK else None


def accrue_interest(rates: Mapping[str, int]) -> Step:
    """A day's interest on each account of a kind that earns: `rates` in 1/100,000 a year.

    Adds closing balance times rate; divided by the year and rounded only when it is paid, so
    that no day's fraction is lost.
    """

    def run(conn: sqlite3.Connection, moment: Moment, reached: int) -> int | None:
        last = _last_of_chunk(conn, reached)
        for kind, rate in rates.items():
            conn.execute(
                "INSERT INTO interest (account_id, through, accrued)"  # noqa: S608 - a constant
                f" SELECT a.account_id, :day, MAX({_CLOSING}, 0) * :rate FROM accounts a"
                " WHERE a.kind = :kind AND a.account_id > :reached AND a.account_id <= :last"
                " ON CONFLICT (account_id) DO UPDATE SET"
                " accrued = accrued + excluded.accrued, through = excluded.through"
                " WHERE through < excluded.through",
                {
                    "day": moment.day.isoformat(),
                    "rate": rate,
                    "kind": kind,
                    "reached": reached,
                    "last": last if last is not None else 2**62,
                },
            )
        return last

    return Step("accrue_interest", run)


def trial_balance(conn: sqlite3.Connection, moment: Moment, _: int) -> int | None:
    """The date's turnover is the journal's, and all balances together are zero in each asset."""
    day = {"day": moment.day.isoformat()}
    off = conn.execute(
        """
        SELECT account_id FROM (
            SELECT p.account_id, j.kind, p.debit, p.credit
            FROM journal j JOIN postings p USING (seq) WHERE j.business_date = :day
            UNION ALL
            SELECT account_id, kind, -debited, -credited FROM turnover WHERE business_date = :day)
        GROUP BY account_id, kind HAVING SUM(debit) <> 0 OR SUM(credit) <> 0
        """,
        day,
    ).fetchone()
    if off is not None:
        raise DateNotClosed(f"{moment.day}: the turnover of account {off[0]} is not the journal's")
    for currency, total in conn.execute(
        f"SELECT currency, SUM({_CLOSING}) FROM accounts a GROUP BY currency",  # noqa: S608 - a constant
        day,
    ):
        if total:
            raise DateNotClosed(f"{moment.day}: {currency} is out of balance by {total}")
    return None


def draw_statements(conn: sqlite3.Connection, moment: Moment, reached: int) -> int | None:
    """On a month's last date, fix each customer's account's opening, closing and entries."""
    day = moment.day
    if day.day != calendar.monthrange(day.year, day.month)[1]:
        return None
    last = _last_of_chunk(conn, reached)
    conn.execute(
        "INSERT INTO statements SELECT account_id, :month, closing - moved, closing, entries, :at"  # noqa: S608 - a constant
        f" FROM (SELECT a.account_id, {_CLOSING} AS closing,"
        " COALESCE((SELECT SUM(t.credited - t.debited) FROM turnover t"
        "  WHERE t.account_id = a.account_id AND t.business_date BETWEEN :first AND :day), 0)"
        "  AS moved,"
        " (SELECT COUNT(*) FROM postings p JOIN journal j USING (seq)"
        "  WHERE p.account_id = a.account_id AND j.business_date BETWEEN :first AND :day)"
        "  AS entries"
        " FROM accounts a WHERE a.customer IS NOT NULL"
        "  AND a.account_id > :reached AND a.account_id <= :last)"
        " WHERE true ON CONFLICT (account_id, month) DO NOTHING",
        {
            "month": f"{day:%Y-%m}",
            "first": day.replace(day=1).isoformat(),
            "day": day.isoformat(),
            "at": moment.at,
            "reached": reached,
            "last": last if last is not None else 2**62,
        },
    )
    return last


def earned_fen(accrued: int) -> int:
    """What was accrued, in fen, half up; what rounding drops or adds is the bank's."""
    divisor = YEAR_DAYS * RATE_UNIT
    return (2 * accrued + divisor) // (2 * divisor)


def closing_balance(conn: sqlite3.Connection, account_id: int, day: date) -> int:
    """The account's posted balance in fen when that business date ended."""
    (closing,) = conn.execute(
        f"SELECT {_CLOSING} FROM accounts a WHERE account_id = :account",  # noqa: S608 - a constant
        {"day": day.isoformat(), "account": account_id},
    ).fetchone()
    return int(closing)


def _last_of_chunk(conn: sqlite3.Connection, reached: int) -> int | None:
    """The last account of the next chunk; None when that chunk is the rest."""
    row = conn.execute(
        "SELECT account_id FROM accounts WHERE account_id > ? ORDER BY account_id LIMIT 1 OFFSET ?",
        (reached, CHUNK - 1),
    ).fetchone()
    return None if row is None else int(row[0])
