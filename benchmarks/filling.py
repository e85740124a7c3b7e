"""Stores filled in bulk, through the adapter's own tables and in its own file.

Only for what would take hours message by message: a million followers, ten million messages.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chat_server.adapters.sqlite.connection import connect
from chat_server.adapters.sqlite.search import open_search

FEED = "f:@bench"
BODY = json.dumps({"type": "text", "text": "y" * 200}, separators=(",", ":"))
_CHUNK = 200_000  # messages of one commit
_EVENTS = "pos, conv, seq, mid, sender, ts, kind, n, body, key_id, body_hash"
_PLACES = "conv, user, role, first_seq, left_seq, read, delivered, version"


@dataclass(frozen=True)
class Filling:
    messages: int
    seconds: float


def _open(data: Path) -> sqlite3.Connection:
    conn = connect(data / "chat.db")
    conn.execute("PRAGMA synchronous = OFF")  # until the end of the filling
    conn.execute("PRAGMA cache_size = -1048576")
    return conn


def _settle(conn: sqlite3.Connection, data: Path) -> None:
    """What runs behind the outbox has read it all; and the file is written out."""
    (last,) = conn.execute("SELECT max(pos) FROM events").fetchone()
    conn.execute("UPDATE cursors SET position = max(position, ?)", (last or 0,))
    conn.execute("PRAGMA synchronous = FULL")
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()
    asyncio.run(_leave_unsearched(data, last or 0))


async def _leave_unsearched(data: Path, last: int) -> None:
    async with open_search(f"sqlite:///{data / 'search.db'}") as index:
        await index.index(await index.position(), [], last)


def leave_read(conn: sqlite3.Connection, data: Path) -> None:
    """Whatever runs behind the outbox has seen the facts as well."""
    (last,) = conn.execute("SELECT coalesce(max(pos), 0) FROM facts").fetchone()
    conn.execute("UPDATE cursors SET position = max(position, ?)", (last,))
    _settle(conn, data)


def _add(
    conn: sqlite3.Connection, table: str, columns: str, rows: Iterable[tuple[Any, ...]]
) -> None:
    marks = ", ".join("?" * (columns.count(",") + 1))
    conn.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 - ours


def _next(conn: sqlite3.Connection) -> int:
    query = "SELECT max(coalesce((SELECT max(pos) FROM events), 0), (SELECT max(pos) FROM facts))"
    return conn.execute(query).fetchone()[0] + 1


def fill_feed(data: Path, prepared: Path, followers: int) -> str:
    """The prepared people but the last follow it, who publishes; the others are never online."""
    house = json.loads(prepared.read_text())
    *online, writer = [user["user"] for user in house["users"]]
    conn = _open(data)
    conn.execute("BEGIN")
    _add(conn, "conversations", "conv, kind, account, title", [(FEED, "feed", "@bench", "")])
    names = [*online, *(f"away{n:07}" for n in range(followers - len(online)))]
    places = ((FEED, name, "follower", 1, None, 0, 0, 1) for name in names)
    _add(conn, "memberships", _PLACES, places)
    _add(conn, "memberships", _PLACES, [(FEED, writer, "publisher", 1, None, 0, 0, 1)])
    conn.execute("COMMIT")
    _settle(conn, data)
    house["group"] = {"conv": FEED, "members": [writer, *online]}
    prepared.write_text(json.dumps(house))
    return FEED


def fill_webs(data: Path, prepared: Path, users: int, each: int, logged: int) -> None:
    """Everybody has direct conversations with `each` neighbours, and messages in each."""
    house = json.loads(prepared.read_text())
    names = [user["user"] for user in house["users"][4:]]
    convs = [
        tuple(sorted((names[i], names[(i + step) % users])))
        for i in range(users)
        for step in range(1, each // 2 + 1)
    ]
    versions: dict[str, int] = {}
    conn = _open(data)
    position = _next(conn)
    conn.execute("BEGIN")
    for one, other in convs:
        conv = f"d:{one}:{other}"
        _add(conn, "conversations", "conv, kind, account, title", [(conv, "direct", "", "")])
        for user in (one, other):
            versions[user] = versions.get(user, 0) + 1
            place = (conv, user, "member", 1, None, 0, 0, versions[user])
            _add(conn, "memberships", _PLACES, [place])
            house.setdefault("cursors", {}).setdefault(user, []).append(conv)
        events = [
            (
                position + n,
                conv,
                n + 1,
                f"{n:012x}",
                one,
                n,
                "message",
                n + 1,
                BODY.encode(),
                "",
                b"h",
            )
            for n in range(logged)
        ]
        position += logged
        _add(conn, "events", _EVENTS, events)
    conn.execute("COMMIT")
    _settle(conn, data)
    house["logged"] = logged
    prepared.write_text(json.dumps(house))


def fill_log(data: Path, prepared: Path, messages: int, most_s: float) -> Filling:
    """Messages of all pairs in turn, as they would have come; fewer if it takes too long."""
    pairs = json.loads(prepared.read_text())["pairs"]
    conn = _open(data)
    conn.execute("CREATE TEMP TABLE pair (i INTEGER PRIMARY KEY, sender TEXT, conv TEXT)")
    rows = [(i, one, conv) for i, (one, _, conv) in enumerate(pairs)]
    conn.executemany("INSERT INTO temp.pair VALUES (?, ?, ?)", rows)
    first, done, begun = _next(conn), 0, time.perf_counter()
    many = len(pairs)
    while done < messages and time.perf_counter() - begun < most_s:
        upto = min(done + _CHUNK, messages)
        conn.execute("BEGIN")
        conn.execute(
            f"""
            WITH RECURSIVE k(x) AS
              (VALUES({done}) UNION ALL SELECT x + 1 FROM k WHERE x < {upto - 1})
            INSERT INTO events ({_EVENTS})
            SELECT {first} + x, conv, x / {many} + 1, printf('%012x-%012x', x, x), sender, x,
              'message', x / {many} + 1, cast(? AS BLOB), '', randomblob(16)
            FROM k CROSS JOIN temp.pair ON i = x % {many}""",  # noqa: S608 - our own numbers
            (BODY,),
        )
        conn.execute("COMMIT")
        done = upto
    _verify(conn, [conv for _, _, conv in pairs], done)
    _settle(conn, data)
    return Filling(done, round(time.perf_counter() - begun, 1))


def _verify(conn: sqlite3.Connection, convs: list[str], messages: int) -> None:
    """Every log begins at 1, has no holes, and counts its messages; all of them are there."""
    query = "SELECT count(*), min(seq), max(seq), max(n) FROM events WHERE conv = ?"
    told = [conn.execute(query, (conv,)).fetchone() for conv in convs]
    whole = all(edges == [1, many, many] for many, *edges in told if many)
    if not whole or sum(many for many, *_ in told) != messages:
        raise SystemExit("the store was not filled as it should be")


def written(data: Path) -> dict[str, int]:
    """How much lies in each table that a broadcast could write to."""
    conn = connect(data / "chat.db", read_only=True)
    counts = {
        table: conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - ours
        for table in ("events", "memberships", "conversations")
    }
    query = "SELECT sum(version) + sum(read) + sum(delivered) FROM memberships"
    counts["changes of memberships"] = conn.execute(query).fetchone()[0]
    conn.close()
    return counts
