"""Logged-in devices, in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import SESSIONS
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.devices import PushAddress
from chat_server.domain.errors import AlreadyExists, TooManyDevices
from chat_server.domain.facts import Fact
from chat_server.domain.people import DeviceSession
from chat_server.ports.clock import Clock

_LIVES = "revoked_ms IS NULL AND expires_ms > ?"
_REACHED = f"push <> 'null' AND {_LIVES}"


class SqliteDeviceStore:
    def __init__(self, writer: Writer, points: Reader, clock: Clock) -> None:
        self._writer = writer
        self._points = points
        self._clock = clock

    async def start_session(
        self, session: DeviceSession, fact: Fact, *, limit: int = 0, instead_of: str = ""
    ) -> str | None:
        def work(log: Log) -> str | None:
            if _session(log.conn, session.session_id) is not None:
                raise AlreadyExists(session.session_id)
            ended = log.conn.execute(
                "UPDATE sessions SET revoked_ms = ?, push = 'null' WHERE user = ?"
                " AND (device = ? OR session_id = ?) AND revoked_ms IS NULL"
                " RETURNING session_id, device",
                (session.created_ms, session.user, session.device, instead_of),
            ).fetchall()
            live = f"SELECT count(*) FROM sessions WHERE user = ? AND {_LIVES}"  # noqa: S608 - ours
            (staying,) = log.conn.execute(live, (session.user, session.created_ms)).fetchone()
            if limit and staying >= limit:
                raise TooManyDevices
            log.conn.execute(SESSIONS.insert, SESSIONS.row(session))
            log.note(fact)
            return next((ended_id for ended_id, dev in ended if dev == session.device), None)

        return await self._writer.submit(work)

    async def session(self, session_id: str) -> DeviceSession | None:
        return await self._points.ask(lambda conn: _session(conn, session_id))

    async def sessions(self, user: str) -> Sequence[DeviceSession]:
        where = f"WHERE user = ? AND {_LIVES} ORDER BY created_ms DESC, session_id DESC"
        now_ms = self._clock.now_ms()
        return await self._points.ask(lambda conn: SESSIONS.all(conn, where, user, now_ms))

    async def rotate(
        self, session_id: str, *, expected_hash: str, new_hash: str, at_ms: int, expires_ms: int
    ) -> bool:
        return await self._change(
            "refresh_hash = ?, previous_hash = refresh_hash, refreshed_ms = ?, expires_ms = ?"
            f" WHERE session_id = ? AND refresh_hash = ? AND {_LIVES}",
            (new_hash, at_ms, expires_ms, session_id, expected_hash, at_ms),
        )

    async def revoke(self, session_id: str, at_ms: int, fact: Fact) -> bool:
        def work(log: Log) -> bool:
            revoked = log.conn.execute(
                "UPDATE sessions SET revoked_ms = ?, push = 'null'"
                " WHERE session_id = ? AND revoked_ms IS NULL",
                (at_ms, session_id),
            )
            if revoked.rowcount == 0:
                return False
            log.note(fact)
            return True

        return await self._writer.submit(work)

    async def rename(self, session_id: str, name: str) -> bool:
        now_ms = self._clock.now_ms()
        return await self._change(
            f"name = ? WHERE session_id = ? AND {_LIVES}", (name, session_id, now_ms)
        )

    async def seen(self, session_ids: Sequence[str], at_ms: int) -> Sequence[str]:
        asked, now_ms = msgspec.json.encode(session_ids).decode(), self._clock.now_ms()

        def work(log: Log) -> list[str]:
            living = log.conn.execute(
                "UPDATE sessions SET seen_ms = max(seen_ms, ?)"  # noqa: S608 - our own words
                f" WHERE session_id IN (SELECT value FROM json_each(?)) AND {_LIVES}"
                " RETURNING session_id",
                (at_ms, asked, now_ms),
            ).fetchall()
            there = {session_id for (session_id,) in living}
            return [each for each in session_ids if each not in there]

        return await self._writer.submit(work) if session_ids else []

    async def subscribe(self, session_id: str, address: PushAddress) -> bool:
        push, now_ms = msgspec.json.encode(address).decode(), self._clock.now_ms()

        def work(log: Log) -> bool:
            here = log.conn.execute(
                f"UPDATE sessions SET push = ? WHERE session_id = ? AND {_LIVES}",  # noqa: S608 - ours
                (push, session_id, now_ms),
            )
            if here.rowcount == 0:
                return False
            log.conn.execute(
                "UPDATE sessions SET push = 'null' WHERE push <> 'null' AND session_id <> ?"
                " AND revoked_ms IS NULL AND json_extract(push, '$.endpoint') = ?",
                (session_id, address.endpoint),
            )
            return True

        return await self._writer.submit(work)

    async def unsubscribe(self, session_id: str, endpoint: str = "") -> bool:
        return await self._change(
            "push = 'null' WHERE session_id = ? AND push <> 'null'"
            " AND ? IN ('', json_extract(push, '$.endpoint'))",
            (session_id, endpoint),
        )

    async def subscribed(self, users: Iterable[str]) -> Sequence[DeviceSession]:
        asked, now_ms = msgspec.json.encode(list(users)).decode(), self._clock.now_ms()
        where = (
            "WHERE user IN (SELECT value FROM json_each(?))"  # noqa: S608 - our own words
            f" AND {_REACHED} ORDER BY created_ms, session_id"
        )
        return await self._points.ask(lambda conn: SESSIONS.all(conn, where, asked, now_ms))

    async def anyone_subscribed(self) -> bool:
        where, now_ms = f"WHERE {_REACHED} LIMIT 1", self._clock.now_ms()
        return bool(await self._points.ask(lambda conn: SESSIONS.all(conn, where, now_ms)))

    async def _change(self, change: str, parameters: tuple[object, ...]) -> bool:
        statement = f"UPDATE sessions SET {change}"  # noqa: S608 - our own words

        def work(log: Log) -> bool:
            return log.conn.execute(statement, parameters).rowcount > 0

        return await self._writer.submit(work)


def _session(conn: sqlite3.Connection, session_id: str) -> DeviceSession | None:
    return SESSIONS.one(conn, "WHERE session_id = ?", session_id)
