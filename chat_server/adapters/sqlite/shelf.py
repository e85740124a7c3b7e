"""The shelf in SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import Table
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.errors import VersionConflict
from chat_server.domain.facts import Fact
from chat_server.domain.shelf import Kept

SHELF = Table("shelf", Kept)
_KEY = "WHERE owner = ? AND kind = ? AND name = ?"
_DELETE = f"DELETE FROM shelf {_KEY}"  # noqa: S608 - our own names
_ADD = SHELF.insert.replace("INSERT", "INSERT OR IGNORE", 1)
_BUMP = """
INSERT INTO shelf (owner, kind, name, body, at_ms, version) VALUES (?, ?, ?, '', ?, ?)
ON CONFLICT DO UPDATE SET version = version + excluded.version RETURNING version
"""
_SWEEP = """
DELETE FROM shelf WHERE (owner, kind, name) IN (
  SELECT owner, kind, name FROM shelf WHERE kind = ? AND at_ms < ? LIMIT ?)
"""


class SqliteShelf:
    def __init__(self, writer: Writer, points: Reader, pages: Reader) -> None:
        self._writer, self._points, self._pages = writer, points, pages

    async def save(
        self, items: Sequence[Kept], gone: Sequence[Kept] = (), facts: Sequence[Fact] = ()
    ) -> None:
        def work(log: Log) -> None:
            for item in items:
                former = SHELF.one(log.conn, _KEY, item.owner, item.kind, item.name)
                if (former.version if former else 0) != item.version - 1:
                    raise VersionConflict(f"{item.kind} {item.name}")
            log.conn.executemany(_DELETE, [(item.owner, item.kind, item.name) for item in gone])
            log.conn.executemany(SHELF.replace, [SHELF.row(item) for item in items])
            for fact in facts:
                log.note(fact)

        await self._writer.submit(work)

    async def add(self, items: Sequence[Kept]) -> int:
        def work(log: Log) -> int:
            return log.conn.executemany(_ADD, [SHELF.row(item) for item in items]).rowcount

        return await self._writer.submit(work) if items else 0

    async def take(self, owner: str, kind: str, name: str) -> Kept | None:
        def work(log: Log) -> Kept | None:
            found = SHELF.one(log.conn, _KEY, owner, kind, name)
            log.conn.execute(_DELETE, (owner, kind, name))
            return found

        return await self._writer.submit(work)

    async def get(self, owner: str, kind: str, name: str) -> Kept | None:
        return await self._points.ask(lambda conn: SHELF.one(conn, _KEY, owner, kind, name))

    async def get_many(self, owner: str, kind: str, names: Iterable[str]) -> Mapping[str, Kept]:
        asked = msgspec.json.encode(list(names)).decode()
        where = "WHERE owner = ? AND kind = ? AND name IN (SELECT value FROM json_each(?))"
        found = await self._pages.ask(lambda conn: SHELF.all(conn, where, owner, kind, asked))
        return {item.name: item for item in found}

    async def page(
        self, owner: str, kind: str, *, after: str = "", limit: int, newest: bool = False
    ) -> Sequence[Kept]:
        beyond = "AND name < ?" if newest and after else "AND name > ?"
        order = "DESC" if newest else "ASC"
        where = f"WHERE owner = ? AND kind = ? {beyond} ORDER BY name {order} LIMIT ?"
        return await self._pages.ask(
            lambda conn: SHELF.all(conn, where, owner, kind, after, max(limit, 0))
        )

    async def count(self, owner: str, kind: str) -> int:
        query = "SELECT count(*) FROM shelf WHERE owner = ? AND kind = ?"
        row = await self._pages.ask(lambda conn: conn.execute(query, (owner, kind)).fetchone())
        count: int = row[0]
        return count

    async def bump(self, owner: str, kind: str, name: str, by: int, at_ms: int) -> int:
        def work(log: Log) -> int:
            cells = (owner, kind, name, at_ms, by)
            number: int = log.conn.execute(_BUMP, cells).fetchall()[0][0]
            return number

        return await self._writer.submit(work)

    async def sweep(self, kind: str, before_ms: int, limit: int) -> int:
        def work(log: Log) -> int:
            return log.conn.execute(_SWEEP, (kind, before_ms, max(limit, 0))).rowcount

        return await self._writer.submit(work)
