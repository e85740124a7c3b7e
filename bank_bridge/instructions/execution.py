"""Carrying an authorised instruction out: hold, submit, post, tell; or fail with nothing moved.

Called by the code desk and the till desk, inside the transaction that took the proof.
An in-bank movement has no outside party, so all its steps are in that one commit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bank_bridge.contract import BankRefusal, RefusalCode
from bank_bridge.contract import InstructionState as State
from bank_bridge.instructions.day_limits import check_proven, remind
from bank_bridge.instructions.movements import Movement, move
from bank_bridge.instructions.office import Carrying, Office
from bank_bridge.instructions.records import Record, advance, create
from bank_bridge.instructions.standing import check_not_frozen
from bank_bridge.instructions.tiers import check_move
from bank_bridge.ledger import holds
from bank_bridge.ledger.accounts import LedgerAccount, account_by_id
from bank_bridge.ledger.database import to_us

_CHANNELS = {
    "transfer": "chat",
    "bound_transfer": "chat",
    "purchase": "till",
    "void": "till",
    "refund": "till",
    "reversal": "till",
    "batch_transfer": "batch",
}
_CARRIED_OUT = (State.AUTHORISED, State.HELD, State.SUBMITTED, State.SUCCEEDED)


def carry_out(
    conn: sqlite3.Connection,
    record: Record,
    office: Office,
    moment: datetime,
    product: str,
    *,
    fresh: Sequence[State] = (),
    corrects: int | None = None,
) -> Record:
    """Take an instruction that was just proven to SUCCEEDED, or to FAILED with the reason.

    `product` is what the outbox says of it: what was bought, or the kind of transfer.
    `fresh` is the path of a draft that was proven as it came: it is stored once, with its end.
    `corrects` is the entry that it gives back from.
    """
    at, kind = to_us(moment), office.kinds.get(record.kind)
    end = partial(create, conn, record) if fresh else partial(_move_on, conn, record, at)
    carrying = Carrying(conn, record, moment, office)
    try:
        used = check_proven(carrying) if record.kind == "transfer" else None
        if kind:
            kind.check(carrying)
        if kind is None or kind.moves_money:
            payer, payee = _spend(carrying)
        else:
            check_not_frozen(conn, record.customer)
    except BankRefusal as refusal:
        return end((*fresh, State.AUTHORISED, State.FAILED), failure=refusal.code)
    if kind and not kind.moves_money:
        agreed = end((*fresh, *_CARRIED_OUT))
        kind.settle(carrying._replace(record=agreed))
        return agreed
    movement = Movement(
        kind=record.kind,
        product=kind.product(carrying) if kind else product,
        channel=kind.channel(carrying) if kind else _CHANNELS[record.kind],
        payer=payer,
        payee=payee,
        amount=record.amount,
        moment=moment,
        instruction_id=record.instruction_id,
        corrects=corrects,
    )
    posted = move(conn, movement, office)
    done = end(
        (*fresh, *_CARRIED_OUT),
        reference=posted.reference,
        balance_after=posted.balances[payer.account_id],
    )
    if used is not None:
        remind(carrying, used)
    if kind:
        kind.settle(carrying._replace(record=done))
    return done


def _spend(carrying: Carrying) -> tuple[LedgerAccount, LedgerAccount]:
    """Payer and payee, once the payer's money is set aside for what is posted next."""
    conn, record, moment, office = carrying
    payer = account_by_id(conn, record.payer_account)
    payee = account_by_id(conn, record.payee_account)
    check_not_frozen(conn, payer.customer)
    check_move(conn, payer, payee, record.kind, record.amount, moment, office)
    if not holds.spend(conn, record.instruction_id, payer, record.amount, to_us(moment)):
        raise BankRefusal(RefusalCode.INSUFFICIENT_FUNDS, "not enough available")
    return payer, payee


def _move_on(
    conn: sqlite3.Connection, record: Record, at: int, path: Sequence[State], **facts: str | int
) -> Record:
    return advance(conn, record, path, at, **facts)
