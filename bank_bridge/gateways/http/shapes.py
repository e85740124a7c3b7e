"""What a reply looks like beside the contract's own values: refusals, and outcomes not known.

One table leads from the bank's refusals to HTTP statuses; the code in the body is what counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from bank_bridge.contract import BankRefusal, Instruction, OutcomeUnknown, RefusalCode
from bank_bridge.contract import InstructionState as State

OK, ACCEPTED = 200, 202
UNDECIDED = frozenset({State.AUTHORISED, State.HELD, State.SUBMITTED, State.UNKNOWN})
_STATUS: Mapping[RefusalCode, int] = MappingProxyType(
    {
        RefusalCode.INVALID_AMOUNT: 400,
        RefusalCode.INVALID_REQUEST: 400,
        RefusalCode.AUTH_FAILED: 403,
        RefusalCode.AUTH_LOCKED: 403,
        RefusalCode.STRONGER_PROOF_NEEDED: 403,
        RefusalCode.FROZEN: 403,
        RefusalCode.NOT_FOUND: 404,
        RefusalCode.ALREADY_EXISTS: 409,
        RefusalCode.DUPLICATE: 409,
        RefusalCode.IN_PROGRESS: 409,
        RefusalCode.IDEMPOTENCY_CONFLICT: 409,
        RefusalCode.ILLEGAL_TRANSITION: 409,
        RefusalCode.EXPIRED: 410,
        RefusalCode.RESEND_TOO_SOON: 429,
        RefusalCode.RESEND_LIMIT: 429,
        RefusalCode.WRITES_STOPPED: 503,
        RefusalCode.CORE_UNAVAILABLE: 503,
    }
)
_OTHER = 422  # the bank understood and says no: funds, limits, names


class Fault(msgspec.Struct, frozen=True):
    """`code` is one of the error catalogue, or of the door: see `door.py`."""

    code: str
    message: str = ""
    details: Mapping[str, int | str] = {}


class FaultReply(msgspec.Struct, frozen=True):
    error: Fault


class UnknownReply(msgspec.Struct, frozen=True):
    """Neither done nor failed: ask again by `outcome_unknown`, an instruction or a key."""

    outcome_unknown: str


class Reply(msgspec.Struct, frozen=True):
    """What goes back over the line, before it is signed."""

    status: int
    body: bytes


UNKNOWN_MARK = b'{"outcome_unknown"'
decode_fault = msgspec.json.Decoder(FaultReply).decode
decode_unknown = msgspec.json.Decoder(UnknownReply).decode


def fault_reply(status: int, code: str, message: str = "", **details: int | str) -> Reply:
    return Reply(status, msgspec.json.encode(FaultReply(Fault(code, message, details))))


def refused(refusal: BankRefusal) -> Reply:
    code = refusal.code
    message = str(refusal).partition(": ")[2]
    return fault_reply(_STATUS.get(code, _OTHER), code, message, **refusal.details)


def unknown(outcome: OutcomeUnknown) -> Reply:
    return Reply(ACCEPTED, msgspec.json.encode(UnknownReply(outcome.instruction_id)))


def answered(value: object) -> Reply:
    """200 for what is final, 202 for an instruction that is still on its way."""
    on_its_way = isinstance(value, Instruction) and value.state in UNDECIDED
    return Reply(ACCEPTED if on_its_way else OK, msgspec.json.encode(value))
