"""What an account's tier lets through: by day, by year, by balance (bank-services §2.4).

Asked as something is quoted and again in the commit that moves the money. What was used is
read from the journal's own counters, by the business date of its posting. Between an account
and the one it is bound to everything is free: it is posted as a kind of its own.
"""

from __future__ import annotations

import sqlite3
from datetime import date, datetime

import msgspec

from bank_bridge.contract import BankRefusal, RefusalCode
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.rules import TierRules
from bank_bridge.ledger.accounts import LedgerAccount
from bank_bridge.ledger.journal import open_date

BOUND = "bound_transfer"
# What counts as money from elsewhere; returns, refunds and interest are the customer's own.
_FROM_ELSEWHERE = ("transfer", "batch_transfer", "gift_take", "opening_deposit")


class TierRow(msgspec.Struct, frozen=True):
    """One row of `tiers`."""

    account_id: int
    bound_account: int
    known_in_person: int
    takes_incoming: int


class Used(msgspec.Struct, frozen=True):
    """What counts towards the limits of a business date and of its year, in fen."""

    day: int
    year: int


def row_of(conn: sqlite3.Connection, account_id: int) -> TierRow | None:
    row = conn.execute("SELECT * FROM tiers WHERE account_id = ?", (account_id,)).fetchone()
    return None if row is None else TierRow(*row)


def are_bound(conn: sqlite3.Connection, one: int, other: int) -> bool:
    found = conn.execute(
        "SELECT 1 FROM tiers WHERE (account_id, bound_account) IN (VALUES (?1, ?2), (?2, ?1))",
        (one, other),
    ).fetchone()
    return found is not None


def check_out(
    conn: sqlite3.Connection,
    payer: LedgerAccount,
    kind: str,
    amount: int,
    moment: datetime,
    office: Office,
) -> None:
    """Raise ACCOUNT_TIER_BLOCKED, LIMIT_DAY or LIMIT_YEAR if so much may not leave this way."""
    rules = office.rules.tier(payer.kind)
    if rules is None or kind == BOUND:
        return
    if kind in office.rules.own_products:
        if rules.own_products:
            return
        raise BankRefusal(RefusalCode.ACCOUNT_TIER_BLOCKED, "not from this kind of account")
    _check(rules, used_out(conn, payer.account_id, moment, office), amount)


def check_in(
    conn: sqlite3.Connection,
    payee: LedgerAccount,
    kind: str,
    amount: int,
    moment: datetime,
    office: Office,
) -> None:
    """Raise ACCOUNT_TIER_BLOCKED or a LIMIT if so much may not arrive this way."""
    rules = office.rules.tier(payee.kind)
    if rules is None:
        return
    if rules.most_balance is not None and payee.posted + amount > rules.most_balance.fen:
        left = max(rules.most_balance.fen - payee.posted, 0)
        text = "over the most that may lie on it"
        raise BankRefusal(RefusalCode.ACCOUNT_TIER_BLOCKED, text, left=left)
    if kind not in _FROM_ELSEWHERE:
        return
    row = row_of(conn, payee.account_id)
    if row is None or not (row.known_in_person or row.takes_incoming):
        raise BankRefusal(RefusalCode.ACCOUNT_TIER_BLOCKED, "only from the bound account")
    _check(
        rules, _used(conn, payee.account_id, "credited", _FROM_ELSEWHERE, moment, office), amount
    )


def check_move(
    conn: sqlite3.Connection,
    payer: LedgerAccount,
    payee: LedgerAccount,
    kind: str,
    amount: int,
    moment: datetime,
    office: Office,
) -> None:
    """Both sides of one movement."""
    check_out(conn, payer, kind, amount, moment, office)
    check_in(conn, payee, kind, amount, moment, office)


def interest_goes_to(
    conn: sqlite3.Connection, payee: LedgerAccount, amount: int, office: Office
) -> int:
    """The account that interest is paid into: the bound one, if it would cross the cap [A]."""
    rules = office.rules.tier(payee.kind)
    row = row_of(conn, payee.account_id)
    capped = rules is not None and rules.most_balance is not None
    if row is None or rules is None or not capped or rules.most_balance is None:
        return payee.account_id
    crosses = payee.posted + amount > rules.most_balance.fen
    return row.bound_account if crosses else payee.account_id


def used_out(conn: sqlite3.Connection, account_id: int, moment: datetime, office: Office) -> Used:
    """What was spent, paid for bills and sent elsewhere: one counter."""
    free = (BOUND, *office.rules.own_products)
    return _used(conn, account_id, "debited", free, moment, office, but=True)


def _used(
    conn: sqlite3.Connection,
    account_id: int,
    side: str,
    kinds: tuple[str, ...],
    moment: datetime,
    office: Office,
    *,
    but: bool = False,
) -> Used:
    day = open_date(conn, office.rules.business_date(moment))
    marks = ", ".join("?" * len(kinds))
    (of_day, of_year) = conn.execute(
        f"SELECT COALESCE(SUM({side}) FILTER (WHERE business_date = ?), 0),"  # noqa: S608 - constants and marks
        f" COALESCE(SUM({side}), 0) FROM turnover WHERE account_id = ?"
        f" AND business_date BETWEEN ? AND ? AND kind {'NOT ' if but else ''}IN ({marks})",
        (
            day.isoformat(),
            account_id,
            date(day.year, 1, 1).isoformat(),
            date(day.year, 12, 31).isoformat(),
            *kinds,
        ),
    ).fetchone()
    return Used(int(of_day), int(of_year))


def _check(rules: TierRules, used: Used, amount: int) -> None:
    for code, limit, so_far in (
        (RefusalCode.LIMIT_DAY, rules.day.fen, used.day),
        (RefusalCode.LIMIT_YEAR, rules.year.fen, used.year),
    ):
        if amount > limit - so_far:
            left = max(limit - so_far, 0)
            raise BankRefusal(
                code, "over the limit of this kind of account", limit=limit, left=left
            )
