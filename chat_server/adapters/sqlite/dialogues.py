"""Bots' dialogues, and the turns that change them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from chat_server.adapters.rules import check_turn, place_cards
from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import DIALOGUES
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.errors import MidReused, VersionConflict
from chat_server.domain.facts import Dialogue, Fact
from chat_server.domain.message import Appended, Draft

_GUARDED = """
SELECT 1 FROM secret_cards
WHERE customer = ? AND (expires_ms IS NULL OR expires_ms > ?) LIMIT 1
"""


class SqliteDialogueStore:
    def __init__(self, writer: Writer, points: Reader, pages: Reader) -> None:
        self._writer = writer
        self._points = points
        self._pages = pages

    async def dialogue(self, conv: str) -> Dialogue | None:
        return await self._points.ask(lambda conn: _dialogue(conn, conv))

    async def commit_turn(
        self, dialogue: Dialogue, drafts: Sequence[Draft], facts: Sequence[Fact]
    ) -> Sequence[Appended]:
        check_turn(dialogue, drafts)

        def work(log: Log) -> list[Appended]:
            former = _dialogue(log.conn, dialogue.conv)
            if (former.version if former else 0) != dialogue.version - 1:
                raise VersionConflict(dialogue.conv)
            appended = [_unless_reused(answer) for answer in log.append(drafts, look=True)]
            _keep(log.conn, place_cards(dialogue, appended))
            for fact in facts:
                log.note(fact)
            return appended

        return await self._writer.submit(work)

    async def due_dialogues(self, now_ms: int, limit: int) -> Sequence[Dialogue]:
        where = "WHERE wake_ms <= ? ORDER BY wake_ms, conv LIMIT ?"
        return await self._pages.ask(lambda conn: DIALOGUES.all(conn, where, now_ms, max(limit, 0)))

    async def secret_cards(self, customer: str, now_ms: int) -> bool:
        row = await self._points.ask(
            lambda conn: conn.execute(_GUARDED, (customer, now_ms)).fetchone()
        )
        return row is not None


def _dialogue(conn: sqlite3.Connection, conv: str) -> Dialogue | None:
    return DIALOGUES.one(conn, "WHERE conv = ?", conv)


def _unless_reused(answer: Appended | MidReused) -> Appended:
    if isinstance(answer, MidReused):
        raise answer
    return answer


def _keep(conn: sqlite3.Connection, dialogue: Dialogue) -> None:
    conn.execute(DIALOGUES.replace, DIALOGUES.row(dialogue))
    conn.execute("DELETE FROM secret_cards WHERE conv = ?", (dialogue.conv,))
    conn.executemany(
        "REPLACE INTO secret_cards VALUES (?, ?, ?, ?)",
        [
            (card.customer, dialogue.conv, card.card_id, card.expires_ms)
            for card in dialogue.cards
            if card.secret
        ],
    )
