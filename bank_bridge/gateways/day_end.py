"""Closing the embedded bank's business days, beside a running server or without one.

Called by the command line. Joins the steps of all rooms into one day-end.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from bank_bridge.instructions.day_end import steps
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.rules import Rules
from bank_bridge.ledger.books import Books, open_books
from bank_bridge.ledger.database import to_us
from bank_bridge.ledger.days import close_date, dates_to_close
from bank_bridge.ledger.heads import export_heads, sealed_heads


async def close_days(
    path: Path,
    heads: Path,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    rules: Rules,
    told: Callable[[date], None] = lambda _: None,
) -> int:
    """Close every business date before the clock's, oldest first; how many were closed.

    `told` hears of each. The journal's head at each closed date goes to the file `heads`.
    Raises DateNotClosed when a date's figures are not right; the dates before it are closed.
    """
    async with open_books(path, now) as books:
        return await close_open_dates(Office(books, now, new_id, rules), heads, told)


async def close_open_dates(
    office: Office, heads: Path, told: Callable[[date], None] = lambda _: None
) -> int:
    """As `close_days`, over books that are open already."""
    books = office.books
    today = office.rules.business_date(office.now())
    await _export(books, heads)  # what a day-end that was killed may not have told
    open_dates = await books.read(lambda conn: dates_to_close(conn, today))
    for day in open_dates:
        await close_date(books, day, steps(office), lambda: to_us(office.now()))
        await _export(books, heads)
        told(day)
    return len(open_dates)


async def _export(books: Books, heads: Path) -> None:
    export_heads(heads, await books.read(sealed_heads))
