"""Bills and items as stored, read into what a payer may see."""

from __future__ import annotations

import re
import sqlite3
from datetime import date

import msgspec

from bank_bridge.contract import BankRefusal, Money, RefusalCode
from bank_bridge.ledger.database import from_us
from bank_bridge.product_contract import Bill, BillItem, BillMode, BillPayment, BillState

_ITEM = (
    "SELECT i.item, i.name, i.biller, b.name, i.category, i.mode, i.part_allowed,"
    " i.number_pattern FROM bill_items i JOIN billers b USING (biller)"
    " WHERE i.checker IS NOT NULL AND b.checker IS NOT NULL"  # two officers admitted both
)
_BILL = (
    "SELECT l.bill_id, l.item, i.name, b.name, i.category, l.number, l.owner, l.period, l.amount,"
    " l.paid, l.due, i.part_allowed FROM bills l JOIN bill_items i USING (item)"
    " JOIN billers b USING (biller) WHERE i.checker IS NOT NULL AND b.checker IS NOT NULL"
)
_PAYMENT = (
    "SELECT p.instruction_id, p.reference, i.name, b.name, i.category, p.number,"
    " COALESCE(l.period, ''), p.amount, p.channel, p.state, p.paid_at FROM bill_payments p"
    " JOIN bill_items i USING (item) JOIN billers b ON b.biller = p.biller"
    " LEFT JOIN bills l USING (bill_id)"
)
_ORDER = [BillState.PAID, BillState.NOTIFIED, BillState.RECONCILED]


class StoredBill(msgspec.Struct, frozen=True):
    """One row of `bills` with its item; amounts in fen."""

    bill_id: str
    item: str
    item_name: str
    biller_name: str
    category: int
    number: str
    owner: str
    period: str
    amount: int
    paid: int
    due: str
    part_allowed: int

    @property
    def open(self) -> int:
        return self.amount - self.paid


def items(conn: sqlite3.Connection, category: int = 0) -> list[BillItem]:
    rows = conn.execute(
        _ITEM + " AND :category IN (0, i.category) ORDER BY i.category, i.item",
        {"category": category},
    )
    return [
        BillItem(item, name, biller, biller_name, kind, BillMode(mode), bool(part), pattern)
        for item, name, biller, biller_name, kind, mode, part, pattern in rows
    ]


def item_of(conn: sqlite3.Connection, item: str) -> BillItem:
    """Raises NOT_FOUND, also for one that is not admitted."""
    found = next((one for one in items(conn) if one.item == item), None)
    if found is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such item")
    return found


def with_number(conn: sqlite3.Connection, item: str, number: str) -> BillItem:
    """The item, if the number can be one of its. Raises NOT_FOUND or INVALID_REQUEST."""
    found = item_of(conn, item)
    if not re.fullmatch(found.number_pattern, number):
        raise BankRefusal(RefusalCode.INVALID_REQUEST, "not a number of this item")
    return found


def bill_of(conn: sqlite3.Connection, bill_id: str) -> StoredBill:
    """Raises NOT_FOUND."""
    row = conn.execute(_BILL + " AND l.bill_id = ?", (bill_id,)).fetchone()
    if row is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such bill")
    return StoredBill(*row)


def bills_of(conn: sqlite3.Connection, item: str, number: str) -> list[StoredBill]:
    """Oldest period first."""
    rows = conn.execute(
        _BILL + " AND l.item = ? AND l.number = ? ORDER BY l.due, l.period", (item, number)
    )
    return [StoredBill(*row) for row in rows]


def seen(conn: sqlite3.Connection, bill: StoredBill) -> Bill:
    """As any payer may see it; PAID and beyond only when nothing of it is open."""
    payments = conn.execute(
        "SELECT state, channel, paid_at FROM bill_payments WHERE bill_id = ?"
        " AND state <> 'REFUNDED' ORDER BY place DESC",
        (bill.bill_id,),
    ).fetchall()
    settled = not bill.open and payments
    state = min((BillState(p[0]) for p in payments), key=_ORDER.index) if settled else None
    return Bill(
        bill_id=bill.bill_id,
        item=bill.item,
        item_name=bill.item_name,
        biller_name=bill.biller_name,
        category=bill.category,
        number=bill.number,
        owner_masked=masked_name(bill.owner),
        period=bill.period,
        amount=Money(bill.amount),
        open=Money(bill.open),
        due=date.fromisoformat(bill.due),
        state=state or BillState.OPEN,
        part_allowed=bool(bill.part_allowed),
        paid_channel=payments[0][1] if settled else "",
        paid_at=from_us(payments[0][2]) if settled else None,
    )


def payments_of(conn: sqlite3.Connection, customer: str, limit: int) -> list[BillPayment]:
    """The newest first."""
    rows = conn.execute(
        _PAYMENT + " JOIN instructions n USING (instruction_id) WHERE n.customer = ?"
        " ORDER BY p.place DESC LIMIT ?",
        (customer, limit),
    )
    return [
        BillPayment(
            instruction_id=new,
            reference=reference,
            item_name=item,
            biller_name=biller,
            category=category,
            number=number,
            period=period,
            amount=Money(fen),
            channel=channel,
            state=BillState(state),
            paid_at=from_us(at),
        )
        for new, reference, item, biller, category, number, period, fen, channel, state, at in rows
    ]


def duplicate(conn: sqlite3.Connection, bill: StoredBill) -> BankRefusal:
    """The refusal of a bill that is paid: where, when, and under which reference."""
    row = conn.execute(
        "SELECT channel, paid_at, reference FROM bill_payments WHERE bill_id = ?"
        " AND state <> 'REFUNDED' ORDER BY place DESC LIMIT 1",
        (bill.bill_id,),
    ).fetchone()
    channel, paid_at, reference = row
    return BankRefusal(
        RefusalCode.DUPLICATE,
        "the bill is paid",
        channel=channel,
        paid_at=from_us(paid_at).isoformat(),
        reference=reference,
    )


def masked_name(name: str) -> str:
    """Enough for its owner's payer to recognise it: 张伟 -> *伟."""
    return "*" * (len(name) - 1) + name[-1:]
