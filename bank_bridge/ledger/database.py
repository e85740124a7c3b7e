"""One way to open the bank's file: durable, with its schema brought up to date.

The ledger's writer, its readers and the auditor come in here. Several processes may
have the file open at once, so nothing read from it is ever kept between transactions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

from bank_bridge.contract import BankError

Connect = Callable[..., sqlite3.Connection]
BUSY_TIMEOUT_S = 5.0
_CACHE_KIB = 65_536
_CHECKPOINT_PAGES = 8_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_us(moment: datetime) -> int:
    """Microseconds since 1970, the form in which times are stored."""
    past = moment - _EPOCH
    return (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds


def from_us(stored: int) -> datetime:
    return _EPOCH + timedelta(microseconds=stored)


def open_writing(path: Path, connect: Connect = sqlite3.connect) -> sqlite3.Connection:
    """A connection that may write; its commits survive a power cut."""
    conn = _open(path, connect)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = FULL")
    # References are the auditor's to check: at each row they cost a fifth of a transfer.
    conn.execute("PRAGMA foreign_keys = OFF")
    conn.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    conn.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    return conn


def open_reading(path: Path, connect: Connect = sqlite3.connect) -> sqlite3.Connection:
    """A connection that cannot write, whatever it is asked."""
    conn = _open(path, connect)
    conn.execute("PRAGMA query_only = ON")
    return conn


def migrate(conn: sqlite3.Connection) -> None:
    """Bring the schema up to date, all in one commit; safe when two processes start at once."""
    scripts = _scripts()
    conn.execute("BEGIN IMMEDIATE")
    try:
        for script in scripts[_version(conn, len(scripts)) :]:
            for statement in _statements(script):
                conn.execute(statement)
        conn.execute(f"PRAGMA user_version = {len(scripts)}")
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:  # a commit whose answer was lost has ended it
            conn.execute("ROLLBACK")
        raise


def _version(conn: sqlite3.Connection, known: int) -> int:
    (version,) = conn.execute("PRAGMA user_version").fetchone()
    if version > known:
        raise BankError(f"the bank's file is of version {version}, newer than this program")
    return int(version)


def _open(path: Path, connect: Connect) -> sqlite3.Connection:
    return connect(
        path,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,  # transactions are begun and ended by name
        check_same_thread=False,  # opened here, used by one other thread
        cached_statements=256,
    )


def _scripts() -> list[str]:
    folder = resources.files("bank_bridge.ledger") / "migrations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [file.read_text(encoding="utf-8") for file in files]


def _statements(script: str) -> Iterator[str]:
    """Split a script; `executescript` would commit before it begins."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
