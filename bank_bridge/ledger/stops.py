"""The stop mark: set when an invariant broke, seen by every process, lifted by a person.

It lives in the file, so that a restart does not forget it.
"""

from __future__ import annotations

import sqlite3


def stop_writes(conn: sqlite3.Connection, reason: str, at: int) -> None:
    conn.execute("INSERT INTO write_stops (stopped_at, reason) VALUES (?, ?)", (at, reason))


def stop_reason(conn: sqlite3.Connection) -> str | None:
    row = conn.execute("SELECT reason FROM write_stops WHERE lifted_at IS NULL").fetchone()
    return None if row is None else str(row[0])


def lift_stop(conn: sqlite3.Connection) -> None:
    """Let writing go on; the file's own clock says when, since no server need be running."""
    conn.execute(
        "UPDATE write_stops SET lifted_at = strftime('%s', 'now') * 1000000 WHERE lifted_at IS NULL"
    )
