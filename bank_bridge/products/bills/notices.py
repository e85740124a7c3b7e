"""Telling billers what was paid: each payment once, in order for each number, until answered.

A biller that is down delays its notices and loses none. One that rejects a payment gets
nothing: the money goes back to the payer in one commit.
"""

from __future__ import annotations

import sqlite3

import msgspec
import structlog

from bank_bridge.contract import BankRefusal, Money
from bank_bridge.contract import InstructionState as State
from bank_bridge.instructions.office import Carrying, Office
from bank_bridge.instructions.records import advance, find
from bank_bridge.ledger.accounts import account_by_id
from bank_bridge.ledger.database import to_us
from bank_bridge.products.bills.figures import BillFigures
from bank_bridge.products.bills.links import BillerLinks, PaymentNotice
from bank_bridge.products.ordering import Terms, at_once, tell

REFUND = "bill_refund"
_AT_ONCE = 50

log = structlog.get_logger()


class RefundKind:
    """Money on its way back to a payer."""

    moves_money = True

    def product(self, _: Carrying) -> str:
        return REFUND

    def channel(self, _: Carrying) -> str:
        return "bank"

    def known(self, _: Carrying) -> bool:
        return False

    def check(self, _: Carrying) -> None:
        """What was collected can be given back at any time."""

    def settle(self, _: Carrying) -> None:
        """Its rows are written by whoever refunds."""


class _Due(msgspec.Struct, frozen=True):
    instruction_id: str
    attempts: int
    notice: PaymentNotice


class BillNotices:
    """The tray of payments that billers have not acknowledged."""

    def __init__(self, office: Office, figures: BillFigures, links: BillerLinks) -> None:
        self._office, self._figures, self._links = office, figures, links

    async def send_due(self) -> int:
        """Tell what is due now; how many were answered."""
        answered = 0
        while due := await self._office.books.read(self._due):
            for one in due:
                answered += await self._send(one)
        return answered

    def _due(self, conn: sqlite3.Connection) -> list[_Due]:
        """The oldest untold payment of each number, if its time has come."""
        rows = conn.execute(
            "SELECT p.instruction_id, p.attempts, p.reference, p.item, p.number,"
            " COALESCE(l.period, ''), p.amount FROM bill_payments p LEFT JOIN bills l"
            " USING (bill_id) WHERE p.state = 'PAID' AND p.next_notice_at <= ?"
            " AND NOT EXISTS (SELECT 1 FROM bill_payments e WHERE e.item = p.item"
            "  AND e.number = p.number AND e.place < p.place AND e.state = 'PAID')"
            " ORDER BY p.place LIMIT ?",
            (to_us(self._office.now()), _AT_ONCE),
        )
        return [
            _Due(new, attempts, PaymentNotice(reference, item, number, period, Money(amount)))
            for new, attempts, reference, item, number, period, amount in rows
        ]

    async def _send(self, due: _Due) -> int:
        acknowledged = await self._links.notify(due.notice)
        try:
            await self._office.books.write(
                due.instruction_id, lambda conn: self._note(conn, due, acknowledged)
            )
        except BankRefusal as refusal:  # told again later: it is still PAID
            log.warning("notice_not_noted", instruction=due.instruction_id, reason=refusal.code)
            raise
        return acknowledged is not None

    def _note(self, conn: sqlite3.Connection, due: _Due, acknowledged: bool | None) -> None:
        if acknowledged is None:
            waits = self._figures.notice_waits_s
            wait_s = waits[min(due.attempts, len(waits) - 1)]
            conn.execute(
                "UPDATE bill_payments SET attempts = attempts + 1, next_notice_at = ?"
                " WHERE instruction_id = ?",
                (to_us(self._office.now()) + wait_s * 10**6, due.instruction_id),
            )
            return
        state = "NOTIFIED" if acknowledged else "REFUNDED"
        moved = conn.execute(
            "UPDATE bill_payments SET state = ? WHERE instruction_id = ? AND state = 'PAID'",
            (state, due.instruction_id),
        )
        if moved.rowcount and not acknowledged:
            self._refund(conn, due)

    def _refund(self, conn: sqlite3.Connection, due: _Due) -> None:
        """REFUND_PENDING and REFUNDED in one commit: nobody ever sees the first."""
        (customer, bill_id) = conn.execute(
            "SELECT i.customer, p.bill_id FROM bill_payments p JOIN instructions i"
            " USING (instruction_id) WHERE instruction_id = ?",
            (due.instruction_id,),
        ).fetchone()
        paid = find(conn, due.instruction_id, customer)
        at_once(
            conn,
            Terms(
                kind=REFUND,
                customer=customer,
                device="bank",
                payer=account_by_id(conn, paid.payee_account),
                payee=account_by_id(conn, paid.payer_account),
                amount=paid.amount,
                payee_name=paid.payee_name,
                memo=paid.memo,
            ),
            self._office,
        )
        advance(conn, paid, [State.REVERSED], to_us(self._office.now()))
        conn.execute("UPDATE bills SET paid = paid - ? WHERE bill_id = ?", (paid.amount, bill_id))
        tell(
            conn,
            self._office,
            type_="bill.refunded",
            customer=customer,
            product=REFUND,
            about=f"{paid.payee_name} {due.notice.number}",
            amount=paid.amount,
            trace_id=due.instruction_id,
        )
