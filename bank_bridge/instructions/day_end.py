"""The day-end's steps that move money: interest is paid into the accounts that earned it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from bank_bridge.instructions.movements import Movement, move
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.tiers import interest_goes_to
from bank_bridge.ledger import accounts
from bank_bridge.ledger.day_steps import (
    CHUNK,
    accrue_interest,
    draw_statements,
    earned_fen,
    expire_holds,
    trial_balance,
)
from bank_bridge.ledger.days import Moment, Step

_EXPENSE = "interest_expense"


def steps(office: Office, *between: Step) -> Sequence[Step]:
    """The steps in their order; `between` are the products' and counterparties' own."""
    return (
        Step("expire_holds", expire_holds),
        _pay_interest(office),
        accrue_interest(dict(office.rules.interest_rates)),
        *between,
        Step("trial_balance", trial_balance),
        Step("draw_statements", draw_statements),
    )


def _pay_interest(office: Office) -> Step:
    """On the dates of the rules, what was accrued up to the day before goes to its account."""

    def run(conn: sqlite3.Connection, moment: Moment, reached: int) -> int | None:
        if (moment.day.month, moment.day.day) not in office.rules.interest_dates:
            return None
        earned = conn.execute(
            "SELECT account_id, accrued FROM interest WHERE account_id > ? AND accrued > 0"
            " ORDER BY account_id LIMIT ?",
            (reached, CHUNK),
        ).fetchall()
        for account_id, accrued in earned:
            _pay(conn, account_id, earned_fen(accrued), moment, office)
            conn.execute("UPDATE interest SET accrued = 0 WHERE account_id = ?", (account_id,))
        return int(earned[-1][0]) if len(earned) == CHUNK else None

    return Step("pay_interest", run)


def _pay(
    conn: sqlite3.Connection, account_id: int, fen: int, moment: Moment, office: Office
) -> None:
    if fen == 0:
        return
    account = accounts.account_by_id(conn, account_id)
    payee = accounts.account_by_id(conn, interest_goes_to(conn, account, fen, office))
    expense = accounts.system_account(conn, _EXPENSE, _EXPENSE, office.rules.bank_name, moment.at)
    movement = Movement(
        kind="interest",
        product="interest",
        channel="day_end",
        payer=expense,
        payee=payee,
        amount=fen,
        moment=office.now(),
        instruction_id=None,
        day_end=moment.day,
    )
    move(conn, movement, office)
