"""The products' part of a day-end (bank-services §1.6), in the specification's order.

What is due on a date is done by `run_due` as the clock comes to it; the day-end sees to it
that nothing of the date is left when it is sealed, also where nobody had a clock running. Its
entries carry the date that is being closed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import timedelta

from bank_bridge.instructions.office import Office
from bank_bridge.ledger.days import Moment, Step
from bank_bridge.products.bills.agreements import BillAgreements
from bank_bridge.products.bills.figures import SHIPPED as BILLS
from bank_bridge.products.epay.figures import SHIPPED as EPAY
from bank_bridge.products.epay.gifts import GiftCounter
from bank_bridge.products.funds.figures import SHIPPED as FUNDS
from bank_bridge.products.funds.trading import FundCounter
from bank_bridge.products.savings.deposits import SavingCounter
from bank_bridge.products.savings.figures import SHIPPED as SAVINGS


def product_steps(office: Office) -> Sequence[Step]:
    """Deposits that mature, bills that pay themselves, gifts nobody took, funds with a value."""

    def of(moment: Moment) -> Office:
        return office._replace(day_end=moment.day)

    def mature_deposits(conn: sqlite3.Connection, moment: Moment, _: int) -> int | None:
        return 0 if SavingCounter(of(moment), SAVINGS).pay_matured(conn) else None

    def debit_bills(conn: sqlite3.Connection, moment: Moment, _: int) -> int | None:
        # A date that was missed has no customer left to be told three days ahead.
        if moment.day >= office.today() - timedelta(days=1):
            BillAgreements(of(moment), BILLS).settle_day(conn, moment.day)
        return None

    def return_gifts(conn: sqlite3.Connection, moment: Moment, _: int) -> int | None:
        return 0 if GiftCounter(of(moment), EPAY).return_some(conn) else None

    def confirm_funds(conn: sqlite3.Connection, moment: Moment, _: int) -> int | None:
        return 0 if FundCounter(of(moment), FUNDS).confirm_some(conn) else None

    return (
        Step("mature_deposits", mature_deposits),
        Step("debit_bills", debit_bills),
        Step("return_gifts", return_gifts),
        Step("confirm_funds", confirm_funds),
    )
