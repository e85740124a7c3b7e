"""The recipient ledger in SQLite: a page of recipients is one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from chat_server.adapters.rules_recipients import HOUR_MS, STEP_TIMES, key_of, walked
from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import Table
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.accounts.campaigns import (
    REACHED,
    HourTally,
    Recipient,
    RecipientState,
    Tally,
)
from chat_server.domain.accounts.progress import Mark

RECIPIENTS = Table("recipients", Recipient)
_ENROL = RECIPIENTS.insert.replace("INSERT", "INSERT OR IGNORE", 1)
_MOVE = """
UPDATE recipients SET variant = ?, state = ?, reason = ?, seq = ?, at_ms = ?
WHERE campaign = ? AND customer = ? AND state = ?
"""
_IN_STATE = "WHERE campaign = ? AND state = ? AND customer > ? ORDER BY customer LIMIT ?"
_THESE = """
WHERE (campaign, customer) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))
"""
_MARK = """
UPDATE recipients SET state = ?, seq = ?, at_ms = ?, delivered_ms = ?, read_ms = ?,
  clicked_ms = ?, converted_ms = ?, left_ms = ?, revenue = ?, paid_to = ?
WHERE campaign = ? AND customer = ?
"""
_OF_CUSTOMER = "WHERE customer = ? AND at_ms >= ? ORDER BY at_ms DESC, campaign"
_TALLIES = """
SELECT variant, state, reason, count(*), language, branch, sum(delivered_ms > 0), sum(read_ms > 0),
  sum(clicked_ms > 0), sum(converted_ms > 0), sum(left_ms > 0), sum(revenue)
FROM recipients WHERE campaign = ?
GROUP BY variant, state, reason, language, branch ORDER BY variant, state, reason, language, branch
"""
_SENT_TO = ", ".join(f"'{state}'" for state in sorted(REACHED))
_HOURS = " UNION ALL ".join(
    f"SELECT {at_ms} / {HOUR_MS} * {HOUR_MS} AS hour, '{step}' AS step, count(*), "  # noqa: S608 - our own names
    f"{'sum(revenue)' if step == 'converted' else 0} FROM recipients "
    f"WHERE campaign = :campaign AND state IN ({_SENT_TO}) AND {at_ms} > 0 GROUP BY hour"
    for step, at_ms in STEP_TIMES.items()
)
_REACHED = f"""
SELECT customer, count(*) FROM recipients
WHERE customer IN (SELECT value FROM json_each(?)) AND at_ms >= ?
  AND state IN ({_SENT_TO}) GROUP BY customer
"""  # noqa: S608 - our own names


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

    async def mark(self, marks: Sequence[Mark]) -> int:
        asked = msgspec.json.encode(sorted({key_of(each) for each in marks})).decode()

        def work(log: Log) -> int:
            rows = {key_of(one): one for one in RECIPIENTS.all(log.conn, _THESE, asked)}
            changed, facts = walked(rows, marks)
            log.conn.executemany(_MARK, [_marked(one) for one in changed])
            for fact in facts:
                log.note(fact)
            return len(changed)

        return await self._writer.submit(work) if marks else 0

    async def in_state(
        self, campaign: str, state: RecipientState, *, after: str = "", limit: int
    ) -> Sequence[Recipient]:
        asked = (campaign, state.value, after, max(limit, 0))
        return await self._pages.ask(lambda conn: RECIPIENTS.all(conn, _IN_STATE, *asked))

    async def of_customer(self, customer: str, since_ms: int) -> Sequence[Recipient]:
        asked = (customer, since_ms)
        return await self._pages.ask(lambda conn: RECIPIENTS.all(conn, _OF_CUSTOMER, *asked))

    async def tallies(self, campaign: str) -> Sequence[Tally]:
        rows = await self._pages.ask(lambda conn: conn.execute(_TALLIES, (campaign,)).fetchall())
        return [Tally(row[0], RecipientState(row[1]), *row[2:]) for row in rows]

    async def hours(self, campaign: str) -> Sequence[HourTally]:
        asked = {"campaign": campaign}
        rows = await self._pages.ask(lambda conn: conn.execute(_HOURS, asked).fetchall())
        return [HourTally(*row) for row in sorted(rows)]

    async def reached(self, customers: Iterable[str], since_ms: int) -> Mapping[str, int]:
        asked = (msgspec.json.encode(list(customers)).decode(), since_ms)
        rows = await self._pages.ask(lambda conn: conn.execute(_REACHED, asked).fetchall())
        return dict(rows)


def _marked(one: Recipient) -> tuple[object, ...]:
    return (
        one.state, one.seq, one.at_ms, one.delivered_ms, one.read_ms,
        one.clicked_ms, one.converted_ms, one.left_ms, one.revenue, one.paid_to,
        one.campaign, one.customer,
    )  # fmt: skip
