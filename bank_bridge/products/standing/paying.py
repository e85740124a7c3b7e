"""What is due of standing transfers: paid on its day, tried again, given up, told.

A day's payment, its row and what it moves on to are one commit, so that a process that dies
anywhere, or another beside it, never pays a day twice. A payment to another bank is held in
that commit and sent by the clearing desk; its outcome is told when it is known.
"""

from __future__ import annotations

import sqlite3
from datetime import date
from functools import partial

import msgspec
import structlog

from bank_bridge.contract import BankRefusal, Money, TransferOrder
from bank_bridge.contract import InstructionState as State
from bank_bridge.instructions.clearing import depart
from bank_bridge.instructions.execution import carry_out
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.records import Record, create, find
from bank_bridge.instructions.rules import SHANGHAI
from bank_bridge.instructions.transfers import quote_transfer
from bank_bridge.ledger.accounts import account_by_id
from bank_bridge.products.ordering import tell
from bank_bridge.products.standing.agreeing import AGREEMENT
from bank_bridge.products.standing.figures import StandingFigures, following
from bank_bridge.standing_contract import Rhythm

_BANK = "bank"  # the device that a payment by agreement is bound to
_AT_ONCE = 100
_PROVEN_BEFORE = (State.QUOTED, State.REQUIRES_CONFIRMATION, State.REQUIRES_AUTH)

log = structlog.get_logger()


class _Agreed(msgspec.Struct, frozen=True):
    """One active standing transfer, and the day that is to be paid next."""

    standing: str
    customer: str
    payer_account: int
    payee_id: str
    amount: int
    rhythm: str
    day: int
    next_on: str
    state: str


class StandingPayments:
    """Called over and over; each call does what is due now."""

    def __init__(self, office: Office, figures: StandingFigures) -> None:
        self._office, self._figures = office, figures

    async def run_due(self) -> int:
        books, today = self._office.books, self._today()
        done = 0
        for standing in await books.read(partial(_due, today=today)):
            done += await books.write(standing, partial(self._pay, standing=standing))
        for instruction_id, customer in await books.read(_ended):
            told = partial(self._tell_end, instruction_id=instruction_id, customer=customer)
            done += await books.write(instruction_id, told)
        return done

    def _today(self) -> date:
        """The last date whose payments are due by now."""
        local = self._office.now().astimezone(SHANGHAI)
        days = local.date().toordinal() - (local.hour < self._figures.hour)
        return date.fromordinal(days)

    def _pay(self, conn: sqlite3.Connection, standing: str) -> int:
        row = conn.execute(
            "SELECT * FROM standing_transfers WHERE standing = ?", (standing,)
        ).fetchone()
        agreed, today = _Agreed(*row), self._today()
        due = date.fromisoformat(agreed.next_on)
        if agreed.state != "ACTIVE" or due > today:
            return 0  # another process was first
        tried = conn.execute(
            "SELECT attempts, last_day FROM standing_runs WHERE standing = ? AND due_on = ?",
            (standing, agreed.next_on),
        ).fetchone()
        attempts, last_day = tried or (0, "")
        if last_day == today.isoformat():
            return 0
        if (today - due).days > self._figures.late_days:
            return self._move_on(conn, agreed, "standing.missed")
        _note(conn, agreed, attempts + 1, today)
        conn.execute("SAVEPOINT payment")
        try:
            paid = self._transfer(conn, agreed)
        except BankRefusal as refusal:
            conn.execute("ROLLBACK TO payment")
            conn.execute("RELEASE payment")
            log.info("standing_payment_refused", standing=standing, reason=refusal.code)
            if attempts + 1 >= self._figures.attempts:
                return self._move_on(conn, agreed, "standing.stopped")
            return self._tell(conn, agreed.customer, _payee_name(conn, agreed), agreed, "failed")
        conn.execute("RELEASE payment")
        conn.execute(
            "UPDATE standing_runs SET instruction_id = ? WHERE standing = ? AND due_on = ?",
            (paid.instruction_id, standing, agreed.next_on),
        )
        return self._move_on(conn, agreed, "")

    def _transfer(self, conn: sqlite3.Connection, agreed: _Agreed) -> Record:
        """Today's payment, as a transfer of its own. Raises the refusal."""
        office = self._office
        asked = TransferOrder(
            customer=agreed.customer,
            device=_BANK,
            payee_id=agreed.payee_id,
            amount=Money(agreed.amount),
            payer_number=account_by_id(conn, agreed.payer_account).number,
        )
        ready = create(conn, quote_transfer(conn, asked, office.new_id(), office), _PROVEN_BEFORE)
        moment = office.now()
        if ready.payee_bank:
            done = depart(conn, ready, office, moment)
        else:
            done = carry_out(conn, ready, office, moment, AGREEMENT)
        if done.failure is not None:
            raise BankRefusal(done.failure, "could not be carried out")
        return done

    def _move_on(self, conn: sqlite3.Connection, agreed: _Agreed, kind: str) -> int:
        """To the next day, or the end; `kind`: what the customer is told of this one."""
        due = date.fromisoformat(agreed.next_on)
        after = following(due, Rhythm(agreed.rhythm), agreed.day)
        conn.execute(
            "UPDATE standing_transfers SET next_on = ?, state = ? WHERE standing = ?",
            (after or due, "ACTIVE" if after else "DONE", agreed.standing),
        )
        if kind:
            word = kind.partition(".")[2]
            self._tell(conn, agreed.customer, _payee_name(conn, agreed), agreed, word)
        return 1

    def _tell(
        self, conn: sqlite3.Connection, customer: str, about: str, agreed: _Agreed, word: str
    ) -> int:
        tell(
            conn,
            self._office,
            type_=f"standing.{word}",
            customer=customer,
            product=AGREEMENT,
            about=about,
            amount=agreed.amount,
            trace_id=agreed.standing,
        )
        return 1

    def _tell_end(self, conn: sqlite3.Connection, instruction_id: str, customer: str) -> int:
        """A payment that came to its end is told once."""
        told = conn.execute(
            "UPDATE standing_runs SET told = 1 WHERE instruction_id = ? AND NOT told",
            (instruction_id,),
        )
        if not told.rowcount:
            return 0
        record = find(conn, instruction_id, customer)
        row = conn.execute(
            "SELECT s.* FROM standing_transfers s JOIN standing_runs r USING (standing)"
            " WHERE r.instruction_id = ?",
            (instruction_id,),
        ).fetchone()
        word = "paid" if record.state is State.SUCCEEDED else "declined"
        return self._tell(conn, customer, record.payee_name, _Agreed(*row), word)


def _due(conn: sqlite3.Connection, today: date) -> list[str]:
    rows = conn.execute(
        "SELECT s.standing FROM standing_transfers s LEFT JOIN standing_runs r"
        " ON r.standing = s.standing AND r.due_on = s.next_on"
        " WHERE s.state = 'ACTIVE' AND s.next_on <= ?1 AND IFNULL(r.last_day, '') <> ?1 LIMIT ?2",
        (today.isoformat(), _AT_ONCE),
    )
    return [standing for (standing,) in rows]


def _ended(conn: sqlite3.Connection) -> list[tuple[str, str]]:
    """Payments whose end has not been told."""
    rows = conn.execute(
        "SELECT r.instruction_id, i.customer FROM standing_runs r"
        " JOIN instructions i USING (instruction_id)"
        " WHERE NOT r.told AND i.state IN ('SUCCEEDED', 'FAILED', 'CANCELLED') LIMIT ?",
        (_AT_ONCE,),
    )
    return [(instruction_id, customer) for instruction_id, customer in rows]


def _note(conn: sqlite3.Connection, agreed: _Agreed, attempts: int, today: date) -> None:
    conn.execute(
        "INSERT INTO standing_runs (standing, due_on, attempts, last_day) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (standing, due_on) DO UPDATE SET"
        " attempts = excluded.attempts, last_day = excluded.last_day",
        (agreed.standing, agreed.next_on, attempts, today.isoformat()),
    )


def _payee_name(conn: sqlite3.Connection, agreed: _Agreed) -> str:
    (name,) = conn.execute(
        "SELECT name FROM payees WHERE payee_id = ?", (agreed.payee_id,)
    ).fetchone()
    return str(name)
