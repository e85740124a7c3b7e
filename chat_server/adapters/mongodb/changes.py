"""The change feed: what was stamped, read from both collections as one list."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo.errors import DuplicateKeyError

from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import record
from chat_server.adapters.mongodb.driver import Collection, Document
from chat_server.adapters.mongodb.facts import change_of_fact
from chat_server.adapters.mongodb.schema import starting_with
from chat_server.adapters.mongodb.stamps import Stamps
from chat_server.domain.facts import Change
from chat_server.domain.message import Event


class MongoChangeFeed:
    def __init__(self, database: Database, stamps: Stamps) -> None:
        self._events = database.collection("events")
        self._facts = database.collection("facts")
        self._cursors = database.collection("cursors")
        self._stamps = stamps

    async def changes(self, after: int, limit: int, *, only: str = "") -> Sequence[Change]:
        if limit < 1:
            return []
        after = max(after, 0)
        last = await self._stamps.stamp()
        where: Document = {"position": {"$gt": after, "$lte": last}}
        rows = await _page(self._events, limit, where | (starting_with(only) if only else {}))
        events = [Change(row["position"], event=record(row, Event)) for row in rows]
        if only:
            return events
        facts = [change_of_fact(row) for row in await _page(self._facts, limit, where)]
        return sorted(events + facts, key=lambda change: change.position)[:limit]

    async def newest_position(self) -> int:
        return await self._stamps.stamp()

    async def cursor(self, consumer: str) -> int:
        found = await answered(self._cursors.find_one({"_id": consumer}))
        return found["position"] if found else 0

    async def advance_cursor(self, consumer: str, position: int) -> None:
        forward = self._cursors.update_one
        change = {"$max": {"position": position}}
        try:
            await answered(forward({"_id": consumer}, change, upsert=True))
        except DuplicateKeyError:  # another process has just made it
            await answered(forward({"_id": consumer}, change))


async def _page(collection: Collection, limit: int, where: Document) -> list[Document]:
    return await answered(collection.find(where).sort("position").limit(limit).to_list(None))
