"""People, branches, assignments, and the devices people are logged in on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import ASSIGNMENTS, BRANCHES, PEOPLE, SESSIONS
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.errors import AlreadyExists
from chat_server.domain.facts import Fact
from chat_server.domain.people import Assignment, Branch, DeviceSession, Person
from chat_server.ports.clock import Clock


class SqlitePeopleStore:
    def __init__(self, writer: Writer, points: Reader, pages: Reader) -> None:
        self._writer = writer
        self._points = points
        self._pages = pages

    async def add_person(self, person: Person, fact: Fact) -> None:
        def work(log: Log) -> None:
            if PEOPLE.one(log.conn, "WHERE user = ?", person.user) is not None:
                raise AlreadyExists(person.user)
            log.conn.execute(PEOPLE.insert, PEOPLE.row(person))
            log.note(fact)

        await self._writer.submit(work)

    async def person(self, user: str) -> Person | None:
        return await self._points.ask(lambda conn: PEOPLE.one(conn, "WHERE user = ?", user))

    async def people(self, users: Iterable[str]) -> Sequence[Person]:
        asked = msgspec.json.encode(list(users)).decode()
        where = "WHERE user IN (SELECT value FROM json_each(?)) ORDER BY user"
        return await self._pages.ask(lambda conn: PEOPLE.all(conn, where, asked))

    async def set_language(self, user: str, language: str, fact: Fact) -> None:
        def work(log: Log) -> None:
            changed = log.conn.execute(
                "UPDATE people SET language = ? WHERE user = ? AND language <> ?",
                (language, user, language),
            )
            if changed.rowcount:
                log.note(fact)

        await self._writer.submit(work)

    async def add_branch(self, branch: Branch, fact: Fact) -> None:
        def work(log: Log) -> None:
            former = BRANCHES.one(log.conn, "WHERE branch_id = ?", branch.branch_id)
            if former is None:
                log.conn.execute(BRANCHES.insert, BRANCHES.row(branch))
                log.note(fact)
            elif former != branch:
                raise AlreadyExists(branch.branch_id)

        await self._writer.submit(work)

    async def branches(self) -> Sequence[Branch]:
        return await self._pages.ask(lambda conn: BRANCHES.all(conn, "ORDER BY branch_id"))

    async def assign(self, assignment: Assignment, fact: Fact) -> None:
        def work(log: Log) -> None:
            log.conn.execute(ASSIGNMENTS.replace, ASSIGNMENTS.row(assignment))
            log.note(fact)

        await self._writer.submit(work)

    async def assignment(self, customer: str) -> Assignment | None:
        where = "WHERE customer = ?"
        return await self._points.ask(lambda conn: ASSIGNMENTS.one(conn, where, customer))

    async def assigned_to(self, manager: str) -> Sequence[Assignment]:
        where = "WHERE manager = ? ORDER BY customer"
        return await self._pages.ask(lambda conn: ASSIGNMENTS.all(conn, where, manager))


class SqliteDeviceStore:
    def __init__(self, writer: Writer, points: Reader, clock: Clock) -> None:
        self._writer = writer
        self._points = points
        self._clock = clock

    async def start_session(self, session: DeviceSession, fact: Fact) -> str | None:
        def work(log: Log) -> str | None:
            if _session(log.conn, session.session_id) is not None:
                raise AlreadyExists(session.session_id)
            ended = log.conn.execute(
                "UPDATE sessions SET revoked_ms = ? WHERE user = ? AND device = ?"
                " AND revoked_ms IS NULL RETURNING session_id",
                (session.created_ms, session.user, session.device),
            ).fetchall()
            log.conn.execute(SESSIONS.insert, SESSIONS.row(session))
            log.note(fact)
            return ended[0][0] if ended else None

        return await self._writer.submit(work)

    async def session(self, session_id: str) -> DeviceSession | None:
        return await self._points.ask(lambda conn: _session(conn, session_id))

    async def sessions(self, user: str) -> Sequence[DeviceSession]:
        where = (
            "WHERE user = ? AND revoked_ms IS NULL AND expires_ms > ?"
            " ORDER BY created_ms DESC, session_id DESC"
        )
        now_ms = self._clock.now_ms()
        return await self._points.ask(lambda conn: SESSIONS.all(conn, where, user, now_ms))

    async def rotate(
        self, session_id: str, *, expected_hash: str, new_hash: str, at_ms: int, expires_ms: int
    ) -> bool:
        def work(log: Log) -> bool:
            turned = log.conn.execute(
                "UPDATE sessions SET refresh_hash = ?, previous_hash = refresh_hash,"
                " refreshed_ms = ?, expires_ms = ? WHERE session_id = ? AND refresh_hash = ?"
                " AND revoked_ms IS NULL AND expires_ms > ?",
                (new_hash, at_ms, expires_ms, session_id, expected_hash, at_ms),
            )
            return turned.rowcount == 1

        return await self._writer.submit(work)

    async def revoke(self, session_id: str, at_ms: int, fact: Fact) -> bool:
        def work(log: Log) -> bool:
            revoked = log.conn.execute(
                "UPDATE sessions SET revoked_ms = ? WHERE session_id = ? AND revoked_ms IS NULL",
                (at_ms, session_id),
            )
            if revoked.rowcount == 0:
                return False
            log.note(fact)
            return True

        return await self._writer.submit(work)


def _session(conn: sqlite3.Connection, session_id: str) -> DeviceSession | None:
    return SESSIONS.one(conn, "WHERE session_id = ?", session_id)
