"""Instructions as stored: created, read, and moved on by compare-and-set with their history.

Every desk comes in here. A move that the table of states does not have is refused and
logged as a security event; two moves from the same version cannot both be made.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

import msgspec
import structlog

from bank_bridge.contract import Arrival, BankRefusal, Instruction, Money, RefusalCode
from bank_bridge.contract import InstructionState as State
from bank_bridge.instructions.states import FINISHED, OPEN, TRANSITIONS
from bank_bridge.ledger.database import from_us, to_us

log = structlog.get_logger()

_COLUMNS = (
    "instruction_id, version, kind, state, customer, device, payer_account, payee_account,"
    " amount, fee, payer_tail, payee_name, payee_tail, memo, created_at, expires_at,"
    " reference, failure, finished_at, balance_after, payee_bank, arrival, sends_at, level"
)


class Record(msgspec.Struct, frozen=True):
    """One row of `instructions`: what the customer may see of it, and what only the bank needs."""

    instruction_id: str
    version: int
    kind: str
    state: State
    customer: str
    device: str
    payer_account: int
    payee_account: int
    amount: int
    fee: int
    payer_tail: str
    payee_name: str
    payee_tail: str
    memo: str
    created_at: int
    expires_at: int
    reference: str | None = None
    failure: RefusalCode | None = None
    finished_at: int | None = None
    balance_after: int | None = None
    payee_bank: str = ""  # empty: this bank
    arrival: str = ""
    sends_at: int | None = None
    level: str = ""  # the proof it needs, once it is confirmed

    def lapsed(self, at: int) -> bool:
        """Its time is over and nobody has said so yet."""
        return self.state in OPEN and at >= self.expires_at

    def as_expired(self) -> Record:
        """What `expire` would make of it, for when it cannot be written."""
        return msgspec.structs.replace(
            self, state=State.EXPIRED, version=self.version + 1, finished_at=self.expires_at
        )

    def seen(self) -> Instruction:
        """As the customer may see it."""
        return Instruction(
            instruction_id=self.instruction_id,
            version=self.version,
            kind=self.kind,
            state=self.state,
            customer=self.customer,
            amount=Money(self.amount),
            fee=Money(self.fee),
            payer_tail=self.payer_tail,
            payee_name=self.payee_name,
            payee_tail=self.payee_tail,
            created_at=from_us(self.created_at),
            expires_at=from_us(self.expires_at),
            reference=self.reference,
            failure=self.failure,
            finished_at=None if self.finished_at is None else from_us(self.finished_at),
            balance_after=None if self.balance_after is None else Money(self.balance_after),
            memo=self.memo,
            payee_bank=self.payee_bank,
            arrival=Arrival(self.arrival) if self.arrival else None,
            sends_at=None if self.sends_at is None else from_us(self.sends_at),
            level=self.level,
        )


def find(conn: sqlite3.Connection, instruction_id: str, customer: str) -> Record:
    """The customer's instruction as stored; NOT_FOUND when there is none or it is another's."""
    row = conn.execute(
        f"SELECT {_COLUMNS} FROM instructions WHERE instruction_id = ? AND customer = ?",  # noqa: S608 - a constant
        (instruction_id, customer),
    ).fetchone()
    if row is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such instruction")
    record = Record(*row)
    failure = None if record.failure is None else RefusalCode(record.failure)
    return msgspec.structs.replace(record, state=State(record.state), failure=failure)


def find_current(
    conn: sqlite3.Connection, instruction_id: str, customer: str, now: datetime
) -> Record:
    """The instruction as it now is: past its time it is EXPIRED from here on."""
    record = find(conn, instruction_id, customer)
    return expire(conn, record) if record.lapsed(to_us(now)) else record


def expire(conn: sqlite3.Connection, record: Record) -> Record:
    return advance(conn, record, [State.EXPIRED], record.expires_at)


def create(
    conn: sqlite3.Connection, draft: Record, path: Sequence[State], **facts: str | int
) -> Record:
    """Store a new instruction that has gone from CREATED along `path`; `facts` come with it."""
    state = _end_of(draft, State.CREATED, path)
    if state in FINISHED:
        facts["finished_at"] = draft.created_at
    record = msgspec.structs.replace(draft, state=state, version=1 + len(path), **facts)
    conn.execute(
        f"INSERT INTO instructions ({_COLUMNS}) VALUES ({', '.join('?' * 24)})",  # noqa: S608 - a constant
        msgspec.structs.astuple(record),
    )
    _tell_history(conn, record.instruction_id, 1, ["", State.CREATED, *path], record.created_at)
    return record


def advance(
    conn: sqlite3.Connection,
    record: Record,
    path: Sequence[State],
    at: int,
    **facts: str | int | None,
) -> Record:
    """Move the instruction along `path`, each step in its history; `facts` change with it."""
    state = _end_of(record, record.state, path)
    if state in FINISHED:
        facts["finished_at"] = at
    moved = msgspec.structs.replace(
        record, state=state, version=record.version + len(path), **facts
    )
    swapped = conn.execute(
        "UPDATE instructions SET state = ?, version = ?, device = ?, reference = ?, failure = ?,"
        " finished_at = ?, balance_after = ?, level = ? WHERE instruction_id = ? AND version = ?",
        (
            moved.state,
            moved.version,
            moved.device,
            moved.reference,
            moved.failure,
            moved.finished_at,
            moved.balance_after,
            moved.level,
            record.instruction_id,
            record.version,
        ),
    )
    if swapped.rowcount == 0:
        raise illegal(record, state)
    _tell_history(conn, record.instruction_id, record.version + 1, [record.state, *path], at)
    return moved


def _end_of(record: Record, state: State, path: Sequence[State]) -> State:
    """Where the path leads; refused when the table of states does not have one of its steps."""
    for following in path:
        if following not in TRANSITIONS[state]:
            raise illegal(record, following)
        state = following
    return state


def _tell_history(
    conn: sqlite3.Connection, instruction_id: str, version: int, states: Sequence[str], at: int
) -> None:
    """The steps between the states, the first of which makes `version`."""
    steps = [
        (instruction_id, version + step, before, after, at)
        for step, (before, after) in enumerate(pairwise(states))
    ]
    if steps:
        conn.execute(
            f"INSERT INTO instruction_history VALUES {', '.join(['(?, ?, ?, ?, ?)'] * len(steps))}",  # noqa: S608 - only marks
            [cell for step in steps for cell in step],
        )


def illegal(record: Record, wanted: State) -> BankRefusal:
    """The refusal of a step out of order, which is also a security event."""
    log.warning(
        "illegal_transition",
        instruction=record.instruction_id,
        version=record.version,
        state=record.state,
        wanted=wanted,
    )
    return BankRefusal(RefusalCode.ILLEGAL_TRANSITION, f"{record.state} does not become {wanted}")
