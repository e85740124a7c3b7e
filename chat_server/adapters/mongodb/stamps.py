"""Positions: the one order of all commits, given behind the outbox.

MongoDB orders nothing across documents, so events and facts are written with position 0,
and whoever reads the feed first stamps what is there, with the next numbers. One document
holds the last number that may be read and, while a batch is under way, which rows get the
next ones: it is changed by compare-and-set, so of two stampers one starts again, and what a
dying process leaves half done is finished by any other, at once. No transaction would do:
that of a killed process keeps what it wrote locked, and what it read in the cache, for a
minute.

`order` grows along each log, so stamping by it keeps `seq` and position in step.
"""

from __future__ import annotations

import asyncio
from heapq import merge
from itertools import islice
from typing import Any

from pymongo import ReturnDocument, UpdateOne

from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.driver import Collection, Document
from chat_server.adapters.mongodb.schema import UNSTAMPED

BATCH = 100  # rows stamped at once: soon done, even beside many writers
KEY = "position"  # of the document: `count`, and `pending` as [collection, id] while under way


class Stamps:
    def __init__(self, database: Database) -> None:
        self._rows = {name: database.collection(name) for name in ("events", "facts")}
        self._counters = database.collection("counters")
        self._one_at_a_time = asyncio.Lock()  # readers of one process need not race each other

    async def stamp(self) -> int:
        """Give positions to some of what has none: to the oldest, if there is much.

        Every position up to the returned one may be read, and none after it.
        """
        async with self._one_at_a_time:
            state = await answered(self._counters.find_one({"_id": KEY})) or {"count": 0}
            if "pending" not in state:
                begun = await self._begin(state["count"])
                if begun is None:
                    return int(state["count"])
                state = begun
            return await self._finish(state["count"], state["pending"])

    async def _begin(self, count: int) -> Document | None:
        """Write down what gets the numbers after `count`; None if there is nothing to do here."""
        for rows in self._rows.values():
            if await answered(rows.find_one(UNSTAMPED, {"_id": 1})):
                break
        else:
            return None
        pending = await self._oldest()
        if not pending:
            return None
        return await answered(
            self._counters.find_one_and_update(
                {"_id": KEY, "count": count, "pending": None},  # None: there is no such field
                {"$set": {"pending": pending}},
                return_document=ReturnDocument.AFTER,
            )
        )

    async def _finish(self, count: int, pending: list[tuple[str, Any]]) -> int:
        """Doing this twice, or two at once, is as good as once."""
        for name, rows in self._rows.items():
            stamped = [
                UpdateOne({"_id": row, **UNSTAMPED}, {"$set": {"position": position}})
                for position, (kind, row) in enumerate(pending, start=count + 1)
                if kind == name
            ]
            if stamped:
                await answered(rows.bulk_write(stamped, ordered=False))
        last = count + len(pending)
        await answered(
            self._counters.update_one(
                {"_id": KEY, "count": count}, {"$set": {"count": last}, "$unset": {"pending": ""}}
            )
        )
        return last

    async def _oldest(self) -> list[tuple[str, Any]]:
        found = [await _unstamped(name, rows) for name, rows in self._rows.items()]
        return [(name, row) for _, name, row in islice(merge(*found, key=_order), BATCH)]


async def _unstamped(name: str, rows: Collection) -> list[tuple[Any, str, Any]]:
    """The oldest rows; of a log, no later event without the earlier ones.

    A read may miss a row that was inserted behind its back and yet see a later one. A second
    read that begins after it cannot: whatever is not older than all that it adds has to wait.
    """
    first, again = [
        await answered(rows.find(UNSTAMPED, {"order": 1}).sort("order").limit(BATCH).to_list(None))
        for _ in range(2)
    ]
    seen = {row["_id"] for row in first}
    added = min((row["order"] for row in again if row["_id"] not in seen), default=None)
    return [
        (row["order"], name, row["_id"]) for row in first if added is None or row["order"] < added
    ]


def _order(row: tuple[Any, str, Any]) -> Any:  # noqa: ANN401 - a number, as BSON gives it
    return row[0]
