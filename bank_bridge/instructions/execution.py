"""Carrying an authorised instruction out: hold, submit, post, tell; or fail with nothing moved.

Called by the code desk and the till desk, inside the transaction that took the proof.
An in-bank movement has no outside party, so all its steps are in that one commit.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from bank_bridge.contract import BankRefusal, RefusalCode
from bank_bridge.contract import InstructionState as State
from bank_bridge.instructions.movements import Movement, move
from bank_bridge.instructions.office import Carrying, Office
from bank_bridge.instructions.records import Record, advance
from bank_bridge.ledger import holds
from bank_bridge.ledger.accounts import accounts_by_ids
from bank_bridge.ledger.database import to_us
from bank_bridge.ledger.journal import open_date
from bank_bridge.ledger.statement import debited_by

_CHANNELS = {"transfer": "chat", "purchase": "till", "batch_transfer": "batch"}
_CARRIED_OUT = (State.AUTHORISED, State.HELD, State.SUBMITTED, State.SUCCEEDED)


def check_day_limit(
    conn: sqlite3.Connection, customer: str, amount: int, moment: datetime, office: Office
) -> None:
    """A day's transfers on SMS codes alone end at the limit, counted from the journal."""
    limit = office.rules.sms_day_limit.fen
    today = open_date(conn, office.rules.business_date(moment))
    left = limit - debited_by(conn, customer, "transfer", today, today)
    if amount > left:
        raise BankRefusal(
            RefusalCode.STRONGER_PROOF_NEEDED,
            "over the day's limit for an SMS code",
            limit=limit,
            left=max(left, 0),
        )


def carry_out(
    conn: sqlite3.Connection, record: Record, office: Office, moment: datetime, product: str
) -> Record:
    """Take an instruction that was just proven to SUCCEEDED, or to FAILED with the reason.

    `product` is what the outbox says of it: what was bought, or the kind of transfer.
    """
    at, kind = to_us(moment), office.kinds.get(record.kind)
    carrying = Carrying(conn, record, moment, office)
    try:
        if record.kind == "transfer":
            check_day_limit(conn, record.customer, record.amount, moment, office)
        if kind:
            kind.check(carrying)
        if kind is None or kind.moves_money:
            _spend(conn, record, at)
    except BankRefusal as refusal:
        return advance(conn, record, (State.AUTHORISED, State.FAILED), at, failure=refusal.code)
    if kind and not kind.moves_money:
        agreed = advance(conn, record, _CARRIED_OUT, at)
        kind.settle(carrying._replace(record=agreed))
        return agreed
    payer, payee = accounts_by_ids(conn, record.payer_account, record.payee_account)
    movement = Movement(
        kind=record.kind,
        product=kind.product(carrying) if kind else product,
        channel=kind.channel(carrying) if kind else _CHANNELS[record.kind],
        payer=payer,
        payee=payee,
        amount=record.amount,
        moment=moment,
        instruction_id=record.instruction_id,
    )
    posted = move(conn, movement, office)
    done = advance(
        conn,
        record,
        _CARRIED_OUT,
        at,
        reference=posted.reference,
        balance_after=posted.balances[payer.account_id],
    )
    if kind:
        kind.settle(carrying._replace(record=done))
    return done


def _spend(conn: sqlite3.Connection, record: Record, at: int) -> None:
    if not holds.spend(conn, record.instruction_id, record.payer_account, record.amount, at):
        raise BankRefusal(RefusalCode.INSUFFICIENT_FUNDS, "not enough available")
