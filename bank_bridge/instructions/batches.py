"""The batches desk: a file of payments that one person brings and another approves (A4).

What is approved is what was brought, by its SHA-256; the same person cannot do both. Each
payment is an instruction of its own with a key made of the batch and its place, so a batch
that is cut short is approved again and goes on: nothing is paid twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Sequence

import msgspec
import structlog

from bank_bridge.contract import (
    BankRefusal,
    InstructionState,
    RefusalCode,
)
from bank_bridge.instructions.customers import customer_facts, own_account
from bank_bridge.instructions.direct import DirectOrder, carry_out_order
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.requests import checked_text
from bank_bridge.ledger.database import to_us
from bank_bridge.paper_contract import (
    Batch,
    FilePayment,
    PaidPayment,
    PaymentFile,
)

_KIND = "payment_file"
_TOGETHER = 256

log = structlog.get_logger()


class _Brought(msgspec.Struct, frozen=True):
    """What an approval keeps of a file."""

    customer: str
    file: PaymentFile


class _Row(msgspec.Struct, frozen=True):
    content: bytes
    content_hash: bytes
    maker: str
    checker: str | None
    decision: str | None


class BatchDesk:
    """Brought, approved or rejected, carried out."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def submit_batch(self, customer: str, file: PaymentFile, maker: str) -> Batch:
        checked_text(maker, "maker", 100)
        content = msgspec.json.encode(_Brought(customer, file))
        digest = hashlib.sha256(content).digest()
        batch_id = f"{customer}/{file.message_id}"

        def operation(conn: sqlite3.Connection) -> Batch:
            customer_facts(conn, customer)
            for number in {payment.payer_number for payment in file.payments}:
                own_account(conn, customer, number)
            conn.execute(
                "INSERT INTO approvals (approval_id, kind, content, content_hash, maker, made_at)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (approval_id) DO NOTHING",
                (batch_id, _KIND, content, digest, maker, to_us(self._office.now())),
            )
            row = _row(conn, batch_id)
            if (row.content_hash, row.maker) != (digest, maker):
                raise BankRefusal(
                    RefusalCode.IDEMPOTENCY_CONFLICT, "this message id was another file"
                )
            return _seen(batch_id, row)

        return await self._office.books.write(batch_id, operation)

    async def reject_batch(self, batch_id: str, checker: str, reason: str) -> Batch:
        checked_text(reason, "reason", 200)
        return await self._decide(batch_id, checker, None, "rejected", reason)

    async def approve_batch(
        self, batch_id: str, checker: str, content_hash: str
    ) -> Sequence[PaidPayment]:
        await self._decide(batch_id, checker, content_hash, "approved", "")
        row = await self._office.books.read(lambda conn: _row(conn, batch_id))
        brought = msgspec.json.decode(row.content, type=_Brought)
        paid: list[PaidPayment] = []
        payments = list(enumerate(brought.file.payments))
        for start in range(0, len(payments), _TOGETHER):
            paid += await asyncio.gather(
                *(
                    self._pay(f"{batch_id}#{place}", brought.customer, payment)
                    for place, payment in payments[start : start + _TOGETHER]
                )
            )
        return paid

    async def _decide(
        self, batch_id: str, checker: str, content_hash: str | None, decision: str, reason: str
    ) -> Batch:
        checked_text(checker, "checker", 100)

        def operation(conn: sqlite3.Connection) -> Batch:
            row = _row(conn, batch_id)
            if row.decision is not None:
                if (row.checker, row.decision) != (checker, decision):
                    raise BankRefusal(RefusalCode.ILLEGAL_TRANSITION, f"it was {row.decision}")
                return _seen(batch_id, row)
            if checker == row.maker:
                log.warning("own_batch_not_approved", batch=batch_id)
                raise BankRefusal(RefusalCode.STRONGER_PROOF_NEEDED, "the maker cannot check it")
            if content_hash not in (None, row.content_hash.hex()):
                raise BankRefusal(RefusalCode.INVALID_REQUEST, "it is not the file that was seen")
            conn.execute(
                "UPDATE approvals SET checker = ?, decision = ?, reason = ?, decided_at = ?"
                " WHERE approval_id = ?",
                (checker, decision, reason, to_us(self._office.now()), batch_id),
            )
            return _seen(batch_id, _row(conn, batch_id))

        return await self._office.books.write(batch_id, operation)

    async def _pay(self, key: str, customer: str, payment: FilePayment) -> PaidPayment:
        office, made = self._office, self._office.new_id()
        order = DirectOrder(
            customer,
            payment.payer_number,
            payment.payee_number,
            payment.payee_name,
            payment.amount,
            payment.memo,
        )
        try:
            done = await office.books.write(
                made, lambda conn: carry_out_order(conn, order, key, made, office)
            )
        except BankRefusal as refusal:
            if refusal.code in {RefusalCode.CORE_UNAVAILABLE, RefusalCode.WRITES_STOPPED}:
                raise  # nothing is known of the rest: approve it again
            return PaidPayment(payment.end_to_end_id, refused=refusal.code)
        if done.state is InstructionState.FAILED:
            return PaidPayment(payment.end_to_end_id, refused=done.failure)
        return PaidPayment(payment.end_to_end_id, reference=done.reference)


def _row(conn: sqlite3.Connection, batch_id: str) -> _Row:
    row = conn.execute(
        "SELECT content, content_hash, maker, checker, decision FROM approvals"
        " WHERE approval_id = ? AND kind = ?",
        (batch_id, _KIND),
    ).fetchone()
    if row is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such batch")
    return _Row(*row)


def _seen(batch_id: str, row: _Row) -> Batch:
    payments = msgspec.json.decode(row.content, type=_Brought).file.payments
    return Batch(
        batch_id=batch_id,
        content_hash=row.content_hash.hex(),
        payments=len(payments),
        total=sum((p.amount for p in payments[1:]), payments[0].amount),
        maker=row.maker,
        checker=row.checker,
        decision=row.decision,
    )
