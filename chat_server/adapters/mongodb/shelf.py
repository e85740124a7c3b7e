"""The shelf in MongoDB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pymongo import ReturnDocument

from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import document, record_or_none, records
from chat_server.adapters.mongodb.driver import Document, Session
from chat_server.adapters.mongodb.facts import note
from chat_server.domain.errors import VersionConflict
from chat_server.domain.facts import Fact
from chat_server.domain.shelf import Kept


class MongoShelf:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._shelf = database.collection("shelf")

    async def save(
        self, items: Sequence[Kept], gone: Sequence[Kept] = (), facts: Sequence[Fact] = ()
    ) -> None:
        async def work(session: Session) -> None:
            for item in items:
                former = await self._shelf.find_one(_key(item), session=session)
                if (former["version"] if former else 0) != item.version - 1:
                    raise VersionConflict(f"{item.kind} {item.name}")
            for item in gone:
                await self._shelf.delete_one(_key(item), session=session)
            for item in items:
                await self._shelf.replace_one(
                    _key(item), document(item), upsert=True, session=session
                )
            await note(self._database, session, *facts)

        await self._database.transact(work)

    async def add(self, items: Sequence[Kept]) -> int:
        async def work(session: Session) -> int:
            taken = {"_id": {"$in": [_key(item)["_id"] for item in items]}}
            rows = self._shelf.find(taken, session=session)
            there = {(row["owner"], row["kind"], row["name"]) for row in await rows.to_list(None)}
            new = {(item.owner, item.kind, item.name): item for item in reversed(items)}
            fresh = [document(item, **_key(item)) for key, item in new.items() if key not in there]
            if fresh:
                await self._shelf.insert_many(fresh, session=session)
            return len(fresh)

        return await self._database.transact(work) if items else 0

    async def take(self, owner: str, kind: str, name: str) -> Kept | None:
        found = self._shelf.find_one_and_delete({"_id": _id(owner, kind, name)})
        return record_or_none(await answered(found), Kept)

    async def get(self, owner: str, kind: str, name: str) -> Kept | None:
        found = self._shelf.find_one({"_id": _id(owner, kind, name)})
        return record_or_none(await answered(found), Kept)

    async def get_many(self, owner: str, kind: str, names: Iterable[str]) -> Mapping[str, Kept]:
        rows = self._shelf.find({"_id": {"$in": [_id(owner, kind, name) for name in set(names)]}})
        return {item.name: item for item in records(await answered(rows.to_list(None)), Kept)}

    async def page(
        self, owner: str, kind: str, *, after: str = "", limit: int, newest: bool = False
    ) -> Sequence[Kept]:
        if limit < 1:
            return []
        asked: Document = {"owner": owner, "kind": kind}
        if after:
            asked["name"] = {"$lt" if newest else "$gt": after}
        rows = self._shelf.find(asked).sort("name", -1 if newest else 1).limit(limit)
        return records(await answered(rows.to_list(None)), Kept)

    async def count(self, owner: str, kind: str) -> int:
        return await answered(self._shelf.count_documents({"owner": owner, "kind": kind}))

    async def bump(self, owner: str, kind: str, name: str, by: int, at_ms: int) -> int:
        first = {"owner": owner, "kind": kind, "name": name, "body": "", "at_ms": at_ms}

        async def work(session: Session) -> int:
            after = await self._shelf.find_one_and_update(
                {"_id": _id(owner, kind, name)},
                {"$inc": {"version": by}, "$setOnInsert": first},
                upsert=True,
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            number: int = after["version"] if after else by
            return number

        return await self._database.transact(work)

    async def sweep(self, kind: str, before_ms: int, limit: int) -> int:
        if limit < 1:
            return 0
        rows = self._shelf.find({"kind": kind, "at_ms": {"$lt": before_ms}}).limit(limit)
        old = [row["_id"] for row in await answered(rows.to_list(None))]
        gone = await answered(self._shelf.delete_many({"_id": {"$in": old}}))
        count: int = gone.deleted_count
        return count


def _id(owner: str, kind: str, name: str) -> Document:
    return {"owner": owner, "kind": kind, "name": name}


def _key(item: Kept) -> Document:
    return {"_id": _id(item.owner, item.kind, item.name)}
