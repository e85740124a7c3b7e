"""The logs: one document for each event. Read here, written by `appender.py`."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from bson import ObjectId
from msgspec.structs import replace

from chat_server.adapters.mongodb.appender import Appender
from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import document, record, record_or_none, records
from chat_server.adapters.mongodb.driver import Document, Session, aggregated
from chat_server.adapters.mongodb.log import Log, Standing
from chat_server.domain.bodies import Action
from chat_server.domain.errors import InvalidValue
from chat_server.domain.forms import Form, acted
from chat_server.domain.message import Appended, Draft, Event, EventKind, Head

HEADS = 500  # conversations asked about at once


class MongoMessageStore:
    def __init__(self, database: Database, log: Log, appender: Appender) -> None:
        self._database, self._log, self._appender = database, log, appender
        self._events = database.collection("events")
        self._forms = database.collection("forms")

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

    async def events_after(
        self, cursors: Mapping[str, int], limit: int
    ) -> Mapping[str, Sequence[Event]]:
        """There are no holes in a log, so its next ones are known by number."""
        if not cursors or limit < 1:
            return {}
        parts = [
            {"conv": conv, "seq": {"$gt": after, "$lte": max(after, 0) + limit}}
            for conv, after in cursors.items()
        ]
        rows = self._events.find({"$or": parts}).sort([("conv", 1), ("seq", 1)])
        found: dict[str, list[Event]] = {}
        for event in records(await answered(rows.to_list(None)), Event):
            found.setdefault(event.conv, []).append(event)
        return found

    async def event(self, conv: str, seq: int) -> Event | None:
        found = self._events.find_one({"conv": conv, "seq": seq})
        return record_or_none(await answered(found), Event)

    async def find(self, conv: str, sender: str, mid: str) -> Event | None:
        found = self._events.find_one({"conv": conv, "sender": sender, "mid": mid})
        return record_or_none(await answered(found), Event)

    async def spoke(self, people: Mapping[str, str], since_ms: int) -> set[str]:
        asked, found = list(people), set()
        for start in range(0, len(asked), HEADS):
            convs = asked[start : start + HEADS]
            wanted: Document = {
                "conv": {"$in": convs},
                "sender": {"$in": [people[conv] for conv in convs]},
                "ts": {"$gte": since_ms},
                "kind": EventKind.MESSAGE.value,
            }
            said: Document = {"_id": {"conv": "$conv", "sender": "$sender"}}
            pipeline = [{"$match": wanted}, {"$group": said}]
            for row in await answered(aggregated(self._events, pipeline)):
                who = row["_id"]
                if people[who["conv"]] == who["sender"]:
                    found.add(who["conv"])
        return found

    async def act(self, draft: Draft, action: Action) -> Appended:
        key = {"conv": draft.conv, "seq": action.target}

        async def work(session: Session) -> tuple[Appended, Standing | None]:
            found = await self._log.found(draft.conv, [draft], session)
            if (first := found.get((draft.sender, draft.mid))) is not None:
                return first.answer(draft), None
            row = await self._forms.find_one(key, session=session)
            former = record_or_none(row, Form) or Form(draft.conv, action.target)
            form, done = acted(former, action, draft.sender)
            named = replace(draft, body=msgspec.json.encode(done))
            standing = await self._log.standing(draft.conv, session)
            event, row, standing = self._log.next(standing, ObjectId(), named)
            await self._log.insert([row], session)
            after = document(replace(form, changed_seq=event.seq))
            await self._forms.replace_one(key, after, upsert=True, session=session)
            return Appended(event), standing

        async with self._appender.alone(draft.conv) as lane:
            appended, lane.standing = await self._database.transact(work)
            self._appender.ring([] if appended.duplicate else [appended.event])
        return appended

    async def forms(self, conv: str, seqs: Iterable[int]) -> Mapping[int, Form]:
        wanted = {"conv": conv, "seq": {"$in": list(seqs)}}
        found = await answered(self._forms.find(wanted).to_list(None))
        return {form.seq: form for form in records(found, Form)}


def _last_of_each(convs: Sequence[str]) -> list[dict[str, object]]:
    """Sorted as the index is, so that MongoDB jumps from log to log."""
    last = {field: {"$first": f"${field}"} for field in ("seq", "n", "ts")}
    return [
        {"$match": {"conv": {"$in": list(convs)}}},
        {"$sort": {"conv": -1, "seq": -1}},
        {"$group": {"_id": "$conv", **last}},
    ]
