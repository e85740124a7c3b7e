"""Bills that pay themselves, and reminders: agreed upon once, done when the day comes.

Before every debit the customer is told, three days ahead; an amount over the agreed cap is
never debited but asked about; a debit that fails is tried on three days in a row, then given
up and said so.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

import msgspec
import structlog

from bank_bridge.contract import BankRefusal, Instruction, Money, RefusalCode
from bank_bridge.instructions.customers import customer_facts, own_account
from bank_bridge.instructions.office import Carrying, Office
from bank_bridge.instructions.requests import checked_amount, checked_text, keyed
from bank_bridge.instructions.standing import check_unlocked
from bank_bridge.ledger.accounts import account_by_id
from bank_bridge.ledger.database import to_us
from bank_bridge.product_contract import BillMode, BillOrder, DebitAgreement, DebitOrder
from bank_bridge.products.bills import rows
from bank_bridge.products.bills.figures import BillFigures
from bank_bridge.products.bills.paying import BY_AGREEMENT, KIND, collecting_account, keep_order
from bank_bridge.products.ordering import Terms, at_once, order, tell
from bank_bridge.products.proofs import Proof

AGREEMENT = "bill_agreement"
_LAST_DAY = 28  # that every month has

log = structlog.get_logger()
_replace = msgspec.structs.replace


class AgreementKind(Proof):
    """The proof that a customer agreed to debits up to a cap; it moves nothing by itself."""

    name = AGREEMENT

    def check(self, _: Carrying) -> None:
        """Whatever could speak against it was asked when it was quoted."""

    def settle(self, carrying: Carrying) -> None:
        """It takes the place of an older one for the same number."""
        agreement = carrying.record.instruction_id
        carrying.conn.execute(
            "UPDATE debit_agreements SET state = 'CLOSED' WHERE state = 'ACTIVE' AND"
            " (customer, item, number) = (SELECT customer, item, number FROM debit_agreements"
            "  WHERE agreement = ?)",
            (agreement,),
        )
        carrying.conn.execute(
            "UPDATE debit_agreements SET state = 'ACTIVE' WHERE agreement = ?", (agreement,)
        )


class _Duty(msgspec.Struct, frozen=True):
    """A bill (or a month's top-up) that an agreement or a reminder is about."""

    customer: str
    item: str
    item_name: str
    number: str
    period: str
    amount: int
    run_on: date
    bill_id: str = ""
    agreement: str = ""  # none: only a reminder
    payer_account: int = 0
    cap: int = 0

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.customer, self.item, self.number, self.period


class BillAgreements:
    """Signed in the chat like a payment; carried out by `run_due`."""

    def __init__(self, office: Office, figures: BillFigures) -> None:
        self._office, self._figures = office, figures

    async def create(self, asked: DebitOrder, idempotency_key: str) -> Instruction:
        request = keyed(idempotency_key, asked.customer, AGREEMENT, asked)
        checked_text(asked.device, "device", 200)
        checked_amount(asked.cap, self._office.rules)
        if not 0 <= asked.day <= _LAST_DAY:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, f"day is 1 to {_LAST_DAY}")

        def quote(conn: sqlite3.Connection) -> Terms:
            check_unlocked(customer_facts(conn, asked.customer), to_us(self._office.now()))
            item = rows.with_number(conn, asked.item, asked.number)
            if item.mode is BillMode.INSTANT and not asked.day:
                raise BankRefusal(RefusalCode.INVALID_REQUEST, "a top-up needs its day")
            return Terms(
                kind=AGREEMENT,
                customer=asked.customer,
                device=asked.device,
                payer=own_account(conn, asked.customer, asked.payer_number),
                payee=collecting_account(conn, item, to_us(self._office.now())),
                amount=asked.cap.fen,
                payee_name=item.name,
                memo=asked.number,
            )

        def keep(conn: sqlite3.Connection, instruction_id: str) -> None:
            conn.execute(
                "INSERT INTO debit_agreements SELECT instruction_id, customer, ?, ?,"
                " payer_account, amount, ?, 'SIGNING' FROM instructions WHERE instruction_id = ?",
                (asked.item, asked.number, asked.day, instruction_id),
            )

        return await order(self._office, request, asked.customer, quote, keep)

    async def of(self, customer: str) -> Sequence[DebitAgreement]:
        def query(conn: sqlite3.Connection) -> list[DebitAgreement]:
            found = conn.execute(
                "SELECT d.agreement, d.item, i.name, d.number, d.cap, d.day, a.number,"
                " d.state = 'ACTIVE'"
                " FROM debit_agreements d JOIN bill_items i USING (item)"
                " JOIN accounts a ON a.account_id = d.payer_account"
                " WHERE d.customer = ? AND d.state <> 'SIGNING' ORDER BY i.name, d.number",
                (customer,),
            )
            return [
                DebitAgreement(new, item, name, number, Money(cap), day, payer[-4:], bool(active))
                for new, item, name, number, cap, day, payer, active in found
            ]

        return await self._office.books.read(query)

    async def close(self, agreement: str, customer: str) -> None:
        def operation(conn: sqlite3.Connection) -> None:
            closed = conn.execute(
                "UPDATE debit_agreements SET state = 'CLOSED' WHERE agreement = ?"
                " AND customer = ? AND state <> 'SIGNING'",
                (agreement, customer),
            )
            if not closed.rowcount:
                raise BankRefusal(RefusalCode.NOT_FOUND, "no such agreement")

        await self._office.books.write(agreement, operation)

    async def run_due(self) -> int:
        """Notices, debits and reminders of this business date; each once."""
        today = self._office.today()
        duties = await self._office.books.read(lambda conn: list(self._duties(conn, today)))
        done = 0
        for duty in duties:
            done += await self._office.books.write(
                duty.agreement or duty.bill_id, partial(self._do, duty=duty, today=today)
            )
        return done

    def settle_day(self, conn: sqlite3.Connection, day: date) -> int:
        """Everything due on that date, in the caller's transaction; how much was done."""
        return sum(self._do(conn, duty, day) for duty in list(self._duties(conn, day)))

    def _duties(self, conn: sqlite3.Connection, today: date) -> Iterator[_Duty]:
        """What an agreement or a wish is about now or within the days of notice."""
        soon = (today + self._figures.notice_before).isoformat()
        agreements = conn.execute(
            "SELECT d.customer, d.item, i.name, d.number, d.agreement, d.payer_account, d.cap,"
            " d.day, i.mode FROM debit_agreements d JOIN bill_items i USING (item)"
            " WHERE d.state = 'ACTIVE'"
        ).fetchall()
        for customer, item, name, number, agreement, payer, cap, day, mode in agreements:
            blank = _Duty(customer, item, name, number, "", cap, today, "", agreement, payer, cap)
            monthly = _next_day(today, day) if day else None
            if mode == BillMode.INSTANT and monthly:
                yield _replace(blank, period=f"{monthly:%Y-%m}", run_on=monthly)
            for bill in rows.bills_of(conn, item, number) if mode == BillMode.BILL else ():
                run_on = monthly or date.fromisoformat(bill.due)
                if bill.open:
                    yield _replace(
                        blank,
                        period=bill.period,
                        amount=bill.open,
                        run_on=run_on,
                        bill_id=bill.bill_id,
                    )
        reminders = conn.execute(
            "SELECT s.customer, s.item, i.name, s.number, l.period, l.amount - l.paid, l.due,"
            " l.bill_id FROM saved_bills s JOIN bills l USING (item, number)"
            " JOIN bill_items i USING (item)"
            " WHERE s.remind AND l.paid < l.amount AND l.due <= ? AND NOT EXISTS"
            " (SELECT 1 FROM debit_agreements d WHERE d.state = 'ACTIVE'"
            "  AND (d.customer, d.item, d.number) = (s.customer, s.item, s.number))",
            (soon,),
        )
        for customer, item, name, number, period, amount, due, bill_id in reminders.fetchall():
            day_due = date.fromisoformat(due)
            yield _Duty(customer, item, name, number, period, amount, day_due, bill_id)

    def _do(self, conn: sqlite3.Connection, duty: _Duty, today: date) -> int:
        conn.execute(
            "INSERT INTO bill_duties (customer, item, number, period) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            duty.key,
        )
        noticed_on, attempts, last_day, ended = conn.execute(
            "SELECT noticed_on, attempts, last_day, ended FROM bill_duties"
            " WHERE (customer, item, number, period) = (?, ?, ?, ?)",
            duty.key,
        ).fetchone()
        before = self._figures.notice_before
        if ended or today < duty.run_on - before or last_day == today.isoformat():
            return 0
        if not noticed_on:
            kind = "bill.debit_soon" if duty.agreement else "bill.reminder"
            if duty.agreement and duty.amount > duty.cap:
                return self._give_up(conn, duty, "bill.over_cap")
            _set(conn, duty, noticed_on=today.isoformat())
            return self._tell(conn, duty, kind)
        told_in_time = today >= date.fromisoformat(noticed_on) + before
        if not duty.agreement or today < duty.run_on or not told_in_time:
            return 0
        if duty.amount > duty.cap:
            return self._give_up(conn, duty, "bill.over_cap")
        return self._debit(conn, duty, attempts + 1, today)

    def _debit(self, conn: sqlite3.Connection, duty: _Duty, attempt: int, today: date) -> int:
        _set(conn, duty, attempts=attempt, last_day=today.isoformat())
        item = rows.item_of(conn, duty.item)
        asked = BillOrder(
            customer=duty.customer,
            device="bank",
            channel=BY_AGREEMENT,
            bill_id=duty.bill_id,
            item=duty.item,
            number=duty.number,
        )
        terms = Terms(
            kind=KIND,
            customer=duty.customer,
            device="bank",
            payer=account_by_id(conn, duty.payer_account),
            payee=collecting_account(conn, item, to_us(self._office.now())),
            amount=duty.amount,
            payee_name=item.name,
            memo=f"{duty.number} {duty.period}",
        )
        conn.execute("SAVEPOINT debit")
        try:
            at_once(conn, terms, self._office, lambda c, new: keep_order(c, new, asked))
        except BankRefusal as refusal:
            conn.execute("ROLLBACK TO debit")
            conn.execute("RELEASE debit")
            log.info("debit_refused", agreement=duty.agreement, reason=refusal.code)
            if attempt >= self._figures.debit_attempts:
                return self._give_up(conn, duty, "bill.autodebit_stopped")
            return self._tell(conn, duty, "bill.autodebit_failed")
        conn.execute("RELEASE debit")
        _set(conn, duty, ended=1)
        return 1

    def _give_up(self, conn: sqlite3.Connection, duty: _Duty, kind: str) -> int:
        _set(conn, duty, ended=1)
        return self._tell(conn, duty, kind)

    def _tell(self, conn: sqlite3.Connection, duty: _Duty, kind: str) -> int:
        tell(
            conn,
            self._office,
            type_=kind,
            customer=duty.customer,
            product=AGREEMENT if duty.agreement else KIND,
            about=f"{duty.item_name} {duty.number} {duty.period}",
            amount=duty.amount,
            trace_id=duty.agreement or duty.bill_id,
        )
        return 1


def _next_day(today: date, day: int) -> date:
    """The agreed day of this month, or of the next once a notice for it could be due."""
    this = today.replace(day=day)
    if today.day <= day + 3:  # attempts may still run
        return this
    return (
        this.replace(year=today.year + 1, month=1)
        if today.month == 12  # noqa: PLR2004 - December
        else this.replace(month=today.month + 1)
    )


def _set(conn: sqlite3.Connection, duty: _Duty, **facts: int | str) -> None:
    columns = ", ".join(f"{name} = ?" for name in facts)
    conn.execute(
        f"UPDATE bill_duties SET {columns} WHERE (customer, item, number, period)"  # noqa: S608 - our own names
        " = (?, ?, ?, ?)",
        (*facts.values(), *duty.key),
    )
