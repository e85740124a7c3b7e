"""Authentication levels (bank-services §1.7): which proof an instruction still needs.

A1 is the confirm card's tap alone, for small payments of a kind the customer has made
before, within minutes of the last code typed on the same device; A2 is an SMS code. Where
A3 would be needed this bank has no device keys to offer, and refuses.
"""

from __future__ import annotations

from enum import StrEnum

from bank_bridge.instructions.office import Carrying
from bank_bridge.ledger.database import to_us


class Level(StrEnum):
    A1 = "A1"
    A2 = "A2"


def level_of(carrying: Carrying) -> Level:
    """What a confirmed instruction needs before it is carried out."""
    record, rules = carrying.record, carrying.office.rules
    kind = carrying.office.kinds.get(record.kind)
    small = record.amount <= rules.tap_most.fen
    if kind is None or not small or not kind.known(carrying):
        return Level.A2
    since = to_us(carrying.moment) - rules.tap_within_s * 10**6
    return Level.A1 if _last_code_at(carrying) >= since else Level.A2


def _last_code_at(carrying: Carrying) -> int:
    """When this customer last typed a right code on this device; 0: never."""
    (at,) = carrying.conn.execute(
        "SELECT COALESCE(MAX(h.moved_at), 0) FROM instructions i"
        " JOIN instruction_history h USING (instruction_id)"
        " WHERE i.customer = ? AND i.device = ? AND h.to_state = 'AUTHORISED' AND EXISTS"
        " (SELECT 1 FROM challenges c WHERE c.instruction_id = i.instruction_id)",
        (carrying.record.customer, carrying.record.device),
    ).fetchone()
    return int(at)
