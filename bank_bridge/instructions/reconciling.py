"""The clearing house's daily file against our log: it settles what is open, and finds the rest.

The bank's chores come in here once a file is there. What was unknown ends: in the file, it
succeeded; not in it, it never arrived and is given back. Where the two sides disagree nothing
is moved: a difference is kept for a person (bank-services §5).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date

import msgspec
import structlog

from bank_bridge.contract import InstructionState as State
from bank_bridge.counterparties.clearing_link import Answer, ClearingLink, FileLine, Verdict
from bank_bridge.instructions.clearing import IN_FLIGHT, settle
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.records import Record, find
from bank_bridge.ledger.database import to_us

log = structlog.get_logger()


class Difference(msgspec.Struct, frozen=True):
    """`kind`: ours_only, theirs_only, amount_differs; amounts in fen."""

    payment_id: str
    kind: str
    ours: int | None
    theirs: int | None


class ClearingDay(msgspec.Struct, frozen=True):
    """What came of one day's file; `settled` and `returned` were unknown until then."""

    day: date
    matched: int
    settled: int
    returned: int
    differences: Sequence[Difference]


class Reconciliation:
    """One day at a time, oldest first; each once."""

    def __init__(self, office: Office, link: ClearingLink) -> None:
        self._office, self._link = office, link

    async def run_due(self) -> int:
        """Every past day on which something was sent and whose file is there."""
        done = 0
        for day in await self._office.books.read(self._open_days):
            lines = await self._link.day_file(day)
            if lines is not None:
                found = await self.reconcile(day, lines)
                if found.differences:
                    log.error("clearing_differences", day=day.isoformat())
                done += 1
        return done

    async def reconcile(self, day: date, lines: Sequence[FileLine]) -> ClearingDay:
        """Compare and settle, in one commit; the same day again says what was found then."""
        return await self._office.books.write(
            day.isoformat(), lambda conn: self._reconcile(conn, day, lines)
        )

    async def days(self, limit: int) -> Sequence[ClearingDay]:
        """The newest days that were reconciled, oldest first."""
        return await self._office.books.read(lambda conn: _newest_days(conn, limit))

    def _open_days(self, conn: sqlite3.Connection) -> list[date]:
        today = self._office.rules.local_date(self._office.now())
        rows = conn.execute(
            "SELECT DISTINCT day FROM clearing WHERE day < ?"
            " AND day NOT IN (SELECT day FROM clearing_days) ORDER BY day",
            (today.isoformat(),),
        )
        return [date.fromisoformat(day) for (day,) in rows]

    def _reconcile(
        self, conn: sqlite3.Connection, day: date, lines: Sequence[FileLine]
    ) -> ClearingDay:
        if (earlier := _found_before(conn, day)) is not None:
            return earlier
        theirs = {line.payment_id: line.amount for line in lines}
        differences, counts = list[Difference](), {"matched": 0, "settled": 0, "returned": 0}
        for record in _sent_on(conn, day):
            amount = theirs.pop(record.instruction_id, None)
            if amount not in (None, record.amount):
                differences.append(_differs("amount_differs", record, amount))
            elif record.state in IN_FLIGHT:
                self._end(conn, record, counts, arrived=amount is not None)
            elif (amount is not None) != (record.state is not State.FAILED):
                kind = "ours_only" if amount is None else "theirs_only"
                differences.append(_differs(kind, record, amount))
            else:
                counts["matched"] += amount is not None
        differences += [
            Difference(payment_id, "theirs_only", None, amount)
            for payment_id, amount in theirs.items()
        ]
        found = ClearingDay(day, **counts, differences=differences)
        self._keep(conn, found)
        return found

    def _end(
        self, conn: sqlite3.Connection, record: Record, counts: dict[str, int], *, arrived: bool
    ) -> None:
        verdict = Verdict.ACCEPTED if arrived else Verdict.NOT_RECEIVED
        settle(conn, record, self._office, Answer(record.instruction_id, verdict))
        counts["settled" if arrived else "returned"] += 1

    def _keep(self, conn: sqlite3.Connection, found: ClearingDay) -> None:
        day = found.day.isoformat()
        conn.execute(
            "INSERT INTO clearing_days VALUES (?, ?, ?, ?, ?)",
            (day, found.matched, found.settled, found.returned, to_us(self._office.now())),
        )
        conn.executemany(
            "INSERT INTO clearing_differences VALUES (?, ?, ?, ?, ?)",
            [(day, d.payment_id, d.kind, d.ours, d.theirs) for d in found.differences],
        )


def _sent_on(conn: sqlite3.Connection, day: date) -> list[Record]:
    rows = conn.execute(
        "SELECT instruction_id, customer FROM clearing JOIN instructions USING (instruction_id)"
        " WHERE day = ? ORDER BY instruction_id",
        (day.isoformat(),),
    ).fetchall()
    return [find(conn, instruction_id, customer) for instruction_id, customer in rows]


def _differs(kind: str, record: Record, theirs: int | None) -> Difference:
    return Difference(record.instruction_id, kind, record.amount, theirs)


def _newest_days(conn: sqlite3.Connection, limit: int) -> list[ClearingDay]:
    rows = conn.execute("SELECT day FROM clearing_days ORDER BY day DESC LIMIT ?", (limit,))
    found = [_found_before(conn, date.fromisoformat(day)) for (day,) in rows.fetchall()]
    return [day for day in reversed(found) if day is not None]


def _found_before(conn: sqlite3.Connection, day: date) -> ClearingDay | None:
    row = conn.execute(
        "SELECT matched, settled, returned FROM clearing_days WHERE day = ?", (day.isoformat(),)
    ).fetchone()
    if row is None:
        return None
    differences = conn.execute(
        "SELECT payment_id, class, ours, theirs FROM clearing_differences WHERE day = ?",
        (day.isoformat(),),
    )
    matched, settled, returned = row
    return ClearingDay(day, matched, settled, returned, [Difference(*d) for d in differences])
