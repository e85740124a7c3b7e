"""The counter of standing transfers: agreed upon like a payment, looked at, ended."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date

from bank_bridge.contract import BankRefusal, Instruction, Money, RefusalCode
from bank_bridge.instructions.customers import customer_facts, own_account
from bank_bridge.instructions.office import Carrying, Office
from bank_bridge.instructions.outside import KIND as OUTSIDE
from bank_bridge.instructions.outside import number_of
from bank_bridge.instructions.requests import checked_amount, checked_text, keyed
from bank_bridge.instructions.standing import check_unlocked
from bank_bridge.ledger.accounts import LedgerAccount, account_by_id
from bank_bridge.ledger.database import to_us
from bank_bridge.products.ordering import Terms, order
from bank_bridge.products.proofs import Proof
from bank_bridge.products.standing.figures import StandingFigures
from bank_bridge.standing_contract import Rhythm, Standing, StandingOrder

AGREEMENT = "standing_agreement"
_LONGEST_MONTH = 31


class StandingKind(Proof):
    """The proof that a customer agreed to payments to come; it moves nothing by itself."""

    name = AGREEMENT

    def check(self, carrying: Carrying) -> None:
        """Its first day may have come while it was being proven."""
        (first,) = carrying.conn.execute(
            "SELECT next_on FROM standing_transfers WHERE standing = ?",
            (carrying.record.instruction_id,),
        ).fetchone()
        check_to_come(date.fromisoformat(first), carrying.office.rules.local_date(carrying.moment))

    def settle(self, carrying: Carrying) -> None:
        carrying.conn.execute(
            "UPDATE standing_transfers SET state = 'ACTIVE' WHERE standing = ?",
            (carrying.record.instruction_id,),
        )


class StandingCounter:
    """Signed in the chat like a payment; paid by `StandingPayments`."""

    def __init__(self, office: Office, figures: StandingFigures) -> None:
        self._office, self._figures = office, figures

    async def create(self, asked: StandingOrder, idempotency_key: str) -> Instruction:
        request = keyed(idempotency_key, asked.customer, AGREEMENT, asked)
        checked_text(asked.device, "device", 200)
        checked_amount(asked.amount, self._office.rules)
        day = asked.day or asked.first.day
        if not 1 <= day <= _LONGEST_MONTH:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, f"day is 1 to {_LONGEST_MONTH}")

        def quote(conn: sqlite3.Connection) -> Terms:
            self._check(conn, asked)
            payee = _payee(conn, asked)
            return Terms(
                kind=AGREEMENT,
                customer=asked.customer,
                device=asked.device,
                payer=own_account(conn, asked.customer, asked.payer_number),
                payee=payee,
                amount=asked.amount.fen,
                payee_name=payee.title,
                memo=f"{asked.first} {asked.rhythm}",
                payee_tail=_tail(payee),
            )

        def keep(conn: sqlite3.Connection, new: str) -> None:
            payer = own_account(conn, asked.customer, asked.payer_number)
            conn.execute(
                "INSERT INTO standing_transfers VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'SIGNING')",
                (
                    new,
                    asked.customer,
                    payer.account_id,
                    asked.payee_id,
                    asked.amount.fen,
                    asked.rhythm,
                    day,
                    asked.first.isoformat(),
                ),
            )

        return await order(self._office, request, asked.customer, quote, keep)

    async def of(self, customer: str) -> Sequence[Standing]:
        def query(conn: sqlite3.Connection) -> list[Standing]:
            rows = conn.execute(
                "SELECT s.standing, p.account_id, s.payer_account, s.amount, s.rhythm, s.next_on"
                " FROM standing_transfers s JOIN payees p USING (payee_id)"
                " WHERE s.customer = ? AND s.state = 'ACTIVE' ORDER BY s.next_on, s.standing",
                (customer,),
            ).fetchall()
            return [_seen(conn, *row) for row in rows]

        return await self._office.books.read(query)

    async def close(self, standing: str, customer: str) -> None:
        def operation(conn: sqlite3.Connection) -> None:
            found = conn.execute(
                "UPDATE standing_transfers SET state = CASE state WHEN 'ACTIVE' THEN 'CLOSED'"
                " ELSE state END WHERE standing = ? AND customer = ? AND state <> 'SIGNING'",
                (standing, customer),
            )
            if not found.rowcount:
                raise BankRefusal(RefusalCode.NOT_FOUND, "no such standing transfer")

        await self._office.books.write(standing, operation)

    def _check(self, conn: sqlite3.Connection, asked: StandingOrder) -> None:
        rules, moment = self._office.rules, self._office.now()
        check_unlocked(customer_facts(conn, asked.customer), to_us(moment))
        today = rules.local_date(moment)
        check_to_come(asked.first, today)
        if asked.first > today + self._figures.farthest:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, "too far ahead")
        if asked.amount > rules.sms_day_limit:
            most = rules.sms_day_limit.fen
            code = RefusalCode.STRONGER_PROOF_NEEDED
            raise BankRefusal(code, "more than a code proves", limit=most, left=most)
        (active,) = conn.execute(
            "SELECT COUNT(*) FROM standing_transfers WHERE customer = ? AND state = 'ACTIVE'",
            (asked.customer,),
        ).fetchone()
        if active >= self._figures.most_active:
            raise BankRefusal(RefusalCode.LIMIT_SINGLE, "too many at once", left=0)


def check_to_come(first: date, today: date) -> None:
    """Raises INVALID_REQUEST for today and before."""
    if first <= today:
        raise BankRefusal(RefusalCode.INVALID_REQUEST, "the day is not to come")


def _payee(conn: sqlite3.Connection, asked: StandingOrder) -> LedgerAccount:
    row = conn.execute(
        "SELECT account_id FROM payees WHERE payee_id = ? AND customer = ?",
        (asked.payee_id, asked.customer),
    ).fetchone()
    if row is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such payee")
    return account_by_id(conn, row[0])


def _tail(account: LedgerAccount) -> str:
    return number_of(account)[-4:] if account.kind == OUTSIDE else account.tail


def _seen(
    conn: sqlite3.Connection,
    standing: str,
    payee_account: int,
    payer_account: int,
    amount: int,
    rhythm: str,
    next_on: str,
) -> Standing:
    payee, payer = account_by_id(conn, payee_account), account_by_id(conn, payer_account)
    return Standing(
        standing=standing,
        payee_name=payee.title,
        payee_tail=_tail(payee),
        payer_tail=payer.tail,
        amount=Money(amount),
        rhythm=Rhythm(rhythm),
        next_on=date.fromisoformat(next_on),
    )
