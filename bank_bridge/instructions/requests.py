"""What a request must look like, and what happens when it comes twice.

A key stands for one request for ever: the SHA-256 of caller, operation and every field.
Requests that were refused leave nothing behind, so a corrected one may use the key.
"""

from __future__ import annotations

import hashlib
import sqlite3

import msgspec

from bank_bridge.contract import BankRefusal, Money, RefusalCode
from bank_bridge.instructions.rules import Rules


class KeyedRequest(msgspec.Struct, frozen=True):
    """A request and the key its sender gave it."""

    key: str
    digest: bytes


def keyed(key: str, caller: str, operation: str, *fields: object) -> KeyedRequest:
    """Bind the key to the request. `fields` are plain values or structs."""
    checked_text(key, "idempotency_key", 200)
    try:
        canonical = msgspec.json.encode([caller, operation, *fields], order="sorted")
    except UnicodeEncodeError as exc:
        raise BankRefusal(RefusalCode.INVALID_REQUEST, "not text") from exc
    return KeyedRequest(key, hashlib.sha256(canonical).digest())


def earlier_result(conn: sqlite3.Connection, request: KeyedRequest) -> str | None:
    """What this very request made before, if it did; IDEMPOTENCY_CONFLICT if another did.

    Raises EXPIRED when a reversal of the key came before the request itself.
    """
    row = conn.execute(
        "SELECT request_hash, result FROM idempotency WHERE key = ?1 UNION ALL SELECT NULL, NULL"
        " FROM reversals WHERE original_key = ?1 AND instruction_id IS NULL",
        (request.key,),
    ).fetchone()
    if row is None:
        return None
    if row[0] is None:
        raise BankRefusal(RefusalCode.EXPIRED, "reversed before it came")
    if row[0] != request.digest:
        raise BankRefusal(RefusalCode.IDEMPOTENCY_CONFLICT, "this key was used for another request")
    return str(row[1])


def remember(conn: sqlite3.Connection, request: KeyedRequest, result: str, at: int) -> None:
    conn.execute(
        "INSERT INTO idempotency VALUES (?, ?, ?, ?)", (request.key, request.digest, result, at)
    )


def checked_text(value: str, field: str, longest: int, shortest: int = 1) -> str:
    """The text, or INVALID_REQUEST if it could not be stored and shown as it is."""
    if not shortest <= len(value) <= longest or not value.replace(" ", "a").isprintable():
        raise BankRefusal(RefusalCode.INVALID_REQUEST, f"{field} is not well formed")
    return value


def checked_amount(amount: Money, rules: Rules) -> int:
    """The amount in fen, or INVALID_AMOUNT."""
    if not 0 < amount.fen <= rules.greatest_amount.fen:
        raise BankRefusal(RefusalCode.INVALID_AMOUNT, "not an amount that can be moved")
    return amount.fen
