"""Closing the embedded bank's business days, beside a running server or without one.

Called by the command line. Joins the steps of all rooms into one day-end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import structlog

from bank_bridge.contract import BankRefusal, RefusalCode
from bank_bridge.day_contract import BusinessDay, DayStep
from bank_bridge.instructions.day_end import steps
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.rules import SHANGHAI, Rules
from bank_bridge.ledger.books import Books, open_books
from bank_bridge.ledger.database import from_us, to_us
from bank_bridge.ledger.days import Step, close_date, dates_to_close
from bank_bridge.ledger.heads import export_heads, sealed_heads
from bank_bridge.products.day_steps import product_steps
from bank_bridge.products.kinds import KINDS

_MOST_DAYS = 100

log = structlog.get_logger()


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
    office: Office,
    heads: Path,
    told: Callable[[date], None] = lambda _: None,
    before: date | None = None,
) -> int:
    """As `close_days`, over books that are open already; `before`: the first to stay open."""
    books, office = office.books, office._replace(kinds=KINDS)
    today = before or office.today()
    await _export(books, heads)  # what a day-end that was killed may not have told
    open_dates = await books.read(lambda conn: dates_to_close(conn, today))
    for day in open_dates:
        await close_date(books, day, _steps(office), lambda: to_us(office.now()))
        await _export(books, heads)
        told(day)
    return len(open_dates)


class DayEndDesk:
    """Closes dates by the clock, at the time of the rules; any number of them may run at once."""

    def __init__(self, office: Office, heads: Path) -> None:
        self._office, self._heads = office, heads
        self._closed_before: date | None = None  # nothing is asked again before the next one

    async def run(self) -> int:
        before = due_before(self._office.now(), self._office.rules)
        if before == self._closed_before:
            return 0
        closed = await close_open_dates(self._office, self._heads, _closed, before)
        self._closed_before = before
        return closed

    async def days(self, limit: int) -> Sequence[BusinessDay]:
        if not 1 <= limit <= _MOST_DAYS:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, f"limit is 1 to {_MOST_DAYS}")
        order = [step.name for step in _steps(self._office)]
        return await self._office.books.read(partial(_newest_days, limit=limit, order=order))


def due_before(moment: datetime, rules: Rules) -> date:
    """The first date whose day-end is not due yet: of the one before it the hour has come."""
    local = moment.astimezone(SHANGHAI)
    date_now = rules.business_date(moment)
    ended_on = date_now - timedelta(days=1)  # where the cut-off of the last date fell
    after_midnight = rules.day_end.hour < rules.cut_off_hour
    due_on = ended_on + timedelta(days=after_midnight)
    due = (local.date(), local.time()) >= (due_on, rules.day_end)
    return date_now if due else ended_on


def _steps(office: Office) -> Sequence[Step]:
    return steps(office, *product_steps(office))


def _newest_days(conn: sqlite3.Connection, limit: int, order: Sequence[str]) -> list[BusinessDay]:
    found = conn.execute(
        "SELECT business_date, frozen_at, sealed_at, head_seq, head_hash FROM business_days"
        " ORDER BY business_date DESC LIMIT ?",
        (limit,),
    ).fetchall()
    return [
        BusinessDay(
            day=date.fromisoformat(day),
            frozen_at=from_us(frozen),
            sealed_at=None if sealed is None else from_us(sealed),
            head_seq=seq or 0,
            head="" if head is None else head.hex(),
            steps=_finished(conn, day, order),
        )
        for day, frozen, sealed, seq, head in found
    ]


def _finished(conn: sqlite3.Connection, day: str, order: Sequence[str]) -> list[DayStep]:
    rows = conn.execute(
        "SELECT step, finished_at FROM day_steps WHERE business_date = ?"
        " AND finished_at IS NOT NULL",
        (day,),
    )
    found = [DayStep(step, from_us(at)) for step, at in rows]
    return sorted(found, key=lambda one: order.index(one.step) if one.step in order else -1)


def _closed(day: date) -> None:
    log.info("business_date_closed", day=day.isoformat())


async def _export(books: Books, heads: Path) -> None:
    export_heads(heads, await books.read(sealed_heads))
