"""Where a log stands, and how drafts become its next documents: the steps that appending
alone and appending within a turn have in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bson import ObjectId
from pymongo.read_concern import ReadConcern

from chat_server.adapters.mongodb.database import Database
from chat_server.adapters.mongodb.documents import document, record
from chat_server.adapters.mongodb.driver import Document, Session
from chat_server.adapters.rules import first_answer, head_at, next_event
from chat_server.domain.message import Appended, Draft, Event, Head


class Standing(NamedTuple):
    """The head of a log, and the `order` of its last event (see `stamps.py`)."""

    head: Head = Head()
    order: int = 0


class Found(NamedTuple):
    """An event that bears a draft's name: its document's id, and what the sender is told."""

    id: ObjectId
    event: Event
    body_hash: bytes

    def answer(self, draft: Draft) -> Appended:
        return first_answer(self.event, self.body_hash, draft)


Name = tuple[str, str]  # sender and mid


class Log:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._durable = database.collection("events")
        # A writer also minds what is not yet on the majority: its own event comes after that.
        self._latest = self._durable.with_options(read_concern=ReadConcern("local"))

    async def standing(self, conv: str, session: Session | None = None) -> Standing:
        """The log's last event; in a transaction, the last of its snapshot."""
        events = self._durable if session else self._latest
        last = await events.find_one({"conv": conv}, sort=[("seq", -1)], session=session)
        return Standing(record(last, Head), last["order"]) if last else Standing()

    async def found(
        self, conv: str, drafts: Sequence[Draft], session: Session | None = None
    ) -> dict[Name, Found]:
        """Those of the drafts that are in the log, on the majority."""
        names = {(draft.sender, draft.mid) for draft in drafts}
        wanted = {
            "conv": conv,
            "sender": {"$in": sorted({sender for sender, _ in names})},
            "mid": {"$in": sorted({mid for _, mid in names})},
        }
        rows = await self._durable.find(wanted, session=session).to_list(None)
        return {
            (row["sender"], row["mid"]): Found(row["_id"], record(row, Event), row["body_hash"])
            for row in rows
            if (row["sender"], row["mid"]) in names
        }

    def next(
        self, standing: Standing, key: ObjectId, draft: Draft
    ) -> tuple[Event, Document, Standing]:
        """The event that the draft becomes, its document, and where the log stands then."""
        event = next_event(draft, standing.head)
        order = max(self._database.order(), standing.order + 1)
        row = document(event, _id=key, body_hash=draft.body_hash, order=order, position=0)
        if draft.media:
            row["media"] = list(draft.media)
        return event, row, Standing(head_at(event), order)

    async def insert(self, rows: Sequence[Document], session: Session | None = None) -> None:
        await self._durable.insert_many(rows, ordered=True, session=session)
