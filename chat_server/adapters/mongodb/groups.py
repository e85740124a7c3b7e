"""Groups: a change of members and its event are one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bson import ObjectId

from chat_server.adapters.mongodb.appender import Appender
from chat_server.adapters.mongodb.conversations import MongoConversationStore
from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import document, record_or_none, records
from chat_server.adapters.mongodb.driver import Document, Session
from chat_server.adapters.mongodb.facts import note
from chat_server.adapters.mongodb.log import Log, Standing
from chat_server.adapters.rules import check_change, placed
from chat_server.domain.conversation import Conversation, Membership
from chat_server.domain.facts import Fact
from chat_server.domain.groups import GroupChange, JoinRequest
from chat_server.domain.message import Draft, Event


class MongoGroupStore:
    def __init__(
        self,
        database: Database,
        log: Log,
        appender: Appender,
        conversations: MongoConversationStore,
    ) -> None:
        self._database, self._log, self._appender = database, log, appender
        self._conversations = conversations
        self._groups = database.collection("conversations")
        self._memberships = database.collection("memberships")
        self._requests = database.collection("join_requests")

    async def change(self, change: GroupChange) -> Event | None:
        conv = change.conversation.conv
        key = {"_id": conv}

        async def work(session: Session) -> tuple[Event | None, Standing | None]:
            stored = await self._groups.find_one(key, session=session)
            check_change(change, record_or_none(stored, Conversation))
            among = self._memberships.find(_among(conv, change.users), session=session)
            former = {each.user: each for each in records(await among.to_list(None), Membership)}
            event, standing = None, None
            if change.draft is not None:
                event, standing = await self._append(change.draft, session)
            row = document(change.conversation, **key)
            await self._groups.replace_one(key, row, upsert=True, session=session)
            after = placed(change, former, event.seq if event else 0)
            await self._conversations.keep_all(after, session)
            if change.joining:
                asked = _among(conv, [place.user for place in change.joining])
                await self._requests.delete_many(asked, session=session)
            await note(self._database, session, change.fact)
            return event, standing

        async with self._appender.alone(conv) as lane:
            event, standing = await self._database.transact(work)
            if event is not None:
                lane.standing = standing
                self._appender.ring([event])
        return event

    async def page(self, conv: str, *, after: str, limit: int) -> Sequence[Membership]:
        if limit < 1:
            return []
        wanted = {"conv": conv, "present": True, "user": {"$gt": after}}
        rows = self._memberships.find(wanted).sort("user").limit(limit)
        return records(await answered(rows.to_list(None)), Membership)

    async def among(self, conv: str, users: Iterable[str]) -> Sequence[Membership]:
        rows = self._memberships.find(_among(conv, users)).sort("user")
        return records(await answered(rows.to_list(None)), Membership)

    async def ask_to_join(self, request: JoinRequest, fact: Fact) -> bool:
        key = {"conv": request.conv, "user": request.user}

        async def work(session: Session) -> bool:
            if await self._requests.find_one(key, session=session):
                return False
            await self._requests.insert_one(document(request), session=session)
            await note(self._database, session, fact)
            return True

        return await self._database.transact(work)

    async def requests(self, conv: str, limit: int) -> Sequence[JoinRequest]:
        if limit < 1:
            return []
        rows = self._requests.find({"conv": conv}).sort([("at_ms", 1), ("user", 1)]).limit(limit)
        return records(await answered(rows.to_list(None)), JoinRequest)

    async def request(self, conv: str, user: str) -> JoinRequest | None:
        found = await answered(self._requests.find_one({"conv": conv, "user": user}))
        return record_or_none(found, JoinRequest)

    async def drop_request(self, conv: str, user: str, fact: Fact) -> bool:
        async def work(session: Session) -> bool:
            dropped = await self._requests.delete_one({"conv": conv, "user": user}, session=session)
            if not dropped.deleted_count:
                return False
            await note(self._database, session, fact)
            return True

        return await self._database.transact(work)

    async def _append(self, draft: Draft, session: Session) -> tuple[Event, Standing]:
        known = await self._log.found(draft.conv, [draft], session)
        standing = await self._log.standing(draft.conv, session)
        if found := known.get((draft.sender, draft.mid)):
            return found.answer(draft).event, standing
        event, row, standing = self._log.next(standing, ObjectId(), draft)
        await self._log.insert([row], session)
        return event, standing


def _among(conv: str, users: Iterable[str]) -> Document:
    return {"conv": conv, "user": {"$in": sorted(set(users))}}
