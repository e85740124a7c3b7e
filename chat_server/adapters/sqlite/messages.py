"""The logs, the change feed and the audit trail, read and written."""

from __future__ import annotations

import sqlite3
from asyncio import Future
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from chat_server.adapters.sqlite.log import Log, read_heads
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import EVENT_COLUMNS, FORMS, Row, event_of
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.bodies import Action
from chat_server.domain.errors import InvalidValue
from chat_server.domain.facts import Change, Fact
from chat_server.domain.forms import Form
from chat_server.domain.ids import SERVICE_PREFIX
from chat_server.domain.message import Appended, Draft, Event, Head

_EVENT = f"SELECT {EVENT_COLUMNS} FROM events"  # noqa: S608 - our own names
_AFTER = f"{_EVENT} WHERE conv = ? AND seq > ? ORDER BY seq LIMIT ?"
_BEFORE = f"{_EVENT} WHERE conv = ? AND seq < ? ORDER BY seq DESC LIMIT ?"
# There are no holes in a log, so its next ones are known by number.
_SPOKE = """
SELECT asked.key FROM json_each(?1) AS asked WHERE EXISTS (
  SELECT 1 FROM events WHERE conv = asked.key AND sender = asked.value AND ts >= ?2
    AND kind = 'message')
"""
_AFTER_EACH = f"""
SELECT {", ".join(f"e.{column}" for column in EVENT_COLUMNS.split(", "))}
FROM json_each(?) AS j CROSS JOIN events AS e
  ON e.conv = j.key AND e.seq > j.value AND e.seq <= max(j.value, 0) + ?
"""  # noqa: S608 - our own names
_CHANGED = f"SELECT {EVENT_COLUMNS}, pos FROM events WHERE pos > ?"  # noqa: S608 - as above
_PAGE = "ORDER BY pos LIMIT ?"
_BEGINNING = f"{_CHANGED} AND substr(conv, 1, length(?)) = ? {_PAGE}"
# In the very words of the index, which the planner would not choose before it has statistics.
_OF_SERVICES = (
    _CHANGED.replace("WHERE", "INDEXED BY service_events WHERE")
    + f" AND conv >= 's:' AND conv < 's;' {_PAGE}"
)
_OF_SUBJECT = "subject = ? AND pos > ?"
_FACT = "SELECT kind, actor, subject, at_ms, detail, pos FROM facts"
_FORMS_OF = "WHERE conv = ? AND seq IN (SELECT value FROM json_each(?))"
_NO_SEQ = 2**62  # beyond every log


class SqliteMessageStore:
    def __init__(self, writer: Writer, points: Reader, pages: Reader) -> None:
        self.append: Callable[[Draft], Future[Appended]] = writer.append
        self._writer = writer
        self._points = points
        self._pages = pages

    async def head(self, conv: str) -> Head:
        return (await self.heads([conv]))[conv]

    async def heads(self, convs: Iterable[str]) -> Mapping[str, Head]:
        asked = list(convs)
        found = await self._points.ask(lambda conn: read_heads(conn, asked))
        empty = Head()
        return {conv: found.get(conv, empty) for conv in asked}

    async def events(
        self, conv: str, *, after: int | None = None, before: int | None = None, limit: int
    ) -> Sequence[Event]:
        if (after is None) == (before is None):
            raise InvalidValue("events: give exactly one of after and before")
        query = _BEFORE if after is None else _AFTER
        edge = min((before if after is None else after) or 0, _NO_SEQ)
        rows = await self._pages.ask(
            lambda conn: conn.execute(query, (conv, edge, max(limit, 0))).fetchall()
        )
        events = [event_of(row) for row in rows]
        return events if before is None else events[::-1]

    async def events_after(
        self, cursors: Mapping[str, int], limit: int
    ) -> Mapping[str, Sequence[Event]]:
        edges = {conv: min(after, _NO_SEQ) for conv, after in cursors.items()}
        asked = (msgspec.json.encode(edges).decode(), limit)
        rows = await self._pages.ask(lambda conn: conn.execute(_AFTER_EACH, asked).fetchall())
        found: dict[str, list[Event]] = {}
        for event in map(event_of, rows):
            found.setdefault(event.conv, []).append(event)
        for events in found.values():
            events.sort(key=_seq)
        return found

    async def event(self, conv: str, seq: int) -> Event | None:
        return await self._one("WHERE conv = ? AND seq = ?", conv, min(seq, _NO_SEQ))

    async def find(self, conv: str, sender: str, mid: str) -> Event | None:
        return await self._one("WHERE conv = ? AND sender = ? AND mid = ?", conv, sender, mid)

    async def spoke(self, people: Mapping[str, str], since_ms: int) -> set[str]:
        asked = (msgspec.json.encode(people).decode(), since_ms)
        rows = await self._pages.ask(lambda conn: conn.execute(_SPOKE, asked).fetchall())
        return {conv for (conv,) in rows}

    async def act(self, draft: Draft, action: Action) -> Appended:
        return await self._writer.submit(lambda log: log.act(draft, action))

    async def forms(self, conv: str, seqs: Iterable[int]) -> Mapping[int, Form]:
        asked = msgspec.json.encode(list(seqs)).decode()
        found = await self._points.ask(lambda conn: FORMS.all(conn, _FORMS_OF, conv, asked))
        return {form.seq: form for form in found}

    async def _one(self, where: str, *parameters: object) -> Event | None:
        row = await self._points.ask(
            lambda conn: conn.execute(f"{_EVENT} {where}", parameters).fetchone()
        )
        return None if row is None else event_of(row)


def _seq(event: Event) -> int:
    return event.seq


class SqliteChangeFeed:
    def __init__(self, writer: Writer, pages: Reader) -> None:
        self._writer = writer
        self._pages = pages

    async def changes(self, after: int, limit: int, *, only: str = "") -> Sequence[Change]:
        most = max(limit, 0)
        if only:
            return await self._events_beginning(only, after, most)

        def query(conn: sqlite3.Connection) -> list[Change]:  # both parts from one snapshot
            events = conn.execute(f"{_CHANGED} {_PAGE}", (after, most)).fetchall()
            facts = conn.execute(f"{_FACT} WHERE pos > ? {_PAGE}", (after, most)).fetchall()
            changes = [*map(_appended, events), *map(_told, facts)]
            return sorted(changes, key=lambda change: change.position)[:most]

        return await self._pages.ask(query)

    async def _events_beginning(self, prefix: str, after: int, most: int) -> Sequence[Change]:
        query, whose = _BEGINNING, [prefix, prefix]
        if prefix == SERVICE_PREFIX:
            query, whose = _OF_SERVICES, []
        rows = await self._pages.ask(
            lambda conn: conn.execute(query, (after, *whose, most)).fetchall()
        )
        return [_appended(row) for row in rows]

    async def newest_position(self) -> int:
        newest = (
            "SELECT max((SELECT ifnull(max(pos), 0) FROM events),"
            " (SELECT ifnull(max(pos), 0) FROM facts))"
        )
        (position,) = await self._pages.ask(lambda conn: conn.execute(newest).fetchone())
        return int(position)

    async def cursor(self, consumer: str) -> int:
        row = await self._pages.ask(
            lambda conn: conn.execute(
                "SELECT position FROM cursors WHERE consumer = ?", (consumer,)
            ).fetchone()
        )
        return row[0] if row else 0

    async def advance_cursor(self, consumer: str, position: int) -> None:
        def work(log: Log) -> None:
            log.conn.execute(
                "INSERT INTO cursors VALUES (?, ?) ON CONFLICT (consumer)"
                " DO UPDATE SET position = max(position, excluded.position)",
                (consumer, position),
            )

        await self._writer.submit(work)


class SqliteAuditTrail:
    def __init__(self, writer: Writer, pages: Reader) -> None:
        self._writer = writer
        self._pages = pages

    async def record(self, fact: Fact) -> None:
        await self._writer.submit(lambda log: log.note(fact))

    async def facts(
        self, *, subject: str | None = None, after: int = 0, limit: int = 100
    ) -> Sequence[Change]:
        where, whose = ("pos > ?", []) if subject is None else (_OF_SUBJECT, [subject])
        rows = await self._pages.ask(
            lambda conn: conn.execute(
                f"{_FACT} WHERE {where} {_PAGE}", (*whose, after, max(limit, 0))
            ).fetchall()
        )
        return [_told(row) for row in rows]

    async def newest(
        self, *, before: int = 0, subject: str = "", kind: str = "", limit: int = 100
    ) -> Sequence[Change]:
        asked = [("subject = ?", subject), ("kind = ?", kind), ("pos < ?", before)]
        given = [(condition, value) for condition, value in asked if value]
        where = "".join(f" AND {condition}" for condition, _ in given)
        values = [value for _, value in given]
        rows = await self._pages.ask(
            lambda conn: conn.execute(
                f"{_FACT} WHERE TRUE{where} ORDER BY pos DESC LIMIT ?", (*values, max(limit, 0))
            ).fetchall()
        )
        return [_told(row) for row in rows]


def _appended(row: Row) -> Change:
    return Change(row[-1], event=event_of(row[:-1]))


def _told(row: Row) -> Change:
    kind, actor, subject, at_ms, detail, position = row
    return Change(position, fact=Fact(kind, actor, subject, at_ms, msgspec.json.decode(detail)))
