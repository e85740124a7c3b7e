"""Facts: rows that are only ever inserted, in the transaction of what they tell of."""

from __future__ import annotations

from collections.abc import Sequence

from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import document, record
from chat_server.adapters.mongodb.driver import Document, Session
from chat_server.adapters.mongodb.stamps import Stamps
from chat_server.domain.facts import Change, Fact


async def note(database: Database, session: Session | None, *facts: Fact) -> None:
    """Write the facts into this transaction; without one, as a commit of their own."""
    rows = [document(fact, order=database.order(), position=0) for fact in facts]
    if rows:
        await database.collection("facts").insert_many(rows, session=session)


def change_of_fact(found: Document) -> Change:
    return Change(found["position"], fact=record(found, Fact))


class MongoAuditTrail:
    def __init__(self, database: Database, stamps: Stamps) -> None:
        self._database = database
        self._facts = database.collection("facts")
        self._stamps = stamps

    async def record(self, fact: Fact) -> None:
        await answered(note(self._database, None, fact))

    async def facts(
        self, *, subject: str | None = None, after: int = 0, limit: int = 100
    ) -> Sequence[Change]:
        if limit < 1:
            return []
        last = await self._stamps.stamp()
        wanted: Document = {"position": {"$gt": max(after, 0), "$lte": last}}
        if subject is not None:
            wanted["subject"] = subject
        rows = self._facts.find(wanted).sort("position").limit(limit)
        return [change_of_fact(row) for row in await answered(rows.to_list(None))]

    async def newest(
        self, *, before: int = 0, subject: str = "", kind: str = "", limit: int = 100
    ) -> Sequence[Change]:
        if limit < 1:
            return []
        last = await self._stamps.stamp()
        end = min(before - 1, last) if before > 0 else last
        wanted: Document = {"position": {"$gt": 0, "$lte": end}}
        wanted |= {key: value for key, value in (("subject", subject), ("kind", kind)) if value}
        rows = self._facts.find(wanted).sort("position", -1).limit(limit)
        return [change_of_fact(row) for row in await answered(rows.to_list(None))]
