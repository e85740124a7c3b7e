"""The desk of funds: admitted by two officers, with a value published for each trade day."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date

from bank_bridge.contract import BankRefusal, Money, RefusalCode
from bank_bridge.fund_contract import Fund, NewFund
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.requests import checked_amount, checked_text
from bank_bridge.products.funds.figures import RISKS

_GREATEST_NAV = 10**9  # 100,000 yuan a share


class FundOfficers:
    """Proposes, approves, publishes."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def on_sale(self) -> Sequence[Fund]:
        def query(conn: sqlite3.Connection) -> list[Fund]:
            rows = conn.execute(
                "SELECT fund FROM funds WHERE checker IS NOT NULL ORDER BY risk, name"
            ).fetchall()
            return [fund_of(conn, fund) for (fund,) in rows]

        return await self._office.books.read(query)

    async def propose(self, new: NewFund, maker: str) -> None:
        checked_text(new.fund, "fund", 40)
        checked_text(new.name, "name", 60)
        checked_text(maker, "maker", 100)
        checked_amount(new.least, self._office.rules)
        if new.risk not in RISKS:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, "risk is 1 to 5")
        row = (new.fund, new.name, new.risk, new.least.fen, maker)

        def operation(conn: sqlite3.Connection) -> None:
            known = conn.execute(
                "SELECT fund, name, risk, least, maker FROM funds WHERE fund = ?", (new.fund,)
            ).fetchone()
            if known is None:
                conn.execute("INSERT INTO funds VALUES (?, ?, ?, ?, ?, NULL)", row)
            elif known != row:
                raise BankRefusal(RefusalCode.ALREADY_EXISTS, "known otherwise")

        await self._office.books.write(new.fund, operation)

    async def approve(self, fund: str, checker: str) -> None:
        checked_text(checker, "checker", 100)

        def operation(conn: sqlite3.Connection) -> None:
            row = conn.execute("SELECT maker FROM funds WHERE fund = ?", (fund,)).fetchone()
            if row is None:
                raise BankRefusal(RefusalCode.NOT_FOUND, "no such fund")
            if row[0] == checker:
                raise BankRefusal(RefusalCode.ILLEGAL_TRANSITION, "its maker may not approve it")
            conn.execute(
                "UPDATE funds SET checker = ? WHERE fund = ? AND checker IS NULL", (checker, fund)
            )

        await self._office.books.write(fund, operation)

    async def publish(self, fund: str, day: date, nav: int) -> None:
        if not 0 < nav <= _GREATEST_NAV:
            raise BankRefusal(RefusalCode.INVALID_AMOUNT, "not a value of a share")
        if day > self._office.rules.local_date(self._office.now()):
            raise BankRefusal(RefusalCode.INVALID_REQUEST, "a day to come has no value")

        def operation(conn: sqlite3.Connection) -> None:
            fund_of(conn, fund)
            known = conn.execute(
                "SELECT nav FROM fund_navs WHERE fund = ? AND day = ?", (fund, day.isoformat())
            ).fetchone()
            if known is None:
                conn.execute("INSERT INTO fund_navs VALUES (?, ?, ?)", (fund, day.isoformat(), nav))
            elif known != (nav,):
                raise BankRefusal(RefusalCode.IDEMPOTENCY_CONFLICT, "that day has a value already")

        await self._office.books.write(fund, operation)


def fund_of(conn: sqlite3.Connection, fund: str) -> Fund:
    """A fund on sale. Raises NOT_FOUND."""
    row = conn.execute(
        "SELECT f.fund, f.name, f.risk, f.least, n.nav, n.day FROM funds f"
        " LEFT JOIN fund_navs n ON n.fund = f.fund AND n.day ="
        " (SELECT MAX(day) FROM fund_navs WHERE fund = f.fund)"
        " WHERE f.fund = ? AND f.checker IS NOT NULL",
        (fund,),
    ).fetchone()
    if row is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such fund")
    code, name, risk, least, nav, day = row
    return Fund(code, name, risk, Money(least), nav or 0, date.fromisoformat(day) if day else None)
