"""What a customer's transfers of one business date may come to, by the proof they carry.

On SMS codes alone 50,000 (the central bank's notice of 2016, bank-services §1.7), above that
on a device's signatures. Counted is what the journal has and what is held for transfers that
another bank has not answered yet.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime

from bank_bridge.contract import BankEvent, BankRefusal, Money, RefusalCode
from bank_bridge.instructions.key_rows import has_active_key
from bank_bridge.instructions.office import Carrying, Office
from bank_bridge.ledger import holds, outbox
from bank_bridge.ledger.journal import open_date
from bank_bridge.ledger.statement import debited_by

TO_PERSONS = ("transfer", "p2p", "red_packet")
_BY_SIGNATURE = "A3"


def check_quoted(
    conn: sqlite3.Connection, customer: str, amount: int, moment: datetime, office: Office
) -> None:
    """Refuse what the customer could not prove today, whatever they did."""
    used = _used(conn, customer, moment, office)
    _check(used, amount, office, lambda: has_active_key(conn, customer))


def check_proven(carrying: Carrying) -> int:
    """Refuse what was proven, and by too little for the day as it is by now.

    What the day's transfers came to before this one, in fen.
    """
    conn, record, moment, office = carrying
    used = _used(conn, record.customer, moment, office)
    _check(used, record.amount, office, lambda: record.level == _BY_SIGNATURE)
    return used


def remind(carrying: Carrying, used: int) -> None:
    """Tell the customer, once a date, that this transfer takes the day's total above the rule's
    mark (§1.7); `used` is what it was before.
    """
    conn, record, moment, office = carrying
    mark = office.rules.remind_above.fen
    if not used <= mark < used + record.amount:
        return
    event = BankEvent(
        position=0,  # the outbox gives it
        event_id=office.new_id(),
        type="day.total",
        customer=record.customer,
        occurred_at=moment,
        business_date=office.rules.business_date(moment).isoformat(),
        product="transfer",
        channel="bank",
        amount_band=office.rules.amount_band(mark),
        trace_id=record.instruction_id,
        amount=Money(mark),
    )
    outbox.append(conn, [event])


def over_codes(carrying: Carrying) -> bool:
    """Whether this one passes what codes alone are enough for."""
    conn, record, moment, office = carrying
    used = _used(conn, record.customer, moment, office)
    return record.amount > office.rules.sms_day_limit.fen - used


def _used(conn: sqlite3.Connection, customer: str, moment: datetime, office: Office) -> int:
    today = open_date(conn, office.rules.business_date(moment))
    paid = sum(debited_by(conn, customer, kind, today, today) for kind in TO_PERSONS)
    return paid + holds.held_of(conn, customer)


def _check(used: int, amount: int, office: Office, signed: Callable[[], bool]) -> None:
    limit = office.rules.sms_day_limit.fen
    if amount <= limit - used:
        return
    if not signed():
        raise BankRefusal(
            RefusalCode.STRONGER_PROOF_NEEDED,
            "over the day's limit for an SMS code",
            limit=limit,
            left=max(limit - used, 0),
        )
    most = office.rules.signed_day_limit.fen
    if amount > most - used:
        left = max(most - used, 0)
        raise BankRefusal(RefusalCode.LIMIT_DAY, "over the day's limit", limit=most, left=left)
