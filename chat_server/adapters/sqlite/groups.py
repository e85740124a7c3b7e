"""Groups: a change of members and its event are one transaction of the writer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from chat_server.adapters.rules import check_change, placed
from chat_server.adapters.sqlite.conversations import conversation_in, keep
from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import CONVERSATIONS, JOIN_REQUESTS, MEMBERSHIPS
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.conversation import Membership
from chat_server.domain.errors import MidReused
from chat_server.domain.facts import Fact
from chat_server.domain.groups import GroupChange, JoinRequest
from chat_server.domain.message import Draft, Event

_OF_ONE = "WHERE conv = ? AND user = ?"
_AMONG = "WHERE conv = ? AND user IN (SELECT value FROM json_each(?)) ORDER BY user"
_PAGE = "WHERE conv = ? AND user > ? AND left_seq IS NULL ORDER BY user LIMIT ?"


class SqliteGroupStore:
    def __init__(self, writer: Writer, pages: Reader) -> None:
        self._writer, self._pages = writer, pages

    async def change(self, change: GroupChange) -> Event | None:
        conv = change.conversation.conv

        def work(log: Log) -> Event | None:
            check_change(change, conversation_in(log.conn, conv))
            former = {each.user: each for each in _among(log.conn, conv, change.users)}
            event = _append(log, change.draft) if change.draft else None
            log.conn.execute(CONVERSATIONS.replace, CONVERSATIONS.row(change.conversation))
            for membership in placed(change, former, event.seq if event else 0):
                keep(log.conn, membership)
            log.conn.executemany(
                f"DELETE FROM join_requests {_OF_ONE}",  # noqa: S608 - our own words
                [(conv, place.user) for place in change.joining],
            )
            log.note(change.fact)
            return event

        return await self._writer.submit(work)

    async def page(self, conv: str, *, after: str, limit: int) -> Sequence[Membership]:
        return await self._pages.ask(
            lambda conn: MEMBERSHIPS.all(conn, _PAGE, conv, after, max(limit, 0))
        )

    async def among(self, conv: str, users: Iterable[str]) -> Sequence[Membership]:
        wanted = list(users)
        return await self._pages.ask(lambda conn: _among(conn, conv, wanted))

    async def ask_to_join(self, request: JoinRequest, fact: Fact) -> bool:
        def work(log: Log) -> bool:
            if JOIN_REQUESTS.one(log.conn, _OF_ONE, request.conv, request.user):
                return False
            log.conn.execute(JOIN_REQUESTS.insert, JOIN_REQUESTS.row(request))
            log.note(fact)
            return True

        return await self._writer.submit(work)

    async def requests(self, conv: str, limit: int) -> Sequence[JoinRequest]:
        oldest = "WHERE conv = ? ORDER BY at_ms, user LIMIT ?"
        return await self._pages.ask(
            lambda conn: JOIN_REQUESTS.all(conn, oldest, conv, max(limit, 0))
        )

    async def request(self, conv: str, user: str) -> JoinRequest | None:
        return await self._pages.ask(lambda conn: JOIN_REQUESTS.one(conn, _OF_ONE, conv, user))

    async def drop_request(self, conv: str, user: str, fact: Fact) -> bool:
        def work(log: Log) -> bool:
            deleted = log.conn.execute(f"DELETE FROM join_requests {_OF_ONE}", (conv, user))  # noqa: S608 - our own words
            if not deleted.rowcount:
                return False
            log.note(fact)
            return True

        return await self._writer.submit(work)


def _among(conn: sqlite3.Connection, conv: str, users: Sequence[str]) -> list[Membership]:
    return MEMBERSHIPS.all(conn, _AMONG, conv, msgspec.json.encode(users).decode())


def _append(log: Log, draft: Draft) -> Event:
    (appended,) = log.append([draft], look=True)
    if isinstance(appended, MidReused):
        raise appended
    return appended.event
