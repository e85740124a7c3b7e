"""The logs: one document for each event. Read here, written by `appender.py`."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Iterable, Mapping, Sequence

from chat_server.adapters.mongodb.appender import Appender
from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import record, record_or_none, records
from chat_server.adapters.mongodb.driver import aggregated
from chat_server.domain.errors import InvalidValue
from chat_server.domain.message import Appended, Draft, Event, Head

HEADS = 500  # conversations asked about at once


class MongoMessageStore:
    def __init__(self, database: Database, appender: Appender) -> None:
        self._events = database.collection("events")
        self._appender = appender

    def append(self, draft: Draft) -> Future[Appended]:
        return self._appender.append(draft)

    async def head(self, conv: str) -> Head:
        last = self._events.find_one({"conv": conv}, sort=[("seq", -1)])
        return record_or_none(await answered(last), Head) or Head()

    async def heads(self, convs: Iterable[str]) -> Mapping[str, Head]:
        asked = list(dict.fromkeys(convs))
        found = dict.fromkeys(asked, Head())
        for start in range(0, len(asked), HEADS):
            pipeline = _last_of_each(asked[start : start + HEADS])
            for last in await answered(aggregated(self._events, pipeline)):
                found[last["_id"]] = record(last, Head)
        return found

    async def events(
        self, conv: str, *, after: int | None = None, before: int | None = None, limit: int
    ) -> Sequence[Event]:
        if (after is None) == (before is None):
            raise InvalidValue("events: give exactly one of after and before")
        if limit < 1:
            return []
        direction = -1 if after is None else 1
        wanted = {"$lt": before} if after is None else {"$gt": after}
        rows = self._events.find({"conv": conv, "seq": wanted}).sort("seq", direction)
        return records(await answered(rows.limit(limit).to_list(None)), Event)[::direction]

    async def event(self, conv: str, seq: int) -> Event | None:
        found = self._events.find_one({"conv": conv, "seq": seq})
        return record_or_none(await answered(found), Event)

    async def find(self, conv: str, sender: str, mid: str) -> Event | None:
        found = self._events.find_one({"conv": conv, "sender": sender, "mid": mid})
        return record_or_none(await answered(found), Event)


def _last_of_each(convs: Sequence[str]) -> list[dict[str, object]]:
    """Sorted as the index is, so that MongoDB jumps from log to log."""
    last = {field: {"$first": f"${field}"} for field in ("seq", "n", "ts")}
    return [
        {"$match": {"conv": {"$in": list(convs)}}},
        {"$sort": {"conv": -1, "seq": -1}},
        {"$group": {"_id": "$conv", **last}},
    ]
