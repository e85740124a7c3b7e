"""Device keys as stored: asked for, made, used, revoked; never brought back."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from bank_bridge.device_contract import DeviceKey, KeyState
from bank_bridge.ledger.database import from_us

NEW_KEY = "device_key_agreement"  # the kind of instruction that asks for one
_SELECT = (
    "SELECT instruction_id, customer, device, name, state, key, public_key, counter, uses,"
    " made_at, used_at FROM device_keys "
)


class KeyRow(msgspec.Struct, frozen=True):
    """One row of `device_keys`."""

    instruction_id: str
    customer: str
    device: str
    name: str
    state: str
    key: str
    public_key: bytes
    counter: int
    uses: int
    made_at: int
    used_at: int | None

    def seen(self) -> DeviceKey:
        used_at = None if self.used_at is None else from_us(self.used_at)
        state, made_at = KeyState(self.state), from_us(self.made_at)
        return DeviceKey(self.key, self.device, self.name, state, made_at, self.uses, used_at)


def keys_of(
    conn: sqlite3.Connection,
    customer: str,
    states: Sequence[KeyState] = (KeyState.ACTIVE,),
    device: str | None = None,
) -> list[KeyRow]:
    """A customer's keys in these states, of one device or of all, the newest first."""
    rows = conn.execute(
        _SELECT + "WHERE customer = ?1 AND (?2 IS NULL OR device = ?2) AND key IS NOT NULL"
        " ORDER BY made_at DESC, rowid DESC",
        (customer, device),
    )
    return [row for row in (KeyRow(*each) for each in rows) if row.state in states]


def has_active_key(conn: sqlite3.Connection, customer: str) -> bool:
    return bool(keys_of(conn, customer))


def ask(
    conn: sqlite3.Connection, instruction_id: str, customer: str, device: str, name: str, at: int
) -> None:
    conn.execute(
        "INSERT INTO device_keys (instruction_id, customer, device, name, state, made_at)"
        " VALUES (?, ?, ?, ?, 'ASKED', ?)",
        (instruction_id, customer, device, name, at),
    )


def attach(
    conn: sqlite3.Connection, instruction_id: str, key: str, public_key: bytes, counter: int
) -> bool:
    """The key that was made for it; false where another has this key."""
    changed = conn.execute(
        "UPDATE OR IGNORE device_keys SET key = ?, public_key = ?, counter = ?"
        " WHERE instruction_id = ? AND state = 'ASKED'",
        (key, public_key, counter, instruction_id),
    )
    return changed.rowcount == 1


def is_made(conn: sqlite3.Connection, instruction_id: str) -> bool:
    row = conn.execute(
        "SELECT key FROM device_keys WHERE instruction_id = ?", (instruction_id,)
    ).fetchone()
    return row is not None and row[0] is not None


def begin(conn: sqlite3.Connection, instruction_id: str, device: str, state: KeyState) -> None:
    """It is proven; once it is active, an older key of the same device is none any more."""
    conn.execute(
        "UPDATE device_keys SET state = ?, device = ? WHERE instruction_id = ?",
        (state, device, instruction_id),
    )
    if state is KeyState.ACTIVE:
        _replace_older(conn, instruction_id)


def approve(conn: sqlite3.Connection, customer: str, key: str) -> bool:
    """Whether there was such a key waiting."""
    row = conn.execute(
        "UPDATE device_keys SET state = 'ACTIVE' WHERE customer = ? AND key = ?"
        " AND state = 'PENDING' RETURNING instruction_id",
        (customer, key),
    ).fetchone()
    if row is None:
        return False
    _replace_older(conn, row[0])
    return True


def _replace_older(conn: sqlite3.Connection, instruction_id: str) -> None:
    conn.execute(
        "UPDATE device_keys AS old SET state = 'REVOKED' FROM device_keys AS new"
        " WHERE new.instruction_id = ? AND old.customer = new.customer"
        " AND old.device = new.device AND old.instruction_id <> new.instruction_id"
        " AND old.state IN ('PENDING', 'ACTIVE')",
        (instruction_id,),
    )


def used(conn: sqlite3.Connection, row: KeyRow, counter: int, at: int) -> bool:
    """Note one more use; false if the key was used or revoked since `row` was read."""
    changed = conn.execute(
        "UPDATE device_keys SET counter = ?, uses = uses + 1, used_at = ? WHERE key = ?"
        " AND state = 'ACTIVE' AND uses = ?",
        (counter, at, row.key, row.uses),
    )
    return changed.rowcount == 1


def revoke(conn: sqlite3.Connection, customer: str, *, key: str = "", device: str = "") -> int:
    """How many keys there were of that name, or of that device."""
    changed = conn.execute(
        "UPDATE device_keys SET state = 'REVOKED' WHERE customer = ?1"
        " AND ((?2 <> '' AND key = ?2) OR (?3 <> '' AND device = ?3))",
        (customer, key, device),
    )
    return changed.rowcount


def grant(conn: sqlite3.Connection, customer: str, at: int) -> None:
    conn.execute(
        "INSERT INTO key_grants VALUES (?, ?) ON CONFLICT (customer) DO UPDATE SET"
        " granted_at = excluded.granted_at",
        (customer, at),
    )


def is_granted(conn: sqlite3.Connection, customer: str) -> bool:
    found = conn.execute("SELECT 1 FROM key_grants WHERE customer = ?", (customer,)).fetchone()
    return found is not None


def use_grant(conn: sqlite3.Connection, customer: str) -> bool:
    """Take the grant, once."""
    gone = conn.execute("DELETE FROM key_grants WHERE customer = ?", (customer,))
    return gone.rowcount == 1
