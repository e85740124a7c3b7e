"""Public accounts, broadcasts, and the ledger of consents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import ACCOUNTS, BROADCASTS, CONSENTS
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.errors import VersionConflict
from chat_server.domain.facts import ConsentEntry, Fact, Purpose
from chat_server.domain.ids import feed_conversation
from chat_server.domain.publishing import Broadcast, PublicAccount

_FOLLOWERS = """
SELECT count(*) FROM memberships INDEXED BY followers
WHERE conv = ? AND role = 'follower' AND left_seq IS NULL
"""
_CONSENTING = """
SELECT customer, granted FROM consents
WHERE purpose = ? AND customer IN (SELECT value FROM json_each(?)) ORDER BY entry_id
"""


class SqlitePublicAccountStore:
    def __init__(self, writer: Writer, points: Reader, pages: Reader) -> None:
        self._writer = writer
        self._points = points
        self._pages = pages

    async def put_account(self, account: PublicAccount, fact: Fact) -> None:
        def work(log: Log) -> None:
            log.conn.execute(ACCOUNTS.replace, ACCOUNTS.row(account))
            log.note(fact)

        await self._writer.submit(work)

    async def change_account(
        self, former: PublicAccount | None, account: PublicAccount, fact: Fact
    ) -> None:
        def work(log: Log) -> None:
            stored = ACCOUNTS.one(log.conn, "WHERE account = ?", account.account)
            if msgspec.json.encode(stored) != msgspec.json.encode(former):
                raise VersionConflict(account.account)
            log.conn.execute(ACCOUNTS.replace, ACCOUNTS.row(account))
            log.note(fact)

        await self._writer.submit(work)

    async def account(self, account: str) -> PublicAccount | None:
        where = "WHERE account = ?"
        return await self._points.ask(lambda conn: ACCOUNTS.one(conn, where, account))

    async def accounts(self) -> Sequence[PublicAccount]:
        return await self._pages.ask(lambda conn: ACCOUNTS.all(conn, "ORDER BY account"))

    async def follower_count(self, account: str) -> int:
        feed = feed_conversation(account)
        row = await self._pages.ask(lambda conn: conn.execute(_FOLLOWERS, (feed,)).fetchone())
        count: int = row[0]
        return count

    async def save_broadcast(self, broadcast: Broadcast, fact: Fact) -> None:
        def work(log: Log) -> None:
            former = BROADCASTS.one(log.conn, "WHERE broadcast_id = ?", broadcast.broadcast_id)
            if (former.version if former else 0) != broadcast.version - 1:
                raise VersionConflict(broadcast.broadcast_id)
            log.conn.execute(BROADCASTS.replace, BROADCASTS.row(broadcast))
            log.note(fact)

        await self._writer.submit(work)

    async def broadcast(self, broadcast_id: str) -> Broadcast | None:
        where = "WHERE broadcast_id = ?"
        return await self._points.ask(lambda conn: BROADCASTS.one(conn, where, broadcast_id))

    async def broadcasts(self, account: str, limit: int) -> Sequence[Broadcast]:
        where = "WHERE account = ? ORDER BY submitted_ms DESC, broadcast_id DESC LIMIT ?"
        return await self._pages.ask(
            lambda conn: BROADCASTS.all(conn, where, account, max(limit, 0))
        )


class SqliteConsentLedger:
    def __init__(self, writer: Writer, pages: Reader) -> None:
        self._writer = writer
        self._pages = pages

    async def record_consent(self, entry: ConsentEntry, fact: Fact) -> ConsentEntry:
        def work(log: Log) -> ConsentEntry:
            _, *said = CONSENTS.row(entry)
            added = log.conn.execute(CONSENTS.insert, (None, *said))
            log.note(fact)
            return replace(entry, entry_id=added.lastrowid)

        return await self._writer.submit(work)

    async def consents(self, customer: str) -> Sequence[ConsentEntry]:
        where = "WHERE customer = ? ORDER BY entry_id"
        return await self._pages.ask(lambda conn: CONSENTS.all(conn, where, customer))

    async def consenting(self, customers: Iterable[str], purpose: Purpose) -> set[str]:
        asked = (purpose.value, msgspec.json.encode(list(customers)).decode())
        rows = await self._pages.ask(lambda conn: conn.execute(_CONSENTING, asked).fetchall())
        last = dict(rows)  # the later row of a customer replaces the earlier
        return {customer for customer, granted in last.items() if granted}
