"""The transfer desk: an in-bank transfer is quoted, confirmed, cancelled, looked up."""

from __future__ import annotations

import sqlite3

import msgspec
import structlog
from msgspec import UNSET

from bank_bridge.contract import Arrival, BankRefusal, Instruction, RefusalCode, TransferOrder
from bank_bridge.contract import InstructionState as State
from bank_bridge.instructions.clearing import recall
from bank_bridge.instructions.customers import customer_facts, own_account
from bank_bridge.instructions.day_limits import check_quoted
from bank_bridge.instructions.execution import carry_out
from bank_bridge.instructions.levels import Level, level_of
from bank_bridge.instructions.office import Carrying, Office
from bank_bridge.instructions.outside import KIND as OUTSIDE
from bank_bridge.instructions.outside import bank_of, number_of
from bank_bridge.instructions.records import (
    Record,
    advance,
    create,
    find,
    find_current,
    illegal,
)
from bank_bridge.instructions.requests import (
    checked_amount,
    checked_text,
    earlier_result,
    keyed,
    remember,
)
from bank_bridge.instructions.routing import plan
from bank_bridge.instructions.standing import check_unlocked
from bank_bridge.instructions.states import OPEN
from bank_bridge.instructions.tiers import BOUND, are_bound, check_move
from bank_bridge.ledger import accounts
from bank_bridge.ledger.database import to_us

_LONGEST_MEMO = 60

log = structlog.get_logger()


class TransferDesk:
    """Every method works on one instruction, so asking twice has one effect."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def create_transfer(self, order: TransferOrder, idempotency_key: str) -> Instruction:
        request = keyed(idempotency_key, order.customer, "transfer", order)
        checked_amount(order.amount, self._office.rules)
        checked_text(order.device, "device", 200)
        checked_text(order.memo, "memo", _LONGEST_MEMO, shortest=0)
        instruction_id = self._office.new_id()

        def operation(conn: sqlite3.Connection) -> Record:
            earlier = earlier_result(conn, request)
            if earlier is not None:
                return find_current(conn, earlier, order.customer, self._office.now())
            draft = quote_transfer(conn, order, instruction_id, self._office)
            remember(conn, request, instruction_id, draft.created_at)
            return create(conn, draft, [State.QUOTED, State.REQUIRES_CONFIRMATION])

        return (await self._office.books.write(instruction_id, operation)).seen()

    async def confirm(self, instruction_id: str, customer: str, device: str) -> Instruction:
        checked_text(device, "device", 200)

        def operation(conn: sqlite3.Connection) -> Record | BankRefusal:
            now = self._office.now()
            record = find_current(conn, instruction_id, customer, now)
            if record.state is State.EXPIRED:
                return BankRefusal(RefusalCode.EXPIRED, "out of time")
            if record.state is State.REQUIRES_CONFIRMATION:
                check_unlocked(customer_facts(conn, customer), to_us(now))
                bound = msgspec.structs.replace(record, device=device)
                level = level_of(Carrying(conn, bound, now, self._office))
                path = [State.REQUIRES_AUTH]
                confirmed = advance(conn, record, path, to_us(now), device=device, level=level)
                if level is not Level.A1:
                    return confirmed
                return carry_out(conn, confirmed, self._office, now, confirmed.kind)
            if record.state in OPEN - {State.REQUIRES_AUTH} | {State.CANCELLED}:
                raise illegal(record, State.REQUIRES_AUTH)
            return record  # it was confirmed before

        return (await self._office.books.write(instruction_id, operation)).seen()

    async def cancel(self, instruction_id: str, customer: str) -> Instruction:
        def operation(conn: sqlite3.Connection) -> Record | BankRefusal:
            now = self._office.now()
            record = find_current(conn, instruction_id, customer, now)
            if record.state is State.CANCELLED:
                return record
            if record.state is State.EXPIRED:
                return BankRefusal(RefusalCode.EXPIRED, "out of time")
            if record.state is State.HELD:
                recall(conn, record, to_us(now))
            return advance(conn, record, [State.CANCELLED], to_us(now))

        return (await self._office.books.write(instruction_id, operation)).seen()

    async def get(self, instruction_id: str, customer: str) -> Instruction:
        office = self._office
        record = await office.books.read(lambda conn: find(conn, instruction_id, customer))
        if not record.lapsed(to_us(office.now())):
            return record.seen()
        try:
            record = await office.books.write(
                instruction_id,
                lambda conn: find_current(conn, instruction_id, customer, office.now()),
            )
        except BankRefusal as refusal:  # it is over all the same, and reads go on
            log.warning("expiry_not_recorded", instruction=instruction_id, reason=refusal.code)
            record = record.as_expired()
        return record.seen()


def quote_transfer(
    conn: sqlite3.Connection, order: TransferOrder, new_id: str, office: Office
) -> Record:
    """What would be carried out; a refusal if it could not be today."""
    moment = office.now()
    at = to_us(moment)
    check_unlocked(customer_facts(conn, order.customer), at)
    payer = own_account(conn, order.customer, order.payer_number)
    payee = _payee_account(conn, order)
    outside = payee.kind == OUTSIDE
    arrival = Arrival.REAL_TIME if order.arrival is UNSET else order.arrival
    sends_at = None
    if outside:
        sends_at = plan(arrival, order.amount.fen, moment, office.rules).sends_at
    kind = _check(conn, order, payer, payee, office)
    return Record(
        instruction_id=new_id,
        version=1,
        kind=kind,
        state=State.CREATED,
        customer=order.customer,
        device=order.device,
        payer_account=payer.account_id,
        payee_account=payee.account_id,
        amount=order.amount.fen,
        fee=0,  # transfers are free
        payer_tail=payer.tail,
        payee_name=payee.title,
        payee_tail=number_of(payee)[-4:] if outside else payee.tail,
        memo=order.memo,
        payee_bank=bank_of(payee) if outside else "",
        arrival=arrival if outside else "",
        sends_at=None if sends_at is None else to_us(sends_at),
        created_at=at,
        expires_at=at + office.rules.instruction_life_s * 1_000_000,
    )


def _check(
    conn: sqlite3.Connection,
    order: TransferOrder,
    payer: accounts.LedgerAccount,
    payee: accounts.LedgerAccount,
    office: Office,
) -> str:
    """What kind of transfer it is; the refusal if it could not be carried out today."""
    moment, amount = office.now(), order.amount.fen
    if payee.account_id == payer.account_id:
        raise BankRefusal(RefusalCode.SAME_ACCOUNT, "payer and payee are one account")
    kind = BOUND if are_bound(conn, payer.account_id, payee.account_id) else "transfer"
    if kind != BOUND:
        check_quoted(conn, order.customer, amount, moment, office)
    check_move(conn, payer, payee, kind, amount, moment, office)
    if amount > payer.available:
        raise BankRefusal(
            RefusalCode.INSUFFICIENT_FUNDS, "not enough available", left=payer.available
        )
    return kind


def _payee_account(conn: sqlite3.Connection, order: TransferOrder) -> accounts.LedgerAccount:
    """The account behind one of the customer's own saved payees."""
    row = conn.execute(
        "SELECT account_id FROM payees WHERE payee_id = ? AND customer = ?",
        (order.payee_id, order.customer),
    ).fetchone()
    if row is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such payee")
    return accounts.account_by_id(conn, row[0])
