"""Business days: frozen, taken through the day-end's steps, and sealed for ever (§1.6).

A step works in chunks, each one commit together with how far it got, so a day-end that is
killed anywhere goes on where it was, and one that is run again finds nothing to do. Two at
once share the work. Dates are closed one at a time, oldest first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from bank_bridge.contract import BankError
from bank_bridge.ledger import journal
from bank_bridge.ledger.books import Books


class Moment(NamedTuple):
    """The date that is being closed, and when in microseconds since 1970 this is done."""

    day: date
    at: int


class Step(NamedTuple):
    """One step of a day-end.

    `run` does a chunk after the account (or other id) that was reached, in the transaction
    it is given, and returns what is reached now; None when nothing is left.
    """

    name: str
    run: Callable[[sqlite3.Connection, Moment, int], int | None]


class DateNotClosed(BankError):
    """The figures of a date are not right, so it stays open until a person has looked."""


def dates_to_close(conn: sqlite3.Connection, clock_date: date) -> list[date]:
    """Every date from the first that is still open up to the day before the clock's."""
    (sealed, first) = conn.execute(
        "SELECT (SELECT MAX(business_date) FROM business_days WHERE sealed_at IS NOT NULL),"
        " (SELECT MIN(business_date) FROM journal)"
    ).fetchone()
    if sealed is not None:
        start = date.fromisoformat(sealed) + timedelta(days=1)
    elif first is not None:
        start = date.fromisoformat(first)
    else:
        return []
    return [start + timedelta(days=n) for n in range((clock_date - start).days)]


async def close_date(
    books: Books, day: date, steps: Sequence[Step], now_us: Callable[[], int]
) -> None:
    """Take the date through the steps and seal it. Raises DateNotClosed; then run it again."""
    await books.write(f"freeze {day}", lambda conn: _freeze(conn, day, now_us()))
    for step in steps:
        chunk = partial(_chunk, step=step, day=day, now_us=now_us)
        while await books.write(f"{step.name} {day}", chunk):
            pass
    await books.write(f"seal {day}", lambda conn: _seal(conn, day, steps, now_us()))


def _freeze(conn: sqlite3.Connection, day: date, at: int) -> None:
    conn.execute(
        "INSERT INTO business_days (business_date, frozen_at) VALUES (?, ?)"
        " ON CONFLICT (business_date) DO NOTHING",
        (day.isoformat(), at),
    )


def _chunk(conn: sqlite3.Connection, step: Step, day: date, now_us: Callable[[], int]) -> bool:
    """Whether there may be more to do."""
    at = now_us()
    key = (day.isoformat(), step.name)
    row = conn.execute(
        "SELECT reached, finished_at FROM day_steps WHERE business_date = ? AND step = ?", key
    ).fetchone()
    reached, finished_at = row or (0, None)
    if finished_at is not None:
        return False
    following = step.run(conn, Moment(day, at), reached)
    conn.execute(
        "INSERT INTO day_steps VALUES (?, ?, ?, ?) ON CONFLICT (business_date, step)"
        " DO UPDATE SET reached = excluded.reached, finished_at = excluded.finished_at",
        (*key, reached if following is None else following, at if following is None else None),
    )
    return following is not None


def _seal(conn: sqlite3.Connection, day: date, steps: Sequence[Step], at: int) -> None:
    finished = {
        name
        for (name,) in conn.execute(
            "SELECT step FROM day_steps WHERE business_date = ? AND finished_at IS NOT NULL",
            (day.isoformat(),),
        )
    }
    missing = [step.name for step in steps if step.name not in finished]
    if missing:
        raise DateNotClosed(f"{day} is not closed: {', '.join(missing)}")
    conn.execute(
        "UPDATE business_days SET sealed_at = ?, head_seq = ?, head_hash = ?"
        " WHERE business_date = ? AND sealed_at IS NULL",
        (at, *journal.head(conn), day.isoformat()),
    )
