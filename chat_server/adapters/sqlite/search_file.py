"""The search index's file: its tables, and how messages are taken into it.

Each row's tokens begin with its conversation's number, so that a search walks only the
conversations of who asks. The file can be made again, so one of another schema is emptied.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from msgspec.structs import astuple

from chat_server.adapters.sqlite.connection import connect
from chat_server.domain.errors import ConfigError
from chat_server.domain.searching import Entry, Rewrite, rewritten, tokens

T = TypeVar("T")

NUMBER, FILE = "\ue000", "\ue001"  # begin tokens of the conversation and of files: no word's
_SCHEMA = 1
_OURS = 0x456C_6973  # application_id: "Elis"

_TABLES = """
CREATE TABLE standing (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL);
INSERT INTO standing VALUES (1, 0);
CREATE TABLE convs (number INTEGER PRIMARY KEY, conv TEXT NOT NULL UNIQUE);
CREATE TABLE entries (
  position INTEGER PRIMARY KEY,
  number INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  sender TEXT NOT NULL,
  ts INTEGER NOT NULL,
  text TEXT NOT NULL,
  file INTEGER NOT NULL,
  changed_seq INTEGER NOT NULL,
  UNIQUE (number, seq)
);
CREATE VIRTUAL TABLE words USING fts5(
  tokens, content='', columnsize=0, tokenize='ascii', prefix='1 2'
);
"""
_DROPPED = "DROP TABLE IF EXISTS %s"
_ENTRY = """
SELECT conv, position, seq, sender, ts, text, file, changed_seq FROM entries NATURAL JOIN convs
"""
_REWRITTEN = "UPDATE entries SET text = ?, file = ?, changed_seq = ? WHERE position = ?"


def prepare(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        conn = open_file(path)
        try:
            in_transaction(conn, lambda conn: _bring_up_to_date(conn, path))
        finally:
            conn.close()
    except (OSError, sqlite3.Error) as exc:
        raise ConfigError(f"search URL: {path} cannot be opened as an index: {exc}") from exc


def open_file(path: Path) -> sqlite3.Connection:
    """What is lost with the power is indexed again, so nothing waits for the disk."""
    conn = connect(path)
    conn.execute("PRAGMA synchronous = NORMAL")
    return conn


def in_transaction(conn: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    conn.execute("BEGIN IMMEDIATE")
    try:
        done = work(conn)
        conn.execute("COMMIT")
    finally:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
    return done


def _bring_up_to_date(conn: sqlite3.Connection, path: Path) -> None:
    (owner,) = conn.execute("PRAGMA application_id").fetchone()
    (tables,) = conn.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and owner != _OURS:
        raise ConfigError(f"search URL: {path} is another program's database")
    if conn.execute("PRAGMA user_version").fetchone() != (_SCHEMA,):
        begin_anew(conn)
        conn.execute(f"PRAGMA application_id = {_OURS}")
        conn.execute(f"PRAGMA user_version = {_SCHEMA}")


def begin_anew(conn: sqlite3.Connection) -> None:
    for table in ("standing", "convs", "entries", "words"):
        conn.execute(_DROPPED % table)
    for statement in filter(str.strip, _TABLES.split(";")):
        conn.execute(statement)


def position(conn: sqlite3.Connection) -> int:
    standing: int = conn.execute("SELECT position FROM standing").fetchone()[0]
    return standing


def take_all(
    conn: sqlite3.Connection, after: int, found: Iterable[Entry | Rewrite], up_to: int
) -> int:
    """Where the index then stands: nothing is taken in if it does not stand at `after`."""
    standing = position(conn)
    if standing != after:
        return standing
    for one in found:
        _take(conn, one)
    conn.execute("UPDATE standing SET position = ?", (up_to,))
    return up_to


def _take(conn: sqlite3.Connection, one: Entry | Rewrite) -> None:
    number = _number(conn, one.conv)
    if isinstance(one, Entry):
        row = (one.position, number, *astuple(one)[2:])
        conn.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        _mark(conn, number, one)
        return
    found = conn.execute(f"{_ENTRY} WHERE number = ? AND seq = ?", (number, one.seq)).fetchone()
    if found is not None:
        former = entry_of(found)
        _unmark(conn, number, former)
        now = rewritten(former, one)
        conn.execute(_REWRITTEN, (now.text, now.file, now.changed_seq, now.position))
        _mark(conn, number, now)


def _number(conn: sqlite3.Connection, conv: str) -> int:
    row = conn.execute("SELECT number FROM convs WHERE conv = ?", (conv,)).fetchone()
    if row is None:
        conn.execute("INSERT INTO convs (conv) VALUES (?)", (conv,))
        row = conn.execute("SELECT last_insert_rowid()").fetchone()
    number: int = row[0]
    return number


def _mark(conn: sqlite3.Connection, number: int, entry: Entry) -> None:
    row = (entry.position, _indexed(number, entry))
    conn.execute("INSERT INTO words (rowid, tokens) VALUES (?, ?)", row)


def _unmark(conn: sqlite3.Connection, number: int, entry: Entry) -> None:
    """FTS5 keeps no texts here, so it is told what it had."""
    row = (entry.position, _indexed(number, entry))
    conn.execute("INSERT INTO words (words, rowid, tokens) VALUES ('delete', ?, ?)", row)


def _indexed(number: int, entry: Entry) -> str:
    return " ".join([f"{NUMBER}{number}", *([FILE] if entry.file else []), *tokens(entry.text)])


def entry_of(row: Sequence[Any]) -> Entry:
    conv, position, seq, sender, ts, text, file, changed_seq = row
    return Entry(position, conv, seq, sender, ts, text, bool(file), changed_seq)
