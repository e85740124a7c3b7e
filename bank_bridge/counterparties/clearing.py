"""A clearing house that behaves as badly as its temper says, the same way for the same seed.

What it received is in a file of its own, so that it outlives the bank's process as another
party would. Every fault is drawn from the seed and the payment's id alone.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

import msgspec
from stdnum import luhn

from bank_bridge.counterparties.clearing_link import (
    Answer,
    FileLine,
    NoAnswer,
    Payment,
    Verdict,
)

Result = TypeVar("Result")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS received (
    payment_id TEXT PRIMARY KEY,
    amount INTEGER NOT NULL,            -- fen
    payee_number TEXT NOT NULL,
    payee_name TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    day TEXT NOT NULL                   -- on which it was settled
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS received_of_number ON received (payee_number);
CREATE INDEX IF NOT EXISTS received_on ON received (day);
CREATE TABLE IF NOT EXISTS answers (
    answer_id INTEGER PRIMARY KEY,
    payment_id TEXT NOT NULL,
    due REAL NOT NULL                   -- seconds since 1970
) STRICT;
"""


class ClearingTemper(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often each thing goes wrong, of one; what is left is answered at once."""

    seed: int = 0
    decline: float = 0.0
    lose_request: float = 0.0
    lose_answer: float = 0.0
    delay: float = 0.0
    repeat: float = 0.0
    delay_s: float = 20.0


class SeededClearing:
    """Implements `ClearingLink`. Opened with its first payment."""

    def __init__(
        self,
        path: Path,
        now: Callable[[], datetime],
        day_of: Callable[[datetime], date],
        temper: ClearingTemper,
    ) -> None:
        self._path, self._now, self._day_of, self._temper = path, now, day_of, temper
        self._turn = asyncio.Lock()
        self._conn: sqlite3.Connection | None = None

    async def send(self, payment: Payment) -> Answer:
        return await self._in_turn(lambda conn: self._send(conn, payment))

    async def inquire(self, payment_id: str) -> Answer:
        return await self._in_turn(lambda conn: self._inquire(conn, payment_id))

    async def late_answers(self) -> Sequence[Answer]:
        if not self._path.exists():
            return ()
        return await self._in_turn(self._late_answers)

    async def day_file(self, day: date) -> Sequence[FileLine] | None:
        if day >= self._day_of(self._now()):
            return None
        return await self._in_turn(lambda conn: _lines(conn, day))

    async def close(self) -> None:
        async with self._turn:
            if self._conn is not None:
                self._conn.close()

    async def _in_turn(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        async with self._turn:
            return await asyncio.to_thread(lambda: work(self._opened()))

    def _opened(self) -> sqlite3.Connection:
        if self._conn is None:
            self._conn = sqlite3.connect(
                self._path, isolation_level=None, check_same_thread=False, timeout=5
            )
            self._conn.execute("PRAGMA journal_mode = WAL")
            self._conn.executescript(_SCHEMA)
        return self._conn

    def _send(self, conn: sqlite3.Connection, payment: Payment) -> Answer:
        temper, chance = self._temper, Random(f"{self._temper.seed}:{payment.payment_id}")  # noqa: S311 - faults, no secrets
        if chance.random() < temper.lose_request:
            raise NoAnswer
        verdict, reason = self._judged(conn, payment, chance)
        conn.execute(
            "INSERT INTO received VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                payment.payment_id,
                payment.amount,
                payment.payee_number,
                payment.payee_name,
                verdict,
                reason,
                payment.day.isoformat(),
            ),
        )
        if chance.random() < temper.lose_answer:
            raise NoAnswer
        if chance.random() < temper.delay:
            self._answer_later(conn, payment.payment_id, temper.delay_s * chance.random())
            raise NoAnswer
        if chance.random() < temper.repeat:
            self._answer_later(conn, payment.payment_id, 0)
        return self._known(conn, payment.payment_id)

    def _judged(
        self, conn: sqlite3.Connection, payment: Payment, chance: Random
    ) -> tuple[Verdict, str]:
        """A number has the name under which it was first paid."""
        row = conn.execute(
            "SELECT payee_name FROM received WHERE payee_number = ? AND verdict = 'accepted'"
            " ORDER BY day, payment_id LIMIT 1",
            (payment.payee_number,),
        ).fetchone()
        if payment.day < self._day_of(self._now()):
            return Verdict.DECLINED, "too_late"  # that day's file is closed
        if not luhn.is_valid(payment.payee_number):
            return Verdict.DECLINED, "no_such_account"
        if row is not None and row[0] != payment.payee_name:
            return Verdict.DECLINED, "name_mismatch"
        if chance.random() < self._temper.decline:
            return Verdict.DECLINED, "refused"
        return Verdict.ACCEPTED, ""

    def _inquire(self, conn: sqlite3.Connection, payment_id: str) -> Answer:
        if self._loses_every_answer(payment_id):
            raise NoAnswer
        return self._known(conn, payment_id)

    def _loses_every_answer(self, payment_id: str) -> bool:
        chance = Random(f"{self._temper.seed}:inquiry:{payment_id}")  # noqa: S311 - as above
        return chance.random() < self._temper.lose_answer

    def _known(self, conn: sqlite3.Connection, payment_id: str) -> Answer:
        row = conn.execute(
            "SELECT verdict, reason FROM received WHERE payment_id = ?", (payment_id,)
        ).fetchone()
        if row is None:
            return Answer(payment_id, Verdict.NOT_RECEIVED)
        return Answer(payment_id, Verdict(row[0]), row[1])

    def _answer_later(self, conn: sqlite3.Connection, payment_id: str, after_s: float) -> None:
        due = (self._now() + timedelta(seconds=after_s)).timestamp()
        conn.execute("INSERT INTO answers (payment_id, due) VALUES (?, ?)", (payment_id, due))

    def _late_answers(self, conn: sqlite3.Connection) -> Sequence[Answer]:
        rows = conn.execute(
            "DELETE FROM answers WHERE due <= ? RETURNING payment_id", (self._now().timestamp(),)
        ).fetchall()
        answers = [self._known(conn, payment_id) for (payment_id,) in rows]
        Random(f"{self._temper.seed}:{len(answers)}").shuffle(answers)  # noqa: S311 - as above
        return answers


def _lines(conn: sqlite3.Connection, day: date) -> Sequence[FileLine]:
    rows = conn.execute(
        "SELECT payment_id, amount FROM received WHERE day = ? AND verdict = 'accepted'"
        " ORDER BY payment_id",
        (day.isoformat(),),
    )
    return [FileLine(*row) for row in rows]
