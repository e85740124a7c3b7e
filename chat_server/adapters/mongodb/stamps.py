"""Positions: the one order of all commits, given behind the outbox.

MongoDB orders nothing across documents, so events and facts are written with position 0,
and whoever reads the feed first stamps what is there, with the next numbers of one counter.
Counter and rows change in one transaction that reads its rows in the same snapshot; of two
stampers at once, one meets the other's counter and starts again. So a position is seen only
when every lower one is, and no number is left out.

`order` grows along each log, so stamping by it keeps `seq` and position in step.
"""

from __future__ import annotations

import asyncio
from heapq import merge
from itertools import islice
from typing import Any

from pymongo import UpdateOne

from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.driver import Collection, Document, Session
from chat_server.adapters.mongodb.schema import UNSTAMPED

BATCH = 500  # rows in one transaction


class Stamps:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._events = database.collection("events")
        self._facts = database.collection("facts")
        self._counters = database.collection("counters")
        self._one_at_a_time = asyncio.Lock()  # readers of one process need not race each other

    async def stamp(self) -> None:
        """Give positions to some of what has none: to the oldest, if there is much."""
        async with self._one_at_a_time:
            for collection in (self._events, self._facts):
                if await answered(collection.find_one(UNSTAMPED, {"_id": 1})):
                    await self._database.transact(self._stamp)
                    return

    async def _stamp(self, session: Session) -> None:
        events = await self._unstamped(self._events, session)
        facts = await self._unstamped(self._facts, session)
        oldest = list(islice(merge(events, facts, key=_order), BATCH))
        if not oldest:
            return
        counter = await self._counters.find_one_and_update(
            {"_id": "position"}, {"$inc": {"count": len(oldest)}}, session=session
        )
        first = (counter or {"count": 0})["count"] + 1
        positions = {row["_id"]: first + place for place, row in enumerate(oldest)}
        for collection, rows in ((self._events, events), (self._facts, facts)):
            stamped = [
                UpdateOne({"_id": row["_id"]}, {"$set": {"position": positions[row["_id"]]}})
                for row in rows
                if row["_id"] in positions
            ]
            if stamped:
                await collection.bulk_write(stamped, session=session)

    @staticmethod
    async def _unstamped(collection: Collection, session: Session) -> list[Document]:
        rows = collection.find(UNSTAMPED, {"order": 1}, session=session)
        return await rows.sort("order").limit(BATCH).to_list(None)


def _order(row: Document) -> Any:  # noqa: ANN401 - a number, as BSON gives it
    return row["order"]
