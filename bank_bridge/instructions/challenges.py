"""Codes under way, as stored: the newest of each instruction, and how many a number was sent."""

from __future__ import annotations

import sqlite3

import msgspec

from bank_bridge.contract import BankRefusal, Challenge, RefusalCode
from bank_bridge.instructions.codes import masked_phone
from bank_bridge.instructions.rules import Rules
from bank_bridge.ledger.database import from_us

_SECOND = 10**6
_HOUR = 3_600 * _SECOND
_DAY = 24 * _HOUR


class StoredChallenge(msgspec.Struct, frozen=True):
    """One row of `challenges`; the code is in it only as a hash."""

    challenge_id: int
    instruction_id: str
    version: int
    phone: str
    salt: bytes
    code_hash: bytes
    sent_at: int
    expires_at: int
    resend_at: int
    attempts_left: int

    def usable(self, at: int) -> bool:
        return self.attempts_left > 0 and at < self.expires_at

    def seen(self) -> Challenge:
        return Challenge(
            instruction_id=self.instruction_id,
            phone_masked=masked_phone(self.phone),
            expires_at=from_us(self.expires_at),
            resend_at=from_us(self.resend_at),
            attempts_left=self.attempts_left,
        )


def newest(conn: sqlite3.Connection, instruction_id: str) -> StoredChallenge | None:
    """The only code that may still be used; every older one is dead."""
    row = conn.execute(
        "SELECT * FROM challenges WHERE instruction_id = ? ORDER BY challenge_id DESC LIMIT 1",
        (instruction_id,),
    ).fetchone()
    return None if row is None else StoredChallenge(*row)


def add(conn: sqlite3.Connection, challenge: StoredChallenge) -> StoredChallenge:
    """Store it; the row gives the id."""
    fields = msgspec.structs.astuple(challenge)[1:]
    cursor = conn.execute("INSERT INTO challenges VALUES (NULL,?,?,?,?,?,?,?,?,?)", fields)
    return msgspec.structs.replace(challenge, challenge_id=cursor.lastrowid)


def spend(conn: sqlite3.Connection, challenge: StoredChallenge, attempts_left: int) -> None:
    conn.execute(
        "UPDATE challenges SET attempts_left = ? WHERE challenge_id = ?",
        (attempts_left, challenge.challenge_id),
    )


def allow_resend(conn: sqlite3.Connection, challenge: StoredChallenge, at: int) -> StoredChallenge:
    """It never left the bank, so the customer need not wait for the next."""
    conn.execute(
        "UPDATE challenges SET resend_at = ? WHERE challenge_id = ?", (at, challenge.challenge_id)
    )
    return msgspec.structs.replace(challenge, resend_at=at)


def check_may_send(
    conn: sqlite3.Connection, instruction_id: str, phone: str, at: int, rules: Rules
) -> None:
    """Raise RESEND_TOO_SOON or RESEND_LIMIT, with when to try again."""
    earlier = newest(conn, instruction_id)
    if earlier is not None and at < earlier.resend_at:
        raise _not_yet(RefusalCode.RESEND_TOO_SOON, earlier.resend_at - at)
    sent = [
        sent_at
        for (sent_at,) in conn.execute(
            "SELECT sent_at FROM challenges WHERE phone = ? AND sent_at > ? ORDER BY sent_at DESC",
            (phone, at - _DAY),
        )
    ]
    for window, most in ((_HOUR, rules.codes_per_hour), (_DAY, rules.codes_per_day)):
        if len(sent) >= most and sent[most - 1] > at - window:
            raise _not_yet(RefusalCode.RESEND_LIMIT, sent[most - 1] + window - at)


def _not_yet(code: RefusalCode, left_us: int) -> BankRefusal:
    return BankRefusal(code, "no code can be sent yet", retry_after_s=-(-left_us // _SECOND))
