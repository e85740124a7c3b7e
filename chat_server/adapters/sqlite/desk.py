"""Desks and their cases: a step is one transaction of the writer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from chat_server.adapters.rules_desk import (
    check_case,
    check_desk,
    check_room,
    in_order,
    seated,
    with_assignment,
)
from chat_server.adapters.sqlite.conversations import keep
from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import MEMBERSHIPS, Table
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.desk.case import Case, CaseState, Note
from chat_server.domain.desk.choosing import AgentStatus
from chat_server.domain.desk.settings import Desk
from chat_server.domain.desk.step import CaseStep
from chat_server.domain.errors import MidReused
from chat_server.domain.facts import Fact
from chat_server.domain.message import Event

NOTES = Table("case_notes", Note)
STATUSES = Table("agent_statuses", AgentStatus)
_AMONG = "IN (SELECT value FROM json_each(?))"
_LATEST = "WHERE conv = ? ORDER BY opened_seq DESC LIMIT 1"
_IN_STATE = "WHERE desk = ? AND state = ? AND closed_ms >= ? AND ? IN ('', agent)"
_DUE = "WHERE state <> 'closed' AND look_ms <= ? ORDER BY look_ms, case_id LIMIT ?"
_decode_case = msgspec.json.Decoder(Case).decode
_decode_desk = msgspec.json.Decoder(Desk).decode


class SqliteDeskStore:
    """`DeskStore` and `CaseStore`."""

    def __init__(self, writer: Writer, points: Reader, pages: Reader) -> None:
        self._writer, self._points, self._pages = writer, points, pages

    async def put_desk(self, desk: Desk, fact: Fact) -> None:
        def work(log: Log) -> None:
            check_desk(desk, _desks(log.conn))
            row = (desk.desk, msgspec.json.encode(desk).decode())
            log.conn.execute("REPLACE INTO desks VALUES (?, ?)", row)
            log.note(fact)

        await self._writer.submit(work)

    async def desks(self) -> Sequence[Desk]:
        return await self._points.ask(_desks)

    async def commit(self, step: CaseStep) -> Sequence[Event]:
        return await self._writer.submit(lambda log: _commit(log, step))

    async def case(self, case_id: str) -> Case | None:
        return await self._points.ask(lambda conn: _case(conn, "WHERE case_id = ?", case_id))

    async def latest(self, conv: str) -> Case | None:
        return await self._points.ask(lambda conn: _case(conn, _LATEST, conv))

    async def cases(
        self, desk: str, state: CaseState, *, agent: str = "", since_ms: int = 0, limit: int = 500
    ) -> Sequence[Case]:
        newest = f"{_IN_STATE} ORDER BY closed_ms DESC, case_id LIMIT ?"
        where = newest if state is CaseState.CLOSED else _IN_STATE
        bound = [desk, state.value, since_ms, agent]
        if state is CaseState.CLOSED:
            bound.append(max(limit, 0))
        found = await self._pages.ask(lambda conn: _cases(conn, where, *bound))
        return in_order(found, state)[: max(limit, 0)]

    async def due(self, now_ms: int, limit: int) -> Sequence[Case]:
        return await self._pages.ask(lambda conn: _cases(conn, _DUE, now_ms, max(limit, 0)))

    async def serving(self, agents: Iterable[str]) -> Mapping[str, int]:
        wanted = list(agents)
        return await self._points.ask(lambda conn: _serving(conn, wanted))

    async def notes(self, case_id: str) -> Sequence[Note]:
        where = "WHERE case_id = ? ORDER BY note"
        return await self._pages.ask(lambda conn: NOTES.all(conn, where, case_id))

    async def set_status(self, status: AgentStatus, fact: Fact) -> None:
        def work(log: Log) -> None:
            former = STATUSES.one(log.conn, "WHERE user = ?", status.user)
            assigned_ms = former.assigned_ms if former else 0
            row = STATUSES.row(replace(status, assigned_ms=assigned_ms))
            log.conn.execute(STATUSES.replace, row)
            log.note(fact)

        await self._writer.submit(work)

    async def statuses(self, users: Iterable[str]) -> Sequence[AgentStatus]:
        wanted = msgspec.json.encode(list(users)).decode()
        where = f"WHERE user {_AMONG} ORDER BY user"
        return await self._points.ask(lambda conn: STATUSES.all(conn, where, wanted))


def _commit(log: Log, step: CaseStep) -> list[Event]:
    conn, case = log.conn, step.case
    stored = _case(conn, "WHERE case_id = ?", case.case_id)
    check_case(case, stored, _case(conn, _LATEST, case.conv))
    if step.seating:
        user = step.seating.user
        check_room(step, _serving(conn, [user]).get(user, 0))
    events = _append(log, step)
    users = [*step.leaving, *([step.seating.user] if step.seating else [])]
    among = f"WHERE conv = ? AND user {_AMONG}"
    members = MEMBERSHIPS.all(conn, among, case.conv, msgspec.json.encode(users).decode())
    _keep(conn, case)
    for member in seated(step, {each.user: each for each in members}, events):
        keep(conn, member)
    if step.note:
        conn.execute(NOTES.insert, NOTES.row(step.note))
    if step.seating:
        former = STATUSES.one(conn, "WHERE user = ?", step.seating.user)
        conn.execute(STATUSES.replace, STATUSES.row(with_assignment(step, former)))
    for fact in step.facts:
        log.note(fact)
    return events


def _append(log: Log, step: CaseStep) -> list[Event]:
    events = []
    for answer in log.append(step.drafts, look=True):
        if isinstance(answer, MidReused):
            raise answer
        events.append(answer.event)
    return events


def _keep(conn: sqlite3.Connection, case: Case) -> None:
    row = (case.case_id, case.desk, case.conv, case.state.value, case.agent, case.opened_seq)
    record = msgspec.json.encode(case).decode()
    conn.execute(
        "REPLACE INTO cases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*row, case.closed_ms, case.look_ms, record),
    )


def _desks(conn: sqlite3.Connection) -> list[Desk]:
    return [_decode_desk(row) for (row,) in conn.execute("SELECT record FROM desks ORDER BY desk")]


def _cases(conn: sqlite3.Connection, where: str, *bound: object) -> list[Case]:
    found = conn.execute(f"SELECT record FROM cases {where}", bound)  # noqa: S608 - our own words
    return [_decode_case(record) for (record,) in found]


def _case(conn: sqlite3.Connection, where: str, *bound: object) -> Case | None:
    return next(iter(_cases(conn, where, *bound)), None)


def _serving(conn: sqlite3.Connection, agents: Sequence[str]) -> dict[str, int]:
    counted = conn.execute(
        f"SELECT agent, count(*) FROM cases WHERE agent {_AMONG} AND state = 'serving'"  # noqa: S608 - our own words
        " GROUP BY agent",
        (msgspec.json.encode(agents).decode(),),
    )
    return dict(counted.fetchall())
