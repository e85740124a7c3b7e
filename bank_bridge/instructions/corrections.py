"""The corrections desk: void (撤销), refund (退货) and reversal (冲正) of purchases (§1.5).

Each is an instruction of its own, whose entry names the entry it gives back from; the original
moves on to PARTLY_REVERSED or REVERSED in the same commit. Asked by the shop's side only. A
customer's transfer is given back by its payee, and a product's payment by that product.
"""

from __future__ import annotations

import sqlite3

import msgspec

from bank_bridge.contract import BankEvent, BankRefusal, Instruction, Money, RefusalCode
from bank_bridge.contract import InstructionState as State
from bank_bridge.instructions.execution import carry_out
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.records import Record, advance, find, illegal
from bank_bridge.instructions.requests import (
    checked_amount,
    checked_text,
    earlier_result,
    keyed,
    remember,
)
from bank_bridge.ledger import outbox
from bank_bridge.ledger.database import to_us
from bank_bridge.ledger.journal import open_date

VOID, REFUND, REVERSAL = "void", "refund", "reversal"
_ASKED_BY_THE_SHOP = (State.QUOTED, State.REQUIRES_CONFIRMATION, State.REQUIRES_AUTH)
_PAID = frozenset({State.SUCCEEDED, State.PARTLY_REVERSED})


class _Original(msgspec.Struct, frozen=True):
    """A purchase as it was paid, and how much of it was given back already."""

    record: Record
    seq: int
    business_date: str
    given_back: int

    @property
    def left(self) -> int:
        return self.record.amount - self.given_back


class CorrectionDesk:
    """Gives back what purchases took, never more than that."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def refund(self, instruction_id: str, amount: Money, idempotency_key: str) -> Instruction:
        checked_amount(amount, self._office.rules)
        return await self._correct(REFUND, instruction_id, amount.fen, idempotency_key)

    async def void(self, instruction_id: str, idempotency_key: str) -> Instruction:
        return await self._correct(VOID, instruction_id, None, idempotency_key)

    async def reverse(self, original_key: str, amount: Money) -> Instruction | None:
        office = self._office
        checked_text(original_key, "original_key", 200)
        checked_amount(amount, office.rules)
        made = office.new_id()

        def operation(conn: sqlite3.Connection) -> Record | None:
            at = to_us(office.now())
            known = conn.execute(
                "SELECT instruction_id FROM reversals WHERE original_key = ?", (original_key,)
            ).fetchone()
            if known is not None:
                return None if known[0] is None else _stored(conn, known[0])
            found = conn.execute(
                "SELECT result FROM idempotency WHERE key = ?", (original_key,)
            ).fetchone()
            done = None
            if found is not None:
                done = self._give_back(
                    conn, REVERSAL, self._to_reverse(conn, found[0], amount), amount.fen, made
                )
            conn.execute(
                "INSERT INTO reversals VALUES (?, ?, ?)",
                (original_key, at, None if done is None else made),
            )
            return done

        reversal = await office.books.write(made, operation)
        return None if reversal is None else reversal.seen()

    async def _correct(
        self, kind: str, instruction_id: str, fen: int | None, idempotency_key: str
    ) -> Instruction:
        """`fen` none: all of it, on the same business date, with nothing given back before."""
        office = self._office
        request = keyed(idempotency_key, "shop", kind, instruction_id, fen)
        made = office.new_id()

        def operation(conn: sqlite3.Connection) -> Record:
            earlier = earlier_result(conn, request)
            if earlier is not None:
                return _stored(conn, earlier)
            original = _original(conn, instruction_id)
            if fen is None:
                self._check_whole_and_today(conn, original)
            amount = original.record.amount if fen is None else fen
            remember(conn, request, made, to_us(office.now()))
            return self._give_back(conn, kind, original, amount, made)

        return (await office.books.write(made, operation)).seen()

    def _to_reverse(
        self, conn: sqlite3.Connection, instruction_id: str, amount: Money
    ) -> _Original:
        original = _original(conn, instruction_id)
        if amount.fen != original.record.amount:
            raise BankRefusal(RefusalCode.INVALID_AMOUNT, "a reversal is of the whole amount")
        self._check_whole_and_today(conn, original)
        return original

    def _check_whole_and_today(self, conn: sqlite3.Connection, original: _Original) -> None:
        today = open_date(conn, self._office.rules.business_date(self._office.now()))
        if original.business_date != today.isoformat():
            raise BankRefusal(RefusalCode.EXPIRED, "its business date is over; refund it")
        if original.given_back:
            raise illegal(original.record, State.REVERSED)

    def _give_back(
        self, conn: sqlite3.Connection, kind: str, original: _Original, amount: int, made: str
    ) -> Record:
        """Post it, move the original on, and tell whoever counted the purchase."""
        if amount > original.left:
            raise BankRefusal(
                RefusalCode.INVALID_AMOUNT, "more than is left of the original", left=original.left
            )
        office, moment = self._office, self._office.now()
        draft = _draft(kind, original.record, amount, made, to_us(moment))
        done = carry_out(
            conn, draft, office, moment, kind, fresh=_ASKED_BY_THE_SHOP, corrects=original.seq
        )
        if done.failure is not None:
            raise BankRefusal(done.failure, "the shop's account does not have it")
        state = State.REVERSED if amount == original.left else State.PARTLY_REVERSED
        if original.record.state is not state:
            advance(conn, original.record, [state], to_us(moment))
        outbox.append(conn, [_envelope(kind, original, amount, office)])
        return done


def _original(conn: sqlite3.Connection, instruction_id: str) -> _Original:
    """The purchase. Raises NOT_FOUND, or ILLEGAL_TRANSITION for what cannot be given back."""
    record = _stored(conn, instruction_id)
    if record.kind != "purchase" or record.state not in _PAID:
        raise illegal(record, State.REVERSED)
    seq, business_date, given_back = conn.execute(
        "SELECT j.seq, j.business_date, (SELECT COALESCE(SUM(p.debit), 0) FROM journal c"
        " JOIN postings p USING (seq) WHERE c.corrects = j.seq)"
        " FROM journal j WHERE j.instruction_id = ?",
        (instruction_id,),
    ).fetchone()
    return _Original(record, seq, business_date, given_back)


def _stored(conn: sqlite3.Connection, instruction_id: str) -> Record:
    row = conn.execute(
        "SELECT customer FROM instructions WHERE instruction_id = ?", (instruction_id,)
    ).fetchone()
    if row is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such instruction")
    return find(conn, instruction_id, row[0])


def _draft(kind: str, original: Record, amount: int, instruction_id: str, at: int) -> Record:
    """The other way round; it stays the customer's own instruction."""
    return Record(
        instruction_id=instruction_id,
        version=1,
        kind=kind,
        state=State.CREATED,
        customer=original.customer,
        device=original.device,
        payer_account=original.payee_account,
        payee_account=original.payer_account,
        amount=amount,
        fee=0,
        payer_tail=original.payee_tail,
        payee_name=original.payee_name,
        payee_tail=original.payer_tail,
        memo="",
        created_at=at,
        expires_at=at,
    )


def _envelope(kind: str, original: _Original, amount: int, office: Office) -> BankEvent:
    """Told under the purchase's own trace, so that what was counted for it can be taken back."""
    moment = office.now()
    return BankEvent(
        position=0,  # the outbox gives it
        event_id=office.new_id(),
        type=kind,
        customer=original.record.customer,
        occurred_at=moment,
        business_date=office.rules.business_date(moment).isoformat(),
        product=kind,
        channel="till",
        amount_band=office.rules.amount_band(amount),
        trace_id=original.record.instruction_id,
    )
