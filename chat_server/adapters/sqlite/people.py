"""People, branches and assignments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import ASSIGNMENTS, BRANCHES, PEOPLE
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.errors import AlreadyExists
from chat_server.domain.facts import Fact
from chat_server.domain.people import Assignment, Branch, Person


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
