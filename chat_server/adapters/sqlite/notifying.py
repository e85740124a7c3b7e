"""Wishes and knocks in SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import Table
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.facts import Fact
from chat_server.domain.notifying import Knock, Wishes, merged, settled

WISHES = Table("push_wishes", Wishes)
KNOCKS = Table("knocks", Knock)
_KEY = "WHERE user = ? AND conv = ?"


class SqlitePushStore:
    def __init__(self, writer: Writer, points: Reader) -> None:
        self._writer = writer
        self._points = points

    async def wishes(self, users: Iterable[str]) -> Mapping[str, Wishes]:
        asked = msgspec.json.encode(list(users)).decode()
        where = "WHERE user IN (SELECT value FROM json_each(?))"
        found = await self._points.ask(lambda conn: WISHES.all(conn, where, asked))
        return {one.user: one for one in found}

    async def put_wishes(self, wishes: Wishes, fact: Fact) -> None:
        def work(log: Log) -> None:
            log.conn.execute(WISHES.replace, WISHES.row(wishes))
            log.note(fact)

        await self._writer.submit(work)

    async def note(self, knocks: Sequence[Knock]) -> None:
        def work(log: Log) -> None:
            for knock in knocks:
                former = KNOCKS.one(log.conn, _KEY, knock.user, knock.conv)
                kept = merged(former, knock)
                if kept is not None:
                    log.conn.execute(KNOCKS.replace, KNOCKS.row(kept))

        if knocks:
            await self._writer.submit(work)

    async def take(self, now_ms: int, lease_ms: int, limit: int) -> Sequence[Knock]:
        where = "WHERE due_ms <= ? ORDER BY due_ms, user, conv LIMIT ?"
        most = max(limit, 0)
        if not await self._points.ask(lambda conn: KNOCKS.all(conn, where, now_ms, min(most, 1))):
            return []  # so that looking costs no commit

        def work(log: Log) -> list[Knock]:
            due = KNOCKS.all(log.conn, where, now_ms, most)
            taken = [replace(knock, due_ms=now_ms + lease_ms) for knock in due]
            log.conn.executemany(KNOCKS.replace, [KNOCKS.row(knock) for knock in taken])
            return taken

        return await self._writer.submit(work)

    async def settle(self, taken: Knock, after: Knock) -> None:
        def work(log: Log) -> None:
            stored = KNOCKS.one(log.conn, _KEY, taken.user, taken.conv)
            if stored is not None:
                log.conn.execute(KNOCKS.replace, KNOCKS.row(settled(stored, taken, after)))

        await self._writer.submit(work)
