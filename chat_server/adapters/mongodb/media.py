"""Uploads, media and their owners. Where a medium was sent stands in the event's own document
(`media`), so that it is written with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chat_server.adapters.mongodb.database import Database, answered, next_number
from chat_server.adapters.mongodb.documents import document, record_or_none, records
from chat_server.adapters.mongodb.driver import Document, Session
from chat_server.adapters.mongodb.facts import note
from chat_server.adapters.rules import merged
from chat_server.domain.conversation import Membership
from chat_server.domain.facts import Fact
from chat_server.domain.media import Medium, Upload

PLACES = 500  # of a medium, looked at one after the other


class MongoMedia:
    """UploadStore and MediaStore."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._uploads = database.collection("uploads")
        self._media = database.collection("media")
        self._counters = database.collection("counters")
        self._events = database.collection("events")
        self._memberships = database.collection("memberships")
        self._forms = database.collection("forms")

    async def add_upload(self, upload: Upload, *, quota: int) -> bool:
        async def work(session: Session) -> bool:
            # Two at once both write the counter, so that one sees what the other added.
            await next_number(self._counters, f"uploads:{upload.user}", session)
            rows = self._uploads.find({"user": upload.user}, {"size": 1}, session=session)
            held = sum(row["size"] for row in await rows.to_list(None))
            if held + upload.size > quota:
                return False
            await self._uploads.insert_one(document(upload, _id=upload.upload_id), session=session)
            return True

        return await self._database.transact(work)

    async def upload(self, upload_id: str) -> Upload | None:
        found = self._uploads.find_one({"_id": upload_id})
        return record_or_none(await answered(found), Upload)

    async def finish_upload(self, upload_id: str, media: Sequence[str], fact: Fact) -> None:
        async def work(session: Session) -> None:
            upload = await self._uploads.find_one({"_id": upload_id}, session=session)
            if upload is None or upload["digest"]:
                return
            await self._uploads.update_one(
                {"_id": upload_id}, {"$set": {"digest": media[0]}}, session=session
            )
            for digest in media:
                await self._media.update_one(
                    {"_id": digest}, {"$addToSet": {"owners": upload["user"]}}, session=session
                )
            await note(self._database, session, fact)

        await self._database.transact(work)

    async def end_upload(self, upload_id: str) -> None:
        await answered(self._uploads.delete_one({"_id": upload_id}))

    async def old_uploads(self, before_ms: int, limit: int) -> Sequence[Upload]:
        if limit < 1:
            return []
        old = self._uploads.find({"created_ms": {"$lt": before_ms}})
        rows = old.sort([("created_ms", 1), ("_id", 1)]).limit(limit)
        return records(await answered(rows.to_list(None)), Upload)

    async def put_medium(self, medium: Medium) -> bool:
        async def work(session: Session) -> bool:
            row = await self._media.find_one({"_id": medium.digest}, session=session)
            if row is not None and row["condemned"]:
                return False
            kept = document(merged(record_or_none(row, Medium), medium))
            if row is None:
                fresh: Document = {"_id": medium.digest, "owners": [], "condemned": False}
                await self._media.insert_one({**kept, **fresh, "sent": False}, session=session)
            else:
                await self._media.update_one(
                    {"_id": medium.digest}, {"$set": kept}, session=session
                )
            return True

        return await self._database.transact(work)

    async def medium(self, digest: str) -> Medium | None:
        found = self._media.find_one({"_id": digest, "condemned": False})
        return record_or_none(await answered(found), Medium)

    async def claim(self, user: str, digests: Iterable[str], at_ms: int) -> Sequence[Medium]:
        claimed = []
        for digest in sorted(set(digests)):
            if not await self.may_read(user, digest):
                continue
            touched = {"$max": {"touched_ms": at_ms}}
            await answered(self._media.update_one({"_id": digest, "condemned": False}, touched))
            medium = await self.medium(digest)
            if medium is not None:  # it is touched, so it will not be condemned now
                claimed.append(medium)
        return claimed

    async def may_read(self, user: str, digest: str) -> bool:
        owned = self._media.find_one({"_id": digest, "owners": user}, {"_id": 1})
        if await answered(owned) is not None:
            return True
        after: object = None
        while True:
            wanted: Document = {"media": digest} | ({"_id": {"$gt": after}} if after else {})
            uses = self._events.find(wanted, {"conv": 1, "seq": 1}).sort("_id", 1).limit(PLACES)
            rows = await answered(uses.to_list(None))
            if await self._any_readable(user, rows):
                return True
            if len(rows) < PLACES:
                return False
            after = rows[-1]["_id"]

    async def _any_readable(self, user: str, uses: Sequence[Document]) -> bool:
        convs = sorted({use["conv"] for use in uses})
        found = self._memberships.find({"user": user, "conv": {"$in": convs}})
        members = {m.conv: m for m in records(await answered(found.to_list(None)), Membership)}
        for use in uses:
            conv, seq = use["conv"], use["seq"]
            member = members.get(conv)
            if member is None or not member.first_seq <= seq <= member.last_readable(seq):
                continue
            recalled = {"conv": conv, "seq": seq, "recalled": True}
            if await answered(self._forms.find_one(recalled, {"_id": 1})) is None:
                return True
        return False

    async def condemn(self, before_ms: int, limit: int) -> Sequence[str]:
        """What was sent is marked, so that it is not looked at again for ever."""
        if limit < 1:
            return []
        old: Document = {"touched_ms": {"$lt": before_ms}, "sent": False}
        old |= {"public": False, "condemned": False}
        rows = self._media.find(old, {"_id": 1}).sort([("touched_ms", 1), ("_id", 1)])
        for row in await answered(rows.limit(limit).to_list(None)):
            use = await answered(self._events.find_one({"media": row["_id"]}, {"_id": 1}))
            change = {"$set": {"condemned": True} if use is None else {"sent": True}}
            # Whoever touched it meanwhile is about to send it.
            await answered(self._media.update_one({"_id": row["_id"], **old}, change))
        doomed = self._media.find({"condemned": True}, {"_id": 1}).sort("_id", 1).limit(limit)
        return [row["_id"] for row in await answered(doomed.to_list(None))]

    async def bury(self, digest: str) -> None:
        await answered(self._media.delete_one({"_id": digest, "condemned": True}))
