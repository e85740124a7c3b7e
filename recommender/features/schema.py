"""The tables of `events.db`, as the steps that lead to them.

Called when the log is opened. A step that was ever released is never changed: the next
one is added below it, and `user_version` says how many have been taken.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from recommender.contract import RecommenderError

# Times are microseconds since 1970 in UTC. Events lie by customer and time, as they are read.
STEPS: Final = (
    """
    CREATE TABLE events (
        customer TEXT NOT NULL,
        occurred_at INTEGER NOT NULL,
        event_id TEXT NOT NULL UNIQUE,
        type TEXT NOT NULL,
        product TEXT NOT NULL,
        amount_band TEXT NOT NULL,
        channel TEXT NOT NULL,
        consent_snapshot_id TEXT NOT NULL,
        PRIMARY KEY (customer, occurred_at, event_id)
    ) WITHOUT ROWID;
    CREATE TABLE decisions (
        trigger_id TEXT PRIMARY KEY,
        trigger_at INTEGER NOT NULL,
        customer TEXT NOT NULL,
        decided_at INTEGER NOT NULL,
        silence TEXT,
        offer_id TEXT UNIQUE,
        product TEXT,
        score REAL,
        reasons BLOB,
        model_version TEXT,
        expires_at INTEGER,
        consent_snapshot_id TEXT NOT NULL,
        chat_content INTEGER NOT NULL,
        account_data INTEGER NOT NULL,
        CHECK ((silence IS NULL) = (offer_id IS NOT NULL))
    ) WITHOUT ROWID;
    CREATE INDEX decisions_by_customer ON decisions (customer, decided_at);
    CREATE TABLE feedback (
        offer_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (offer_id, kind)
    ) WITHOUT ROWID;
    CREATE TABLE forgotten (
        customer TEXT PRIMARY KEY,
        at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE loaded (
        population TEXT PRIMARY KEY,
        at INTEGER NOT NULL
    ) WITHOUT ROWID;
    """,
    "ALTER TABLE decisions ADD COLUMN propensity REAL;",
    "CREATE INDEX decisions_by_time ON decisions (decided_at);",
    """
    CREATE TABLE taken (
        customer TEXT NOT NULL,
        kind TEXT NOT NULL,
        item TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (customer, kind, item)
    ) WITHOUT ROWID;
    CREATE TABLE unwanted (
        customer TEXT NOT NULL,
        kind TEXT NOT NULL,
        item TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (customer, kind, item)
    ) WITHOUT ROWID;
    INSERT INTO taken
        SELECT customer, CASE type WHEN 'followed' THEN 'account' ELSE 'goods' END, product,
            max(occurred_at)
        FROM events WHERE type IN ('followed', 'purchase') AND product <> '' GROUP BY 1, 2, 3;
    """,
)


def migrate(connection: sqlite3.Connection) -> None:
    """Take the missing steps in one transaction; processes that open at once take turns."""
    taken = _taken(connection)
    if taken > len(STEPS):
        raise RecommenderError(f"the event log is of a newer release (version {taken})")
    if taken == len(STEPS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in STEPS[_taken(connection) :]:
            for statement in step.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _taken(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
