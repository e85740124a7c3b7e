"""A file in which messages lay as they came: brought together, nothing is lost or moved."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.adapters.sqlite.connection import migrations

BEFORE = 12  # the schema in which they lay as they came
ROWS = [("s:@bank:ann", 1), ("d:ann:bob", 1), ("s:@bank:ann", 2), ("d:ann:bob", 2), ("f:@bank", 1)]


def written_before(path: Path) -> None:
    conn = sqlite3.connect(path)
    for number, script in migrations():
        if number <= BEFORE:
            conn.executescript(script)
    conn.execute("PRAGMA application_id = 0x456C6961")
    conn.execute(f"PRAGMA user_version = {BEFORE}")
    for pos, (conv, seq) in enumerate(ROWS, start=1):
        body = b'{"type":"text","text":"%d"}' % pos
        row = (pos, conv, seq, f"m{pos}", "ann", pos, "message", seq, body, "", b"hash")
        marks = ", ".join("?" * len(row))
        conn.execute(f"INSERT INTO events VALUES ({marks})", row)  # noqa: S608 - marks only
    conn.commit()
    conn.close()


async def test_every_message_keeps_its_place_in_its_log_and_in_the_feed(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    written_before(path)
    async with open_store(f"sqlite:///{path}", clock=SystemClock()) as store:
        feed = await store.changes.changes(0, 100)
        assert [each.position for each in feed] == [1, 2, 3, 4, 5]
        assert [(each.event.conv, each.event.seq) for each in feed if each.event] == ROWS
        of_services = await store.changes.changes(0, 100, only="s:")
        assert [each.position for each in of_services] == [1, 3]
        page = await store.messages.events("d:ann:bob", after=0, limit=10)
        assert [each.body for each in page] == [
            b'{"type":"text","text":"2"}',
            b'{"type":"text","text":"4"}',
        ]
        assert (await store.messages.head("s:@bank:ann")).seq == 2
        assert await store.messages.find("f:@bank", "ann", "m5") is not None
    conn = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
        conn.execute("DELETE FROM events")
    conn.close()
