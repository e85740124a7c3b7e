"""Conversations, memberships and positions. A person's versions come from one counter, so
that of two changes the one that is seen first has the lower version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace
from pymongo import ReplaceOne, UpdateOne

from chat_server.adapters.mongodb.database import Database, answered, next_number
from chat_server.adapters.mongodb.documents import document, record_or_none, records
from chat_server.adapters.mongodb.driver import Document, Session
from chat_server.adapters.mongodb.facts import note
from chat_server.adapters.mongodb.log import Log
from chat_server.adapters.rules import advanced, rejoined
from chat_server.domain.conversation import Conversation, Membership, Positions
from chat_server.domain.facts import Fact


class MongoConversationStore:
    def __init__(self, database: Database, log: Log) -> None:
        self._database, self._log = database, log
        self._conversations = database.collection("conversations")
        self._memberships = database.collection("memberships")
        self._versions = database.collection("versions")

    async def open_conversation(
        self, conversation: Conversation, members: Sequence[Membership], fact: Fact
    ) -> bool:
        key = {"_id": conversation.conv}

        async def work(session: Session) -> bool:
            if await self._conversations.find_one(key, session=session):
                return False
            row = document(conversation, **key)
            await self._conversations.insert_one(row, session=session)
            everyone = {member.user: member for member in members}
            await self.keep_all(list(everyone.values()), session)
            await note(self._database, session, fact)
            return True

        if await answered(self._conversations.find_one(key)):
            return False
        return await self._database.transact(work)

    async def conversation(self, conv: str) -> Conversation | None:
        found = await answered(self._conversations.find_one({"_id": conv}))
        return record_or_none(found, Conversation)

    async def membership(self, conv: str, user: str) -> Membership | None:
        return await answered(self.membership_in(conv, user))

    async def members(self, conv: str) -> Sequence[Membership]:
        present = self._memberships.find({"conv": conv, "present": True}).sort("user")
        return records(await answered(present.to_list(None)), Membership)

    async def members_of(self, convs: Iterable[str]) -> Mapping[str, Sequence[Membership]]:
        present = {"conv": {"$in": list(convs)}, "present": True}
        rows = self._memberships.find(present).sort([("conv", 1), ("user", 1)])
        found: dict[str, list[Membership]] = {}
        for membership in records(await answered(rows.to_list(None)), Membership):
            found.setdefault(membership.conv, []).append(membership)
        return found

    async def memberships(
        self, user: str, *, after_version: int = 0, limit: int = 500
    ) -> Sequence[Membership]:
        if limit < 1:
            return []
        later = {"user": user, "version": {"$gt": after_version}}
        rows = self._memberships.find(later).sort("version").limit(limit)
        return records(await answered(rows.to_list(None)), Membership)

    async def join(self, membership: Membership, fact: Fact) -> Membership:
        async def work(session: Session) -> Membership:
            former = await self.membership_in(membership.conv, membership.user, session)
            if former is not None and former.left_seq is None:
                return former
            await note(self._database, session, fact)
            return await self.keep(rejoined(former, membership), session)

        return await self._database.transact(work)

    async def leave(self, conv: str, user: str, fact: Fact) -> Membership | None:
        async def work(session: Session) -> Membership | None:
            former = await self.membership_in(conv, user, session)
            if former is None or former.left_seq is not None:
                return None
            await note(self._database, session, fact)
            standing = await self._log.standing(conv, session)
            return await self.keep(replace(former, left_seq=standing.head.seq), session)

        return await self._database.transact(work)

    async def advance(
        self, conv: str, user: str, *, read: int = 0, delivered: int = 0
    ) -> Positions | None:
        async def moved(session: Session | None) -> Membership | None:
            former = await self.membership_in(conv, user, session)
            if former is None:
                return None
            standing = await self._log.standing(conv, session)
            return advanced(former, standing.head.seq, read, delivered)

        async def work(session: Session) -> Positions | None:
            further = await moved(session)
            if further is None:
                return None
            kept = await self.keep(further, session)
            return Positions(conv, user, kept.read, kept.delivered, kept.version)

        # Most reports of a second device move nothing: two reads tell, without a transaction.
        if await answered(moved(None)) is None:
            return None
        return await self._database.transact(work)

    async def membership_in(
        self, conv: str, user: str, session: Session | None = None
    ) -> Membership | None:
        key = {"conv": conv, "user": user}
        found = await self._memberships.find_one(key, session=session)
        return record_or_none(found, Membership)

    async def keep(self, membership: Membership, session: Session) -> Membership:
        version = await next_number(self._versions, membership.user, session)
        kept = replace(membership, version=version)
        key = {"conv": kept.conv, "user": kept.user}
        await self._memberships.replace_one(key, _row(kept), upsert=True, session=session)
        return kept

    async def keep_all(self, members: Sequence[Membership], session: Session) -> None:
        """Write many memberships, however many, in three steps."""
        if not members:
            return
        users = [member.user for member in members]
        await self._versions.bulk_write(
            [UpdateOne({"_id": u}, {"$inc": {"count": 1}}, upsert=True) for u in users],
            session=session,
        )
        counters = self._versions.find({"_id": {"$in": users}}, session=session)
        versions = {each["_id"]: each["count"] for each in await counters.to_list(None)}
        kept = [replace(member, version=versions[member.user]) for member in members]
        await self._memberships.bulk_write(
            [ReplaceOne({"conv": m.conv, "user": m.user}, _row(m), upsert=True) for m in kept],
            session=session,
        )


def _row(membership: Membership) -> Document:
    return document(membership, present=membership.left_seq is None)
