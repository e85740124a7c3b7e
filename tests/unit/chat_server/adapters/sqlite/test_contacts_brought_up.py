"""A file from before there were contacts: who talked to each other are contacts in it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.adapters.sqlite.connection import migrations
from chat_server.domain.contacts import Side

BEFORE = 6  # the schema without ties


async def test_whoever_had_a_direct_conversation_is_a_contact(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    conn = sqlite3.connect(path)
    for number, script in migrations():
        if number <= BEFORE:
            conn.executescript(script)
    conn.execute("PRAGMA application_id = 0x456C6961")
    conn.execute(f"PRAGMA user_version = {BEFORE}")
    versions = 0
    for conv, kind, users in (
        ("d:ann:mia", "direct", ("mia", "ann")),
        ("g:1", "group", ("ann", "bob")),
        ("s:@bank:ann", "service", ("@bank", "ann")),
    ):
        conn.execute(
            "INSERT INTO conversations (conv, kind, account, title) VALUES (?, ?, '', '')",
            (conv, kind),
        )
        for user in users:
            versions += 1
            conn.execute(
                "INSERT INTO memberships (conv, user, role, first_seq, read, delivered, version)"
                " VALUES (?, ?, 'member', 1, 0, 0, ?)",
                (conv, user, versions),
            )
    conn.commit()
    conn.close()
    async with open_store(f"sqlite:///{path}", clock=SystemClock()) as store:
        (tie,) = await store.contacts.ties("ann")
        assert (tie.one, tie.other, tie.talks, tie.revision) == ("ann", "mia", True, 1)
        assert tie.sides == (Side(), Side())
        assert await store.contacts.ties("bob") == []
