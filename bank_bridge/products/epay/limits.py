"""The agreement to 工银e支付 and its limits: one payment, a day, a month, over all cards.

What was used is read from the journal's own counters, so that it can never differ from it.
"""

from __future__ import annotations

import calendar
import sqlite3
from datetime import datetime

from bank_bridge.contract import BankRefusal, Instruction, Money, RefusalCode
from bank_bridge.instructions.customers import customer_facts, own_account
from bank_bridge.instructions.key_rows import has_active_key
from bank_bridge.instructions.office import Carrying, Office
from bank_bridge.instructions.requests import checked_amount, checked_text, keyed
from bank_bridge.instructions.standing import check_unlocked
from bank_bridge.ledger.accounts import system_account
from bank_bridge.ledger.database import to_us
from bank_bridge.ledger.statement import debited_by
from bank_bridge.product_contract import Epay, EpayOrder, GiftKind
from bank_bridge.products.epay.figures import SHIPPED, EpayFigures
from bank_bridge.products.ordering import Terms, order
from bank_bridge.products.proofs import Proof

AGREEMENT = "epay_agreement"
_TITLE = "工银e支付"


class EpayAgreementKind(Proof):
    """The proof that a customer opened it, or changed the limit; it moves nothing."""

    name = AGREEMENT

    def signed(self, carrying: Carrying) -> bool:
        """A limit above the default, by whoever has a device that signs (§1.7)."""
        conn, record = carrying.conn, carrying.record
        return record.amount > SHIPPED.single.fen and has_active_key(conn, record.customer)

    def check(self, _: Carrying) -> None:
        """The limit was judged when it was quoted, and the card showed it."""

    def settle(self, carrying: Carrying) -> None:
        record = carrying.record
        carrying.conn.execute(
            "INSERT INTO epay VALUES (?, ?, 'ACTIVE', ?) ON CONFLICT (customer) DO UPDATE SET"
            " agreement = excluded.agreement, state = 'ACTIVE', single = excluded.single",
            (record.customer, record.instruction_id, record.amount),
        )


class EpayCounter:
    """Opening, changing and closing."""

    def __init__(self, office: Office, figures: EpayFigures) -> None:
        self._office, self._figures = office, figures

    async def create(self, asked: EpayOrder, idempotency_key: str) -> Instruction:
        request = keyed(idempotency_key, asked.customer, AGREEMENT, asked)
        checked_text(asked.device, "device", 200)
        single = asked.single or self._figures.single
        checked_amount(single, self._office.rules)

        def quote(conn: sqlite3.Connection) -> Terms:
            at = to_us(self._office.now())
            check_unlocked(customer_facts(conn, asked.customer), at)
            self._check_limit(conn, asked.customer, single)
            return Terms(
                kind=AGREEMENT,
                customer=asked.customer,
                device=asked.device,
                payer=own_account(conn, asked.customer, asked.payer_number),
                payee=system_account(conn, "escrow", "gifts/pool", _TITLE, at),
                amount=single.fen,
                payee_name=_TITLE,
            )

        return await order(self._office, request, asked.customer, quote, lambda *_: None)

    async def of(self, customer: str) -> Epay | None:
        def query(conn: sqlite3.Connection) -> Epay | None:
            row = conn.execute(
                "SELECT state, single FROM epay WHERE customer = ?", (customer,)
            ).fetchone()
            if row is None:
                return None
            state, single = row
            day, month = used(conn, self._office, customer, self._office.now())
            return Epay(
                state,
                Money(single),
                Money(max(single - day, 0)),
                Money(max(self._figures.month.fen - month, 0)),
            )

        return await self._office.books.read(query)

    async def close(self, customer: str) -> None:
        def operation(conn: sqlite3.Connection) -> None:
            conn.execute("UPDATE epay SET state = 'CLOSED' WHERE customer = ?", (customer,))

        await self._office.books.write(customer, operation)

    async def certify(self, customer: str) -> None:
        def operation(conn: sqlite3.Connection) -> None:
            customer_facts(conn, customer)
            conn.execute(
                "INSERT INTO certificates VALUES (?, ?) ON CONFLICT DO NOTHING",
                (customer, to_us(self._office.now())),
            )

        await self._office.books.write(customer, operation)

    def _check_limit(self, conn: sqlite3.Connection, customer: str, single: Money) -> None:
        if single <= self._figures.single:
            return
        certified = conn.execute(
            "SELECT 1 FROM certificates WHERE customer = ?", (customer,)
        ).fetchone()
        if not certified and not has_active_key(conn, customer):
            limit = self._figures.single.fen
            raise BankRefusal(RefusalCode.STRONGER_PROOF_NEEDED, "needs a certificate", limit=limit)
        if single > self._figures.certified:
            left = self._figures.certified.fen
            raise BankRefusal(RefusalCode.LIMIT_SINGLE, "over the most", left=left, limit=left)


def check_limits(
    conn: sqlite3.Connection,
    office: Office,
    customer: str,
    amount: int,
    moment: datetime,
    figures: EpayFigures,
) -> None:
    """Raise AGREEMENT_NEEDED or the first limit that this payment would pass."""
    row = conn.execute(
        "SELECT single FROM epay WHERE customer = ? AND state = 'ACTIVE'", (customer,)
    ).fetchone()
    if row is None:
        raise BankRefusal(RefusalCode.AGREEMENT_NEEDED, "e-payment is not open")
    day, month = used(conn, office, customer, moment)
    for code, limit, so_far in (
        (RefusalCode.LIMIT_SINGLE, row[0], 0),
        (RefusalCode.LIMIT_DAY, row[0], day),
        (RefusalCode.LIMIT_MONTH, figures.month.fen, month),
    ):
        if amount > limit - so_far:
            left = max(limit - so_far, 0)
            raise BankRefusal(code, "over the limit of e-payment", left=left, limit=limit)


def used(
    conn: sqlite3.Connection, office: Office, customer: str, moment: datetime
) -> tuple[int, int]:
    """What e-payments took from all cards on this business date, and in its month, in fen."""
    day = office.rules.business_date(moment)
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    of_day = sum(debited_by(conn, customer, kind, day, day) for kind in GiftKind)
    of_month = sum(debited_by(conn, customer, kind, day.replace(day=1), last) for kind in GiftKind)
    return of_day, of_month
