"""Conversations, memberships and positions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from chat_server.adapters.rules import rejoined
from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.positions import Move
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import CONVERSATIONS, MEMBERSHIPS
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.conversation import Conversation, Membership, Positions
from chat_server.domain.facts import Fact

_PRESENT_IN = """
WHERE conv IN (SELECT value FROM json_each(?)) AND left_seq IS NULL ORDER BY conv, user
"""


class SqliteConversationStore:
    def __init__(self, writer: Writer, points: Reader, pages: Reader) -> None:
        self._writer = writer
        self._points = points
        self._pages = pages

    async def open_conversation(
        self, conversation: Conversation, members: Sequence[Membership], fact: Fact
    ) -> bool:
        def work(log: Log) -> bool:
            if conversation_in(log.conn, conversation.conv) is not None:
                return False
            log.conn.execute(CONVERSATIONS.insert, CONVERSATIONS.row(conversation))
            for membership in members:
                keep(log.conn, membership)
            log.note(fact)
            return True

        return await self._writer.submit(work)

    async def conversation(self, conv: str) -> Conversation | None:
        return await self._points.ask(lambda conn: conversation_in(conn, conv))

    async def membership(self, conv: str, user: str) -> Membership | None:
        return await self._points.ask(lambda conn: membership_in(conn, conv, user))

    async def members(self, conv: str) -> Sequence[Membership]:
        where = "WHERE conv = ? AND left_seq IS NULL ORDER BY user"
        return await self._pages.ask(lambda conn: MEMBERSHIPS.all(conn, where, conv))

    async def members_of(self, convs: Iterable[str]) -> Mapping[str, Sequence[Membership]]:
        asked = msgspec.json.encode(list(convs)).decode()
        found: dict[str, list[Membership]] = {}
        for membership in await self._pages.ask(
            lambda conn: MEMBERSHIPS.all(conn, _PRESENT_IN, asked)
        ):
            found.setdefault(membership.conv, []).append(membership)
        return found

    async def memberships(
        self, user: str, *, after_version: int = 0, limit: int = 500
    ) -> Sequence[Membership]:
        where = "WHERE user = ? AND version > ? ORDER BY version LIMIT ?"
        return await self._pages.ask(
            lambda conn: MEMBERSHIPS.all(conn, where, user, after_version, max(limit, 0))
        )

    async def join(self, membership: Membership, fact: Fact) -> Membership:
        def work(log: Log) -> Membership:
            former = membership_in(log.conn, membership.conv, membership.user)
            if former is not None and former.left_seq is None:
                return former
            log.note(fact)
            return keep(log.conn, rejoined(former, membership))

        return await self._writer.submit(work)

    async def leave(self, conv: str, user: str, fact: Fact) -> Membership | None:
        def work(log: Log) -> Membership | None:
            former = membership_in(log.conn, conv, user)
            if former is None or former.left_seq is not None:
                return None
            log.note(fact)
            return keep(log.conn, replace(former, left_seq=log.heads([conv])[conv].seq))

        return await self._writer.submit(work)

    async def advance(
        self, conv: str, user: str, *, read: int = 0, delivered: int = 0
    ) -> Positions | None:
        return await self._writer.move(Move(conv, user, read, delivered))


def conversation_in(conn: sqlite3.Connection, conv: str) -> Conversation | None:
    return CONVERSATIONS.one(conn, "WHERE conv = ?", conv)


def membership_in(conn: sqlite3.Connection, conv: str, user: str) -> Membership | None:
    return MEMBERSHIPS.one(conn, "WHERE conv = ? AND user = ?", conv, user)


def keep(conn: sqlite3.Connection, membership: Membership) -> Membership:
    (last,) = conn.execute(
        "SELECT coalesce(max(version), 0) FROM memberships WHERE user = ?", (membership.user,)
    ).fetchone()
    kept = replace(membership, version=last + 1)
    conn.execute(MEMBERSHIPS.replace, MEMBERSHIPS.row(kept))
    return kept
