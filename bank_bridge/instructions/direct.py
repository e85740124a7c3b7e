"""Transfers whose proof was not a code: a maker gave them and a checker approved them (A4).

Called for each payment of an approved file, inside one transaction: created, approved and
carried out at once, once for its key.
"""

from __future__ import annotations

import sqlite3

import msgspec

from bank_bridge.contract import BankRefusal, Money, RefusalCode
from bank_bridge.contract import InstructionState as State
from bank_bridge.instructions.customers import own_account
from bank_bridge.instructions.execution import carry_out
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.records import Record, find
from bank_bridge.instructions.requests import (
    checked_amount,
    checked_text,
    earlier_result,
    keyed,
    remember,
)
from bank_bridge.ledger.accounts import account_by_number
from bank_bridge.ledger.database import to_us

KIND = "batch_transfer"
_APPROVED_BY_TWO = (
    State.QUOTED,
    State.REQUIRES_CONFIRMATION,
    State.REQUIRES_AUTH,
    State.AUTHORISED,
    State.REQUIRES_APPROVAL,
)


class DirectOrder(msgspec.Struct, frozen=True):
    """From one of the customer's accounts to any account of the bank whose holder is named."""

    customer: str
    payer_number: str | None
    payee_number: str
    payee_name: str
    amount: Money
    memo: str = ""


def carry_out_order(
    conn: sqlite3.Connection, order: DirectOrder, key: str, instruction_id: str, office: Office
) -> Record:
    """SUCCEEDED, or FAILED with the reason; the same key and order again change nothing.

    Raises a BankRefusal when the order names what is not there; then nothing is stored.
    """
    request = keyed(key, order.customer, KIND, order)
    earlier = earlier_result(conn, request)
    if earlier is not None:
        return find(conn, earlier, order.customer)
    moment = office.now()
    draft = _draft(conn, order, instruction_id, to_us(moment), office)
    remember(conn, request, instruction_id, draft.created_at)
    return carry_out(conn, draft, office, moment, "in_bank_transfer", fresh=_APPROVED_BY_TWO)


def _draft(
    conn: sqlite3.Connection, order: DirectOrder, instruction_id: str, at: int, office: Office
) -> Record:
    checked_amount(order.amount, office.rules)
    checked_text(order.memo, "memo", 140, shortest=0)
    payer = own_account(conn, order.customer, order.payer_number)
    payee = account_by_number(conn, order.payee_number)
    if payee is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such payee account")
    if payee.title != order.payee_name:
        raise BankRefusal(RefusalCode.PAYEE_NAME_MISMATCH, "the account is another's")
    if payee.account_id == payer.account_id:
        raise BankRefusal(RefusalCode.SAME_ACCOUNT, "payer and payee are one account")
    return Record(
        instruction_id=instruction_id,
        version=1,
        kind=KIND,
        state=State.CREATED,
        customer=order.customer,
        device="batch",
        payer_account=payer.account_id,
        payee_account=payee.account_id,
        amount=order.amount.fen,
        fee=0,
        payer_tail=payer.tail,
        payee_name=payee.title,
        payee_tail=payee.tail,
        memo=order.memo,
        created_at=at,
        expires_at=at + office.rules.instruction_life_s * 1_000_000,
    )
