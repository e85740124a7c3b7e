"""Drawing a statement for an officer: any account's, beside a running server or without one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from bank_bridge.contract import (
    BankRefusal,
    RefusalCode,
)
from bank_bridge.documents.forms import statement_document
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.rules import Rules
from bank_bridge.instructions.statements import StatementDesk
from bank_bridge.ledger.accounts import account_by_number
from bank_bridge.ledger.books import open_books
from bank_bridge.paper_contract import (
    StatementFormat,
)


async def draw(
    path: Path,
    number: str,
    first: date,
    last: date,
    kind: StatementFormat,
    now: Callable[[], datetime],
) -> bytes:
    """The document. Raises NOT_FOUND when no customer has such an account."""

    def holder(conn: sqlite3.Connection) -> str:
        account = account_by_number(conn, number)
        if account is None or account.customer is None:
            raise BankRefusal(RefusalCode.NOT_FOUND, "no such account")
        return account.customer

    async with open_books(path, now) as books:
        desk = StatementDesk(Office(books, now, str, Rules()))
        drawn = await desk.account_statement(await books.read(holder), number, first, last)
    return statement_document(drawn, kind)
