"""The bill counter: looks bills up, quotes a payment, and marks it in the commit that pays."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from bank_bridge.contract import BankRefusal, Instruction, RefusalCode
from bank_bridge.instructions.customers import customer_facts, own_account
from bank_bridge.instructions.office import Carrying, Office
from bank_bridge.instructions.records import Record
from bank_bridge.instructions.requests import checked_amount, checked_text, keyed
from bank_bridge.instructions.standing import check_unlocked
from bank_bridge.ledger.accounts import LedgerAccount, system_account
from bank_bridge.ledger.database import to_us
from bank_bridge.product_contract import (
    Bill,
    BillCategory,
    BillChannel,
    BillItem,
    BillMode,
    BillOrder,
    BillPayment,
    SavedBill,
)
from bank_bridge.products.bills import rows
from bank_bridge.products.bills.billers import take_bills
from bank_bridge.products.bills.figures import BillFigures
from bank_bridge.products.bills.links import BillerLinks
from bank_bridge.products.ordering import Terms, order

KIND = "bill"
BY_AGREEMENT = "agreement"  # the channel of a debit agreed upon before
_MOST_PAYMENTS = 200


class BillKind:
    """An instruction that pays a bill or an instant item."""

    moves_money = True

    def product(self, carrying: Carrying) -> str:
        (category,) = carrying.conn.execute(
            "SELECT category FROM bill_orders JOIN bill_items USING (item)"
            " WHERE instruction_id = ?",
            (carrying.record.instruction_id,),
        ).fetchone()
        return f"bill_{category}"

    def channel(self, carrying: Carrying) -> str:
        return _ordered(carrying.conn, carrying.record)[3]

    def known(self, carrying: Carrying) -> bool:
        """A number paid for before, by this customer."""
        item, number, _, _ = _ordered(carrying.conn, carrying.record)
        return bool(
            carrying.conn.execute(
                "SELECT 1 FROM bill_payments p JOIN instructions i USING (instruction_id)"
                " WHERE i.customer = ? AND p.item = ? AND p.number = ?",
                (carrying.record.customer, item, number),
            ).fetchone()
        )

    def check(self, carrying: Carrying) -> None:
        """The bill must still be the one that was confirmed."""
        conn, record = carrying.conn, carrying.record
        item, _, bill_id, _ = _ordered(conn, record)
        rows.item_of(conn, item)
        if bill_id is None:
            return
        bill = rows.bill_of(conn, bill_id)
        if not bill.open:
            raise rows.duplicate(conn, bill)
        in_part = bill.part_allowed and record.amount < bill.open
        if record.amount != bill.open and not in_part:
            raise BankRefusal(RefusalCode.BILL_CHANGED, "not the amount that was confirmed")

    def settle(self, carrying: Carrying) -> None:
        conn, record = carrying.conn, carrying.record
        item, number, bill_id, channel = _ordered(conn, record)
        at = to_us(carrying.moment)
        conn.execute("UPDATE bills SET paid = paid + ? WHERE bill_id = ?", (record.amount, bill_id))
        conn.execute(
            "INSERT INTO bill_payments (instruction_id, reference, biller, item, number, bill_id,"
            " amount, channel, state, business_date, paid_at, next_notice_at)"
            " SELECT ?1, ?2, biller, item, ?3, ?4, ?5, ?6, 'PAID',"
            " (SELECT business_date FROM journal WHERE instruction_id = ?1), ?7, ?7"
            " FROM bill_items WHERE item = ?8",
            (
                record.instruction_id,
                record.reference,
                number,
                bill_id,
                record.amount,
                channel,
                at,
                item,
            ),
        )
        conn.execute(
            "INSERT INTO saved_bills (customer, item, number, paid_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET paid_at = excluded.paid_at",
            (record.customer, item, number, at),
        )


class BillCounter:
    """What a payer may ask, in any channel."""

    def __init__(self, office: Office, figures: BillFigures, links: BillerLinks) -> None:
        self._office, self._figures, self._links = office, figures, links
        self._channels = frozenset(channel for channel, _ in figures.channels)

    async def categories(self) -> Sequence[BillCategory]:
        return [BillCategory(*row) for row in self._figures.categories]

    async def channels(self) -> Sequence[BillChannel]:
        return [BillChannel(*row) for row in self._figures.channels]

    async def items(self, category: int) -> Sequence[BillItem]:
        return await self._office.books.read(lambda conn: rows.items(conn, category))

    async def query(self, item: str, number: str) -> Sequence[Bill]:
        books = self._office.books
        known = await books.read(lambda conn: rows.with_number(conn, item, number))
        fresh = await self._links.query(known.item, number)
        if fresh:
            await books.write(item, lambda conn: take_bills(conn, self._office, known.item, fresh))
        found = await books.read(
            lambda conn: [rows.seen(conn, bill) for bill in rows.bills_of(conn, item, number)]
        )
        if not found and known.mode is BillMode.BILL:
            raise BankRefusal(RefusalCode.NOT_FOUND, "no bill of this number")
        return found

    async def bill(self, bill_id: str) -> Bill:
        return await self._office.books.read(
            lambda conn: rows.seen(conn, rows.bill_of(conn, bill_id))
        )

    async def create_payment(self, asked: BillOrder, idempotency_key: str) -> Instruction:
        request = keyed(idempotency_key, asked.customer, KIND, asked)
        checked_text(asked.device, "device", 200)
        if asked.channel not in self._channels:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, "not one of the channels")
        if asked.amount is not None:
            checked_amount(asked.amount, self._office.rules)

        def quote(conn: sqlite3.Connection) -> Terms:
            check_unlocked(customer_facts(conn, asked.customer), to_us(self._office.now()))
            terms = self._terms(conn, asked)
            if terms.amount > terms.payer.available:
                raise BankRefusal(
                    RefusalCode.INSUFFICIENT_FUNDS,
                    "not enough available",
                    left=terms.payer.available,
                )
            return terms

        def keep(conn: sqlite3.Connection, instruction_id: str) -> None:
            keep_order(conn, instruction_id, asked)

        return await order(self._office, request, asked.customer, quote, keep)

    async def payments(self, customer: str, limit: int) -> Sequence[BillPayment]:
        if not 1 <= limit <= _MOST_PAYMENTS:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, f"limit is 1 to {_MOST_PAYMENTS}")
        return await self._office.books.read(lambda conn: rows.payments_of(conn, customer, limit))

    async def saved(self, customer: str) -> Sequence[SavedBill]:
        def query(conn: sqlite3.Connection) -> list[SavedBill]:
            found = conn.execute(
                "SELECT s.item, i.name, i.category, i.mode, s.number, s.remind FROM saved_bills s"
                " JOIN bill_items i USING (item) WHERE s.customer = ? ORDER BY s.paid_at DESC",
                (customer,),
            )
            return [
                SavedBill(item, name, category, BillMode(mode), number, bool(remind))
                for item, name, category, mode, number, remind in found
            ]

        return await self._office.books.read(query)

    async def set_reminder(self, customer: str, item: str, number: str, *, on: bool) -> None:
        def operation(conn: sqlite3.Connection) -> None:
            customer_facts(conn, customer)
            rows.with_number(conn, item, number)
            conn.execute(
                "INSERT INTO saved_bills (customer, item, number, paid_at, remind)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET remind = excluded.remind",
                (customer, item, number, to_us(self._office.now()), on),
            )

        await self._office.books.write(item, operation)

    def _terms(self, conn: sqlite3.Connection, asked: BillOrder) -> Terms:
        """What it comes to; refused before anything is held."""
        if asked.bill_id:
            bill = rows.bill_of(conn, asked.bill_id)
            if not bill.open:
                raise rows.duplicate(conn, bill)
            amount = bill.open if asked.amount is None else asked.amount.fen
            part = bill.part_allowed and bill.category not in self._figures.exact_only
            if amount != bill.open and not (part and amount < bill.open):
                raise BankRefusal(RefusalCode.INVALID_AMOUNT, "not what is open", left=bill.open)
            item, memo = rows.item_of(conn, bill.item), f"{bill.number} {bill.period}"
            memo += f" {rows.masked_name(bill.owner)}"
        else:
            item, memo = rows.with_number(conn, asked.item, asked.number), asked.number
            if item.mode is not BillMode.INSTANT or asked.amount is None:
                raise BankRefusal(RefusalCode.INVALID_REQUEST, "which bill, or which amount")
            amount = asked.amount.fen
        return Terms(
            kind=KIND,
            customer=asked.customer,
            device=asked.device,
            payer=own_account(conn, asked.customer, asked.payer_number),
            payee=collecting_account(conn, item, to_us(self._office.now())),
            amount=amount,
            payee_name=item.name,
            memo=memo,
        )


def keep_order(conn: sqlite3.Connection, instruction_id: str, asked: BillOrder) -> None:
    """What this instruction pays, for when it is carried out."""
    if asked.bill_id:
        conn.execute(
            "INSERT INTO bill_orders SELECT ?, item, number, bill_id, ? FROM bills"
            " WHERE bill_id = ?",
            (instruction_id, asked.channel, asked.bill_id),
        )
    else:
        conn.execute(
            "INSERT INTO bill_orders VALUES (?, ?, ?, NULL, ?)",
            (instruction_id, asked.item, asked.number, asked.channel),
        )


def collecting_account(conn: sqlite3.Connection, item: BillItem, at: int) -> LedgerAccount:
    """What the bank owes the biller for what it has collected."""
    return system_account(conn, "biller", f"biller/{item.biller}", item.biller_name, at)


def _ordered(conn: sqlite3.Connection, record: Record) -> tuple[str, str, str | None, str]:
    row: tuple[str, str, str | None, str] = conn.execute(
        "SELECT item, number, bill_id, channel FROM bill_orders WHERE instruction_id = ?",
        (record.instruction_id,),
    ).fetchone()
    return row
