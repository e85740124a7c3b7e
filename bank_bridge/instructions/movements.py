"""Money on its way: posts one movement and tells the outbox, in the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, datetime

import msgspec

from bank_bridge.contract import BankEvent, Money
from bank_bridge.instructions.office import Office
from bank_bridge.ledger import journal, outbox
from bank_bridge.ledger.accounts import LedgerAccount
from bank_bridge.ledger.database import to_us


class Movement(msgspec.Struct, frozen=True):
    """An amount from one account to another, and what it is called elsewhere."""

    kind: str  # of the journal: transfer, purchase, opening_deposit
    product: str
    channel: str
    payer: LedgerAccount
    payee: LedgerAccount
    amount: int
    moment: datetime
    instruction_id: str | None
    corrects: int | None = None  # the entry that it undoes, in part or whole
    day_end: date | None = None  # the date that is being closed, if this is its own


def move(conn: sqlite3.Connection, movement: Movement, office: Office) -> journal.Posted:
    """Post it, and announce it to whoever reads the outbox."""
    closing = movement.day_end or office.day_end
    posted = journal.post(
        conn,
        journal.Entry(
            kind=movement.kind,
            instruction_id=movement.instruction_id,
            posted_at=to_us(movement.moment),
            business_date=closing or office.rules.business_date(movement.moment),
            legs=(
                journal.Leg(movement.payer.account_id, -movement.amount),
                journal.Leg(movement.payee.account_id, movement.amount),
            ),
            corrects=movement.corrects,
            of_day_end=closing is not None,
        ),
    )
    outbox.append(conn, _events(movement, posted, office))
    return posted


def _events(movement: Movement, posted: journal.Posted, office: Office) -> Iterator[BankEvent]:
    """A notice for each customer touched; for a customer's own act, an envelope with a band."""
    plain = BankEvent(
        position=0,  # the outbox gives it
        event_id="",
        type=movement.kind,
        customer=movement.payer.customer or "",
        occurred_at=movement.moment,
        business_date=posted.business_date.isoformat(),
        product=movement.product,
        channel=movement.channel,
        amount_band=office.rules.amount_band(movement.amount),
        trace_id=movement.instruction_id or posted.reference,
    )
    sides = (
        (movement.payer, movement.payee, -movement.amount),
        (movement.payee, movement.payer, movement.amount),
    )
    for own, other, change in sides:
        if own.customer is not None:
            yield msgspec.structs.replace(
                plain,
                event_id=office.new_id(),
                type="posting",
                customer=own.customer,
                account_tail=own.tail,
                counterparty=other.title,
                amount=Money(change),
                balance_after=Money(posted.balances[own.account_id]),
            )
    if movement.payer.customer is not None:
        yield msgspec.structs.replace(plain, event_id=office.new_id())
