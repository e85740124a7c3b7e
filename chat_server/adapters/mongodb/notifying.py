"""Wishes and knocks in MongoDB; a knock's key is its person and conversation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import document, record, record_or_none, records
from chat_server.adapters.mongodb.driver import Document, Session
from chat_server.adapters.mongodb.facts import note
from chat_server.domain.facts import Fact
from chat_server.domain.notifying import Knock, Wishes, merged, settled


class MongoPushStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._wishes = database.collection("push_wishes")
        self._knocks = database.collection("knocks")

    async def wishes(self, users: Iterable[str]) -> Mapping[str, Wishes]:
        rows = self._wishes.find({"_id": {"$in": list(set(users))}})
        found = records(await answered(rows.to_list(None)), Wishes)
        return {one.user: one for one in found}

    async def put_wishes(self, wishes: Wishes, fact: Fact) -> None:
        async def work(session: Session) -> None:
            key = {"_id": wishes.user}
            await self._wishes.replace_one(key, document(wishes), upsert=True, session=session)
            await note(self._database, session, fact)

        await self._database.transact(work)

    async def note(self, knocks: Sequence[Knock]) -> None:
        async def work(session: Session) -> None:
            for knock in knocks:
                former = await self._knocks.find_one(_key(knock), session=session)
                kept = merged(record_or_none(former, Knock), knock)
                if kept is not None:
                    await self._knocks.replace_one(
                        _key(knock), document(kept), upsert=True, session=session
                    )

        if knocks:
            await self._database.transact(work)

    async def take(self, now_ms: int, lease_ms: int, limit: int) -> Sequence[Knock]:
        if limit < 1:
            return []
        due = self._knocks.find({"due_ms": {"$lte": now_ms}}).sort("due_ms").limit(limit)
        taken = []
        for row in await answered(due.to_list(None)):
            expected = {"_id": row["_id"], "due_ms": row["due_ms"]}
            leased = {"$set": {"due_ms": now_ms + lease_ms}}
            claimed = self._knocks.find_one_and_update(expected, leased, return_document=True)
            found = await answered(claimed)
            if found is not None:
                taken.append(record(found, Knock))
        return taken

    async def settle(self, taken: Knock, after: Knock) -> None:
        async def work(session: Session) -> None:
            stored = await self._knocks.find_one(_key(taken), session=session)
            if stored is not None:
                kept = settled(record(stored, Knock), taken, after)
                await self._knocks.replace_one(_key(taken), document(kept), session=session)

        await self._database.transact(work)


def _key(knock: Knock) -> Document:
    return {"_id": {"user": knock.user, "conv": knock.conv}}
