"""What the orders of all products share: quoted once by their key, or carried out at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime

import msgspec

from bank_bridge.contract import BankEvent, BankRefusal, Instruction, Money
from bank_bridge.contract import InstructionState as State
from bank_bridge.instructions.execution import carry_out
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.records import Record, create, find_current
from bank_bridge.instructions.requests import KeyedRequest, earlier_result, remember
from bank_bridge.instructions.tiers import check_move
from bank_bridge.ledger import outbox
from bank_bridge.ledger.accounts import LedgerAccount
from bank_bridge.ledger.database import to_us

_PROVEN_BEFORE = (State.QUOTED, State.REQUIRES_CONFIRMATION, State.REQUIRES_AUTH)


class Terms(msgspec.Struct, frozen=True):
    """What an order comes to: who pays whom how much, and what the card calls it."""

    kind: str
    customer: str
    device: str
    payer: LedgerAccount
    payee: LedgerAccount
    amount: int
    payee_name: str
    memo: str = ""
    payee_tail: str | None = None  # none: as the account has it


async def order(
    office: Office,
    request: KeyedRequest,
    customer: str,
    quote: Callable[[sqlite3.Connection], Terms],
    keep: Callable[[sqlite3.Connection, str], None],
) -> Instruction:
    """Quote it and leave it in REQUIRES_CONFIRMATION; `keep` stores the product's own row.

    The same request again is the same instruction as it now is. A refusal stores nothing.
    """
    instruction_id = office.new_id()

    def operation(conn: sqlite3.Connection) -> Record:
        earlier = earlier_result(conn, request)
        if earlier is not None:
            return find_current(conn, earlier, customer, office.now())
        terms, moment = quote(conn), office.now()
        if office.kinds[terms.kind].moves_money:
            check_move(conn, terms.payer, terms.payee, terms.kind, terms.amount, moment, office)
        made = draft(terms, instruction_id, office, moment)
        remember(conn, request, instruction_id, made.created_at)
        record = create(conn, made, [State.QUOTED, State.REQUIRES_CONFIRMATION])
        keep(conn, instruction_id)
        return record

    return (await office.books.write(instruction_id, operation)).seen()


def at_once(
    conn: sqlite3.Connection,
    terms: Terms,
    office: Office,
    keep: Callable[[sqlite3.Connection, str], None] | None = None,
) -> Record:
    """Carry out what was proven before: an agreement's debit, a refund, money taken back.

    Raises the refusal, so that the caller's transaction keeps nothing of it.
    """
    moment = office.now()
    made = draft(terms, office.new_id(), office, moment)
    ready = create(conn, made, _PROVEN_BEFORE)
    if keep:
        keep(conn, ready.instruction_id)
    done = carry_out(conn, ready, office, moment, terms.kind)
    if done.failure is not None:
        raise BankRefusal(done.failure, "could not be carried out")
    return done


def draft(terms: Terms, instruction_id: str, office: Office, moment: datetime) -> Record:
    at = to_us(moment)
    return Record(
        instruction_id=instruction_id,
        version=1,
        kind=terms.kind,
        state=State.CREATED,
        customer=terms.customer,
        device=terms.device,
        payer_account=terms.payer.account_id,
        payee_account=terms.payee.account_id,
        amount=terms.amount,
        fee=0,
        payer_tail=terms.payer.tail,
        payee_name=terms.payee_name,
        payee_tail=terms.payee.tail if terms.payee_tail is None else terms.payee_tail,
        memo=terms.memo,
        created_at=at,
        expires_at=at + office.rules.instruction_life_s * 1_000_000,
    )


def tell(
    conn: sqlite3.Connection,
    office: Office,
    *,
    type_: str,
    customer: str,
    product: str,
    about: str,
    amount: int,
    trace_id: str,
) -> None:
    """A product's own event, in the caller's commit: words for the customer, a band for others."""
    moment = office.now()
    event = BankEvent(
        position=0,  # the outbox gives it
        event_id=office.new_id(),
        type=type_,
        customer=customer,
        occurred_at=moment,
        business_date=office.rules.business_date(moment).isoformat(),
        product=product,
        channel="bank",
        amount_band=office.rules.amount_band(amount),
        trace_id=trace_id,
        counterparty=about,
        amount=Money(amount),
    )
    outbox.append(conn, [event])
