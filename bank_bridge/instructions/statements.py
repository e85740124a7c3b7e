"""The statements desk: an account's entries over whole business dates, checked to the fen."""

from __future__ import annotations

import sqlite3
from datetime import date

from bank_bridge.contract import (
    BankError,
    BankRefusal,
    Money,
    RefusalCode,
)
from bank_bridge.instructions.customers import own_account
from bank_bridge.instructions.office import Office
from bank_bridge.ledger.accounts import CURRENCY
from bank_bridge.ledger.day_steps import closing_balance
from bank_bridge.ledger.statement import entries_between
from bank_bridge.paper_contract import (
    AccountStatement,
)

_MOST_DATES = 366
_MOST_ENTRIES = 100_000


class StatementDesk:
    """Reads; a customer sees only what is theirs."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def account_statement(
        self, customer: str, number: str, first: date, last: date
    ) -> AccountStatement:
        if not 0 <= (last - first).days < _MOST_DATES:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, f"1 to {_MOST_DATES} dates, in order")
        return await self._office.books.read(
            lambda conn: self._drawn(conn, customer, number, first, last)
        )

    def _drawn(
        self, conn: sqlite3.Connection, customer: str, number: str, first: date, last: date
    ) -> AccountStatement:
        account = own_account(conn, customer, number)
        opening, entries = entries_between(conn, account.account_id, first, last, _MOST_ENTRIES)
        if len(entries) > _MOST_ENTRIES:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, "too many entries; ask for fewer dates")
        closing = Money(closing_balance(conn, account.account_id, last))
        if (entries[-1].balance if entries else opening) != closing:
            raise BankError("a statement does not add up; audit the books")
        return AccountStatement(
            bank=self._office.rules.bank_name,
            number=account.number,
            holder=account.title,
            currency=CURRENCY,
            first=first,
            last=last,
            opening=opening,
            closing=closing,
            entries=entries,
            drawn_at=self._office.now(),
        )
