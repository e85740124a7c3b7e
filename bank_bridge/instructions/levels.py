"""Authentication levels (bank-services §1.7): which proof an instruction still needs.

A1 is the confirm card's tap alone, for small payments of a kind the customer has made
before, within minutes of the last proof on the same device; A2 is an SMS code; A3 is a
signature by the device's key, for transfers above the day's limit for codes and for what
decides over later proofs. A4, two people, is the batches' and the billers' desk's.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol, runtime_checkable

from bank_bridge.instructions.day_limits import TO_PERSONS, over_codes
from bank_bridge.instructions.key_rows import NEW_KEY
from bank_bridge.instructions.office import Carrying
from bank_bridge.ledger.database import to_us


class Level(StrEnum):
    A1 = "A1"
    A2 = "A2"
    A3 = "A3"


@runtime_checkable
class Signed(Protocol):
    """A kind of instruction that may need a signature whatever its amount."""

    def signed(self, carrying: Carrying, /) -> bool:
        """Whether a code is not enough for this one."""


def level_of(carrying: Carrying) -> Level:
    """What a confirmed instruction needs before it is carried out."""
    record, rules = carrying.record, carrying.office.rules
    kind = carrying.office.kinds.get(record.kind)
    if record.kind == NEW_KEY:  # what codes are to be replaced by cannot ask for itself
        return Level.A2
    if isinstance(kind, Signed) and kind.signed(carrying):
        return Level.A3
    if record.kind in TO_PERSONS and over_codes(carrying):
        return Level.A3
    by_code = Level.A2 if rules.sms_enabled else Level.A3
    small = record.amount <= rules.tap_most.fen
    if kind is None or not small or not kind.known(carrying):
        return by_code
    since = to_us(carrying.moment) - rules.tap_within_s * 10**6
    return Level.A1 if _last_proof_at(carrying) >= since else by_code


def _last_proof_at(carrying: Carrying) -> int:
    """When this customer last typed a right code or signed on this device; 0: never."""
    (at,) = carrying.conn.execute(
        "SELECT COALESCE(MAX(h.moved_at), 0) FROM instructions i"
        " JOIN instruction_history h USING (instruction_id)"
        " WHERE i.customer = ? AND i.device = ? AND h.to_state = 'AUTHORISED' AND (EXISTS"
        " (SELECT 1 FROM challenges c WHERE c.instruction_id = i.instruction_id) OR EXISTS"
        " (SELECT 1 FROM signings s WHERE s.instruction_id = i.instruction_id))",
        (carrying.record.customer, carrying.record.device),
    ).fetchone()
    return int(at)
