"""Transfers to other banks: held, sent once, and unknown until somebody who knows has said.

The code desk comes in here with what was just proven, the bank's chores with what is due.
Sending is two commits with the outside between them: SUBMITTED before the payment leaves,
the outcome after. Nothing is ever sent again; what was not answered is inquired for at 2, 4,
8, 16 and 32 seconds, and then the clearing house's daily file decides (bank-services §1.3).
"""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import datetime

import structlog

from bank_bridge.contract import Arrival, BankRefusal, RefusalCode
from bank_bridge.contract import InstructionState as State
from bank_bridge.counterparties.clearing_link import (
    Answer,
    ClearingLink,
    NoAnswer,
    Payment,
    Verdict,
)
from bank_bridge.instructions.customers import customer_facts
from bank_bridge.instructions.day_limits import check_proven, remind
from bank_bridge.instructions.movements import Movement, move
from bank_bridge.instructions.office import Carrying, Office
from bank_bridge.instructions.outside import number_of
from bank_bridge.instructions.records import Record, advance, find
from bank_bridge.instructions.routing import Route, plan
from bank_bridge.instructions.standing import check_not_frozen
from bank_bridge.instructions.tiers import check_out
from bank_bridge.ledger import holds
from bank_bridge.ledger.accounts import account_by_id
from bank_bridge.ledger.database import from_us, to_us

_FOR_EVER = 2**62  # an outside party may still take it: only its answer ends the hold
_INQUIRIES_S = (2, 4, 8, 16, 32)
_ANSWER_S = 2.0
_DUE_AT_ONCE = 100
_REASONS = {
    "name_mismatch": RefusalCode.PAYEE_NAME_MISMATCH,
    "no_such_account": RefusalCode.PAYEE_NAME_MISMATCH,
}
IN_FLIGHT = frozenset({State.SUBMITTED, State.UNKNOWN})

log = structlog.get_logger()


def depart(conn: sqlite3.Connection, record: Record, office: Office, moment: datetime) -> Record:
    """Hold the money of a transfer that was just proven; FAILED with the reason if it cannot go."""
    at = to_us(moment)
    try:
        used = check_proven(Carrying(conn, record, moment, office))
        if record.arrival == Arrival.REAL_TIME:
            plan(Arrival.REAL_TIME, record.amount, moment, office.rules)
        payer = account_by_id(conn, record.payer_account)
        check_out(conn, payer, record.kind, record.amount, moment, office)
        _hold(conn, record, at)
    except BankRefusal as refusal:
        return advance(conn, record, (State.AUTHORISED, State.FAILED), at, failure=refusal.code)
    remind(Carrying(conn, record, moment, office), used)
    conn.execute(
        "INSERT INTO clearing (instruction_id, look_at) VALUES (?, ?)",
        (record.instruction_id, max(record.sends_at or at, at)),
    )
    return advance(conn, record, (State.AUTHORISED, State.HELD), at)


def _hold(conn: sqlite3.Connection, record: Record, at: int) -> None:
    check_not_frozen(conn, record.customer)
    times = range(at, _FOR_EVER)
    if not holds.place(conn, record.instruction_id, record.payer_account, record.amount, times):
        raise BankRefusal(RefusalCode.INSUFFICIENT_FUNDS, "not enough available")


def recall(conn: sqlite3.Connection, record: Record, at: int) -> None:
    """Give back what was held for a transfer that the customer cancels before it is sent."""
    holds.resolve(conn, record.instruction_id, holds.Resolution.VOIDED, at)
    conn.execute(
        "UPDATE clearing SET look_at = NULL WHERE instruction_id = ?", (record.instruction_id,)
    )


class ClearingDesk:
    """Sends what is due and finds out what became of it."""

    def __init__(self, office: Office, link: ClearingLink) -> None:
        self._office, self._link = office, link

    async def run_due(self) -> int:
        """Everything that is due now; how much was done."""
        answers = await self._link.late_answers()
        for answer in answers:
            await self.take(answer)
        due = await self._office.books.read(self._due)
        for instruction_id, customer, state in due:
            await (self.send if state is State.HELD else self._inquire)(instruction_id, customer)
        return len(answers) + len(due)

    async def send(self, instruction_id: str, customer: str) -> Record:
        """Send one that is HELD and due; as it stands, otherwise or afterwards."""
        payment = await self._office.books.write(
            instruction_id, lambda conn: self._submit(conn, instruction_id, customer)
        )
        if payment is not None:
            try:
                async with asyncio.timeout(_ANSWER_S):
                    answer = await self._link.send(payment)
            except (NoAnswer, TimeoutError):
                await self._unanswered(instruction_id, customer)
            else:
                await self.take(answer)
        return await self._office.books.read(lambda conn: find(conn, instruction_id, customer))

    async def take(self, answer: Answer) -> None:
        """An answer, in whatever order and however often: it counts while nothing else has."""
        await self._office.books.write(answer.payment_id, lambda conn: self._settle(conn, answer))

    async def _inquire(self, instruction_id: str, customer: str) -> None:
        try:
            async with asyncio.timeout(_ANSWER_S):
                answer = await self._link.inquire(instruction_id)
        except (NoAnswer, TimeoutError):
            await self._unanswered(instruction_id, customer)
            return
        if answer.verdict is Verdict.NOT_RECEIVED:  # so far; only the file can say never
            await self._unanswered(instruction_id, customer)
        else:
            await self.take(answer)

    def _due(self, conn: sqlite3.Connection) -> list[tuple[str, str, State]]:
        rows = conn.execute(
            "SELECT instruction_id, customer, state FROM clearing JOIN instructions"
            " USING (instruction_id) WHERE look_at <= ? ORDER BY look_at LIMIT ?",
            (to_us(self._office.now()), _DUE_AT_ONCE),
        )
        return [
            (instruction_id, customer, State(state)) for instruction_id, customer, state in rows
        ]

    def _submit(
        self, conn: sqlite3.Connection, instruction_id: str, customer: str
    ) -> Payment | None:
        """SUBMITTED, and what is to be sent; none if that is not now, or was done."""
        at = to_us(self._office.now())
        record = find(conn, instruction_id, customer)
        if record.state is not State.HELD or at < (record.sends_at or 0):
            return None
        advance(conn, record, [State.SUBMITTED], at)
        day = self._office.rules.local_date(from_us(at))
        # Should this process die before it has an answer, an inquiry follows, never a second.
        self._look(conn, instruction_id, at + int(2 * _ANSWER_S * 10**6))
        conn.execute(
            "UPDATE clearing SET sent_at = ?, day = ? WHERE instruction_id = ?",
            (at, day.isoformat(), instruction_id),
        )
        return Payment(
            payment_id=instruction_id,
            amount=record.amount,
            payer_name=customer_facts(conn, customer).name,
            payee_name=record.payee_name,
            payee_number=number_of(account_by_id(conn, record.payee_account)),
            payee_bank=record.payee_bank,
            route=self._route(record, from_us(at)),
            day=day,
        )

    def _route(self, record: Record, moment: datetime) -> Route:
        try:
            return plan(Arrival(record.arrival), record.amount, moment, self._office.rules).route
        except BankRefusal:  # its window closed while it was being proven
            return Route.HVPS

    async def _unanswered(self, instruction_id: str, customer: str) -> None:
        """UNKNOWN, and when to ask next; after the last inquiry the file is waited for."""

        def operation(conn: sqlite3.Connection) -> None:
            at = to_us(self._office.now())
            record = find(conn, instruction_id, customer)
            if record.state is State.SUBMITTED:
                advance(conn, record, [State.UNKNOWN], at)
                log.warning("transfer_unknown", instruction=instruction_id)
            elif record.state is not State.UNKNOWN:
                return
            (asked,) = conn.execute(
                "UPDATE clearing SET asked = asked + 1 WHERE instruction_id = ? RETURNING asked",
                (instruction_id,),
            ).fetchone()
            more = asked <= len(_INQUIRIES_S)
            self._look(conn, instruction_id, at + _INQUIRIES_S[asked - 1] * 10**6 if more else None)

        await self._office.books.write(instruction_id, operation)

    def _settle(self, conn: sqlite3.Connection, answer: Answer) -> None:
        record = _sent(conn, answer.payment_id)
        if record is None or record.state not in IN_FLIGHT:
            if record and (answer.verdict is Verdict.ACCEPTED) != (record.state is State.SUCCEEDED):
                log.critical("clearing_contradicts", instruction=answer.payment_id)
            return
        settle(conn, record, self._office, answer)

    def _look(self, conn: sqlite3.Connection, instruction_id: str, at: int | None) -> None:
        conn.execute(
            "UPDATE clearing SET look_at = ? WHERE instruction_id = ?", (at, instruction_id)
        )


def settle(conn: sqlite3.Connection, record: Record, office: Office, answer: Answer) -> Record:
    """End a transfer that is in flight, by the word of who knows: post it, or give it back."""
    moment = office.now()
    at = to_us(moment)
    conn.execute(
        "UPDATE clearing SET look_at = NULL WHERE instruction_id = ?", (record.instruction_id,)
    )
    if answer.verdict is not Verdict.ACCEPTED:
        holds.resolve(conn, record.instruction_id, holds.Resolution.VOIDED, at)
        code = _REASONS.get(answer.reason, RefusalCode.COUNTERPARTY_DECLINED)
        return advance(conn, record, [State.FAILED], at, failure=code)
    holds.resolve(conn, record.instruction_id, holds.Resolution.POSTED, at)
    payer = account_by_id(conn, record.payer_account)
    posted = move(
        conn,
        Movement(
            kind=record.kind,
            product="interbank_transfer",
            channel="chat",
            payer=payer,
            payee=account_by_id(conn, record.payee_account),
            amount=record.amount,
            moment=moment,
            instruction_id=record.instruction_id,
        ),
        office,
    )
    return advance(
        conn,
        record,
        [State.SUCCEEDED],
        at,
        reference=posted.reference,
        balance_after=posted.balances[payer.account_id],
    )


def _sent(conn: sqlite3.Connection, instruction_id: str) -> Record | None:
    """The instruction of a payment that was sent from here."""
    row = conn.execute(
        "SELECT customer FROM clearing JOIN instructions USING (instruction_id)"
        " WHERE instruction_id = ? AND sent_at IS NOT NULL",
        (instruction_id,),
    ).fetchone()
    return None if row is None else find(conn, instruction_id, row[0])
