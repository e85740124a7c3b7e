"""What is a person's own in their conversations: two tables beside their memberships."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from chat_server.adapters.sqlite.conversations import keep, membership_in
from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import DRAFTS, STARS
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.conversation import Membership
from chat_server.domain.errors import TooLong
from chat_server.domain.facts import Fact
from chat_server.domain.own import MOST_STARS, Star, Unsent, Wish, settled

_OF_ONE = "WHERE user = ? AND conv = ?"
_PLACE = f"{_OF_ONE} AND seq = ?"
_DRAFTS_OF = "WHERE user = ? AND conv IN (SELECT value FROM json_each(?))"
_NEWEST = "WHERE user = ? AND number < ? AND (? = '' OR conv = ?) ORDER BY number DESC LIMIT ?"
_NO_END = 2**63 - 1
_FEW = 2000  # events that are looked at one by one
# The shorter way: the few events after the position, or what one person wrote here at all.
_COUNT = "SELECT count(*) FROM events WHERE conv = ? AND {} AND kind = 'message'"
_BY_PLACE = _COUNT.format("seq > ? AND seq <= ? AND +sender = ?")
_BY_SENDER = _COUNT.format("+seq > ? AND +seq <= ? AND sender = ?")


class SqliteOwnStore:
    def __init__(self, writer: Writer, points: Reader, pages: Reader) -> None:
        self._writer, self._points, self._pages = writer, points, pages

    async def settle(
        self, conv: str, user: str, wish: Wish, fact: Fact | None = None
    ) -> Membership | None:
        def work(log: Log) -> Membership | None:
            former = membership_in(log.conn, conv, user)
            if former is None:
                return None
            wished = settled(former, wish, log.heads([conv])[conv].seq)
            if wished == former:
                return former
            if fact is not None:
                log.note(fact)
            return keep(log.conn, wished)

        return await self._writer.submit(work)

    async def write_draft(self, unsent: Unsent) -> Membership | None:
        def work(log: Log) -> Membership | None:
            former = membership_in(log.conn, unsent.conv, unsent.user)
            if former is None or former.left_seq is not None:
                return None
            if unsent.text:
                log.conn.execute(DRAFTS.replace, DRAFTS.row(unsent))
            else:
                where = (unsent.user, unsent.conv)
                log.conn.execute(f"DELETE FROM drafts {_OF_ONE}", where)  # noqa: S608 - our own words
            return keep(log.conn, former)

        return await self._writer.submit(work)

    async def drafts(self, user: str, convs: Iterable[str]) -> Mapping[str, Unsent]:
        asked = msgspec.json.encode(list(convs)).decode()
        found = await self._points.ask(lambda conn: DRAFTS.all(conn, _DRAFTS_OF, user, asked))
        return {unsent.conv: unsent for unsent in found}

    async def own_count(self, conv: str, user: str, *, after: int, upto: int) -> int:
        query = _BY_PLACE if upto - after <= _FEW else _BY_SENDER
        asked = (conv, after, upto, user)
        (count,) = await self._pages.ask(lambda conn: conn.execute(query, asked).fetchone())
        return int(count)

    async def star(self, star: Star) -> Star:
        def work(log: Log) -> Star:
            known = STARS.one(log.conn, _PLACE, star.user, star.conv, star.seq)
            if known is not None:
                return known
            count, last = _standing(log.conn, star.user)
            if count >= MOST_STARS:
                raise TooLong(f"at most {MOST_STARS} stars")
            kept = replace(star, number=last + 1)
            log.conn.execute(STARS.insert, STARS.row(kept))
            return kept

        return await self._writer.submit(work)

    async def unstar(self, user: str, conv: str, seq: int) -> bool:
        def work(log: Log) -> bool:
            gone = log.conn.execute(f"DELETE FROM stars {_PLACE}", (user, conv, seq))  # noqa: S608 - our own words
            return bool(gone.rowcount)

        return await self._writer.submit(work)

    async def stars(
        self, user: str, *, before: int | None = None, conv: str = "", limit: int
    ) -> Sequence[Star]:
        asked = (user, _NO_END if before is None else before, conv, conv, max(limit, 0))
        return await self._pages.ask(lambda conn: STARS.all(conn, _NEWEST, *asked))


def _standing(conn: sqlite3.Connection, user: str) -> tuple[int, int]:
    """How many stars, and the last number."""
    row = conn.execute(
        "SELECT count(*), coalesce(max(number), 0) FROM stars WHERE user = ?", (user,)
    ).fetchone()
    return row[0], row[1]
