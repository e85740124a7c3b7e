"""What is a person's own in their conversations: two collections beside their memberships."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from chat_server.adapters.mongodb.conversations import MongoConversationStore
from chat_server.adapters.mongodb.database import Database, answered, next_number
from chat_server.adapters.mongodb.documents import document, record_or_none, records
from chat_server.adapters.mongodb.driver import Document, Session
from chat_server.adapters.mongodb.facts import note
from chat_server.adapters.mongodb.log import Log
from chat_server.domain.conversation import Membership
from chat_server.domain.errors import TooLong
from chat_server.domain.facts import Fact
from chat_server.domain.message import EventKind
from chat_server.domain.own import MOST_STARS, Star, Unsent, Wish, settled


class MongoOwnStore:
    def __init__(self, database: Database, log: Log, conversations: MongoConversationStore) -> None:
        self._database, self._log, self._conversations = database, log, conversations
        self._events = database.collection("events")
        self._drafts = database.collection("drafts")
        self._stars = database.collection("stars")
        self._numbers = database.collection("star_numbers")

    async def settle(
        self, conv: str, user: str, wish: Wish, fact: Fact | None = None
    ) -> Membership | None:
        async def work(session: Session) -> Membership | None:
            former = await self._conversations.membership_in(conv, user, session)
            if former is None:
                return None
            standing = await self._log.standing(conv, session)
            wished = settled(former, wish, standing.head.seq)
            if wished == former:
                return former
            if fact is not None:
                await note(self._database, session, fact)
            return await self._conversations.keep(wished, session)

        return await self._database.transact(work)

    async def write_draft(self, unsent: Unsent) -> Membership | None:
        key = {"user": unsent.user, "conv": unsent.conv}

        async def work(session: Session) -> Membership | None:
            former = await self._conversations.membership_in(unsent.conv, unsent.user, session)
            if former is None or former.left_seq is not None:
                return None
            if unsent.text:
                row = document(unsent)
                await self._drafts.replace_one(key, row, upsert=True, session=session)
            else:
                await self._drafts.delete_one(key, session=session)
            return await self._conversations.keep(former, session)

        return await self._database.transact(work)

    async def drafts(self, user: str, convs: Iterable[str]) -> Mapping[str, Unsent]:
        rows = self._drafts.find({"user": user, "conv": {"$in": sorted(set(convs))}})
        found = records(await answered(rows.to_list(None)), Unsent)
        return {unsent.conv: unsent for unsent in found}

    async def own_count(self, conv: str, user: str, *, after: int, upto: int) -> int:
        wanted: Document = {"conv": conv, "seq": {"$gt": after, "$lte": upto}, "sender": user}
        wanted["kind"] = EventKind.MESSAGE.value
        return await answered(self._events.count_documents(wanted))

    async def star(self, star: Star) -> Star:
        key = {"user": star.user, "conv": star.conv, "seq": star.seq}

        async def work(session: Session) -> Star:
            found = await self._stars.find_one(key, session=session)
            if (known := record_or_none(found, Star)) is not None:
                return known
            mine = self._stars.find({"user": star.user}, {"_id": 1}, session=session)
            if len(await mine.limit(MOST_STARS).to_list(None)) >= MOST_STARS:
                raise TooLong(f"at most {MOST_STARS} stars")
            number = await next_number(self._numbers, star.user, session)
            kept = replace(star, number=number)
            await self._stars.insert_one(document(kept), session=session)
            return kept

        return await self._database.transact(work)

    async def unstar(self, user: str, conv: str, seq: int) -> bool:
        gone = self._stars.delete_one({"user": user, "conv": conv, "seq": seq})
        return bool((await answered(gone)).deleted_count)

    async def stars(
        self, user: str, *, before: int | None = None, conv: str = "", limit: int
    ) -> Sequence[Star]:
        if limit < 1:
            return []
        wanted: Document = {"user": user}
        if before is not None:
            wanted["number"] = {"$lt": before}
        if conv:
            wanted["conv"] = conv
        rows = self._stars.find(wanted).sort("number", -1).limit(limit)
        return records(await answered(rows.to_list(None)), Star)
