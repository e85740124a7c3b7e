"""Bots' dialogues: a turn and the replies it led to are one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from bson import ObjectId

from chat_server.adapters.mongodb.appender import Appender
from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import document, record_or_none, records
from chat_server.adapters.mongodb.driver import Document, Session
from chat_server.adapters.mongodb.facts import note
from chat_server.adapters.mongodb.log import Found, Log, Standing
from chat_server.adapters.rules import check_turn, place_cards
from chat_server.domain.errors import VersionConflict
from chat_server.domain.facts import Dialogue, Fact
from chat_server.domain.message import Appended, Draft


class MongoDialogueStore:
    def __init__(self, database: Database, log: Log, appender: Appender) -> None:
        self._database, self._log, self._appender = database, log, appender
        self._dialogues = database.collection("dialogues")

    async def dialogue(self, conv: str) -> Dialogue | None:
        return record_or_none(await answered(self._dialogues.find_one({"_id": conv})), Dialogue)

    async def commit_turn(
        self, dialogue: Dialogue, drafts: Sequence[Draft], facts: Sequence[Fact]
    ) -> Sequence[Appended]:
        check_turn(dialogue, drafts)
        key = {"_id": dialogue.conv}

        async def work(session: Session) -> tuple[Sequence[Appended], Standing | None]:
            former = await self._dialogues.find_one(key, session=session)
            if (former["version"] if former else 0) != dialogue.version - 1:
                raise VersionConflict(dialogue.conv)
            appended, standing = await self._append(dialogue.conv, drafts, session)
            row = document(place_cards(dialogue, appended))
            await self._dialogues.replace_one(key, row, upsert=True, session=session)
            await note(self._database, session, *facts)
            return appended, standing

        async with self._appender.alone(dialogue.conv) as lane:
            appended, lane.standing = await self._database.transact(work)
            self._appender.ring([one.event for one in appended if not one.duplicate])
        return appended

    async def due_dialogues(self, now_ms: int, limit: int) -> Sequence[Dialogue]:
        if limit < 1:
            return []
        due = self._dialogues.find({"wake_ms": {"$lte": now_ms}})
        earliest = due.sort([("wake_ms", 1), ("_id", 1)]).limit(limit)
        return records(await answered(earliest.to_list(None)), Dialogue)

    async def secret_cards(self, customer: str, now_ms: int) -> bool:
        open_still = [{"expires_ms": None}, {"expires_ms": {"$gt": now_ms}}]
        guarded = {"customer": customer, "secret": True, "$or": open_still}
        found = self._dialogues.find_one({"cards": {"$elemMatch": guarded}}, {"_id": 1})
        return await answered(found) is not None

    async def _append(
        self, conv: str, drafts: Sequence[Draft], session: Session
    ) -> tuple[Sequence[Appended], Standing | None]:
        """Append what is not there yet, within the transaction."""
        if not drafts:
            return [], None
        known = await self._log.found(conv, drafts, session)
        standing = await self._log.standing(conv, session)
        appended: list[Appended] = []
        rows: list[Document] = []
        for draft in drafts:
            name = draft.sender, draft.mid
            if name in known:
                appended.append(known[name].answer(draft))  # MidReused ends the turn
                continue
            event, row, standing = self._log.next(standing, ObjectId(), draft)
            known[name] = Found(row["_id"], event, draft.body_hash)
            appended.append(Appended(event))
            rows.append(row)
        if rows:
            await self._log.insert(rows, session)
        return appended, standing
