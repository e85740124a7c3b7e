"""The recipient ledger in SQLite: a page of recipients is one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import Table
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.accounts.campaigns import Recipient, RecipientState, Tally

RECIPIENTS = Table("recipients", Recipient)
_ENROL = RECIPIENTS.insert.replace("INSERT", "INSERT OR IGNORE", 1)
_MOVE = """
UPDATE recipients SET variant = ?, state = ?, reason = ?, seq = ?, at_ms = ?
WHERE campaign = ? AND customer = ? AND state = ?
"""
_IN_STATE = "WHERE campaign = ? AND state = ? AND customer > ? ORDER BY customer LIMIT ?"
_TALLIES = """
SELECT variant, state, reason, count(*) FROM recipients WHERE campaign = ?
GROUP BY variant, state, reason ORDER BY variant, state, reason
"""
_REACHED = """
SELECT customer, count(*) FROM recipients
WHERE customer IN (SELECT value FROM json_each(?)) AND at_ms >= ?
  AND state IN ('sent', 'read', 'recalled') GROUP BY customer
"""


class SqliteRecipientLedger:
    def __init__(self, writer: Writer, pages: Reader) -> None:
        self._writer, self._pages = writer, pages

    async def enrol(self, recipients: Sequence[Recipient]) -> int:
        rows = [RECIPIENTS.row(each) for each in recipients]
        return await self._writer.submit(lambda log: log.conn.executemany(_ENROL, rows).rowcount)

    async def move(self, former: RecipientState, recipients: Sequence[Recipient]) -> int:
        rows = [
            (one.variant, one.state, one.reason, one.seq, one.at_ms, one.campaign, one.customer)
            for one in recipients
        ]

        def work(log: Log) -> int:
            return log.conn.executemany(_MOVE, [(*row, former) for row in rows]).rowcount

        return await self._writer.submit(work)

    async def in_state(
        self, campaign: str, state: RecipientState, *, after: str = "", limit: int
    ) -> Sequence[Recipient]:
        asked = (campaign, state.value, after, max(limit, 0))
        return await self._pages.ask(lambda conn: RECIPIENTS.all(conn, _IN_STATE, *asked))

    async def tallies(self, campaign: str) -> Sequence[Tally]:
        rows = await self._pages.ask(lambda conn: conn.execute(_TALLIES, (campaign,)).fetchall())
        return [Tally(row[0], RecipientState(row[1]), row[2], row[3]) for row in rows]

    async def reached(self, customers: Iterable[str], since_ms: int) -> Mapping[str, int]:
        asked = (msgspec.json.encode(list(customers)).decode(), since_ms)
        rows = await self._pages.ask(lambda conn: conn.execute(_REACHED, asked).fetchall())
        return dict(rows)
