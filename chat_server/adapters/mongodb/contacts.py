"""Contacts and sightings: a tie and its direct conversation are one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace
from pymongo import UpdateOne

from chat_server.adapters.mongodb.conversations import MongoConversationStore
from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import document, record_or_none, records
from chat_server.adapters.mongodb.driver import Document, Session
from chat_server.adapters.mongodb.facts import note
from chat_server.adapters.rules import check_tie, opened_direct
from chat_server.domain.contacts import Audience, Privacy, Tie, sorted_pair
from chat_server.domain.facts import Fact
from chat_server.domain.ids import direct_conversation
from chat_server.domain.people import Person


class MongoContactStore:
    def __init__(self, database: Database, conversations: MongoConversationStore) -> None:
        self._database, self._keeping = database, conversations
        self._ties = database.collection("ties")
        self._privacy = database.collection("privacy")
        self._conversations = database.collection("conversations")
        self._people = database.collection("people")

    async def tie(self, user: str, peer: str) -> Tie | None:
        one, other = sorted_pair(user, peer)
        found = await answered(self._ties.find_one({"one": one, "other": other}))
        return record_or_none(found, Tie)

    async def ties(self, user: str, *, after: str = "", limit: int = 500) -> Sequence[Tie]:
        """From either half in its index's order: together at most twice the limit is read."""
        if limit < 1:
            return []
        found: list[Tie] = []
        for mine, theirs in (("one", "other"), ("other", "one")):
            rows = self._ties.find({mine: user, theirs: {"$gt": after}}).sort(theirs).limit(limit)
            found += records(await answered(rows.to_list(None)), Tie)
        return sorted(found, key=lambda tie: tie.peer(user))[:limit]

    async def ties_among(self, user: str, peers: Iterable[str]) -> Sequence[Tie]:
        wanted = {"$in": sorted(set(peers))}
        either = [{"one": user, "other": wanted}, {"other": user, "one": wanted}]
        rows = self._ties.find({"$or": either})
        found = records(await answered(rows.to_list(None)), Tie)
        return sorted(found, key=lambda tie: tie.peer(user))

    async def put(self, tie: Tie, fact: Fact) -> None:
        key = {"one": tie.one, "other": tie.other}

        async def work(session: Session) -> None:
            stored = await self._ties.find_one(key, session=session)
            check_tie(tie, record_or_none(stored, Tie))
            await self._open_or_close(tie, session)
            await self._ties.replace_one(key, document(tie), upsert=True, session=session)
            await note(self._database, session, fact)

        await self._database.transact(work)

    async def _open_or_close(self, tie: Tie, session: Session) -> None:
        if tie.talks is None:
            return
        key = {"_id": direct_conversation(tie.one, tie.other)}
        change = {"$set": {"silent": not tie.talks}}
        done = await self._conversations.update_one(key, change, session=session)
        if tie.talks and not done.matched_count:
            conversation, members = opened_direct(tie)
            await self._conversations.insert_one(document(conversation, **key), session=session)
            await self._keeping.keep_all(members, session)

    async def privacy(self, users: Iterable[str]) -> Mapping[str, Privacy]:
        wanted = list(users)
        rows = self._privacy.find({"_id": {"$in": wanted}})
        said = {row["_id"]: _privacy(row) for row in await answered(rows.to_list(None))}
        return {user: said.get(user, Privacy(user)) for user in wanted}

    async def set_privacy(
        self, user: str, *, findable: bool, audience: Audience, fact: Fact
    ) -> None:
        async def work(session: Session) -> None:
            change = {"$set": {"findable": findable, "audience": audience.value}}
            await self._privacy.update_one({"_id": user}, change, upsert=True, session=session)
            await note(self._database, session, fact)

        await self._database.transact(work)

    async def renew_card(self, user: str, former: str, card: str, fact: Fact) -> bool:
        async def work(session: Session) -> bool:
            stored = await self._privacy.find_one({"_id": user}, session=session)
            kept = _privacy(stored) if stored else Privacy(user)
            if kept.card != former:
                return False
            row = document(replace(kept, card=card), _id=user)
            await self._privacy.replace_one({"_id": user}, row, upsert=True, session=session)
            await note(self._database, session, fact)
            return True

        return await self._database.transact(work)

    async def card_holder(self, card: str) -> str:
        found = await answered(self._privacy.find_one({"card": card})) if card else None
        return str(found["_id"]) if found else ""

    async def holders(self, numbers: Iterable[str]) -> Sequence[Person]:
        wanted = {"$in": sorted({number for number in numbers if number})}
        rows = self._people.find({"$or": [{"_id": wanted}, {"phone": wanted}]}).sort("_id")
        return records(await answered(rows.to_list(None)), Person)


class MongoSightingStore:
    def __init__(self, database: Database) -> None:
        self._sightings = database.collection("sightings")

    async def note_seen(self, seen: Mapping[str, int]) -> None:
        if seen:
            steps = [
                UpdateOne({"_id": user}, {"$max": {"at_ms": at_ms}}, upsert=True)
                for user, at_ms in seen.items()
            ]
            await answered(self._sightings.bulk_write(steps, ordered=False))

    async def last_seen(self, users: Iterable[str]) -> Mapping[str, int]:
        rows = self._sightings.find({"_id": {"$in": sorted(set(users))}})
        return {row["_id"]: row["at_ms"] for row in await answered(rows.to_list(None))}


def _privacy(row: Document) -> Privacy:
    return Privacy(
        user=row["_id"],
        findable=row.get("findable", False),
        audience=Audience(row.get("audience", Audience.CONVERSATIONS)),
        card=row.get("card", ""),
    )
