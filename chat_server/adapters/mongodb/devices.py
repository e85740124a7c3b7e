"""Log-ins. `live` marks the one unrevoked session of a user's device, which is unique."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import document, record_or_none, records
from chat_server.adapters.mongodb.driver import Document, Session
from chat_server.adapters.mongodb.facts import note
from chat_server.domain.devices import PushAddress
from chat_server.domain.errors import AlreadyExists, TooManyDevices
from chat_server.domain.facts import Fact
from chat_server.domain.people import DeviceSession
from chat_server.ports.clock import Clock


class MongoDeviceStore:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._sessions = database.collection("sessions")
        self._owners = database.collection("device_owners")

    async def start_session(
        self, session: DeviceSession, fact: Fact, *, limit: int = 0, instead_of: str = ""
    ) -> str | None:
        async def work(commit: Session) -> str | None:
            key = {"_id": session.session_id}
            if await self._sessions.find_one(key, session=commit):
                raise AlreadyExists(session.session_id)
            here = {"user": session.user, "live": True}
            same = here | {"device": session.device}
            former = await self._sessions.find_one(same, session=commit)
            for ending in (same, here | {"_id": instead_of}):
                await self._sessions.update_one(
                    ending, {"$set": _ended(session.created_ms)}, session=commit
                )
            if limit:
                await self._make_room(commit, here, session, limit)
            row = document(session, live=session.revoked_ms is None, **key)
            await self._sessions.insert_one(row, session=commit)
            await note(self._database, commit, fact)
            return former["session_id"] if former else None

        return await self._database.transact(work)

    async def _make_room(
        self, commit: Session, here: Document, session: DeviceSession, limit: int
    ) -> None:
        """Two log-ins at once write the same document, so that one of them counts the other."""
        await self._owners.update_one(
            {"_id": session.user}, {"$inc": {"log_ins": 1}}, upsert=True, session=commit
        )
        staying = here | {"expires_ms": {"$gt": session.created_ms}}
        if await self._sessions.count_documents(staying, session=commit) >= limit:
            raise TooManyDevices

    async def session(self, session_id: str) -> DeviceSession | None:
        found = await answered(self._sessions.find_one({"_id": session_id}))
        return record_or_none(found, DeviceSession)

    async def sessions(self, user: str) -> Sequence[DeviceSession]:
        lives = {"live": True, "expires_ms": {"$gt": self._clock.now_ms()}}
        rows = self._sessions.find({"user": user, **lives})
        newest_first = rows.sort([("created_ms", -1), ("_id", -1)])
        return records(await answered(newest_first.to_list(None)), DeviceSession)

    async def rotate(
        self, session_id: str, *, expected_hash: str, new_hash: str, at_ms: int, expires_ms: int
    ) -> bool:
        turned = {
            "refresh_hash": new_hash,
            "previous_hash": expected_hash,
            "refreshed_ms": at_ms,
            "expires_ms": expires_ms,
        }
        lives = {"live": True, "expires_ms": {"$gt": at_ms}}
        expected = {"_id": session_id, "refresh_hash": expected_hash, **lives}
        done = await answered(self._sessions.update_one(expected, {"$set": turned}))
        return done.matched_count == 1

    async def revoke(self, session_id: str, at_ms: int, fact: Fact) -> bool:
        async def work(commit: Session) -> bool:
            done = await self._sessions.update_one(
                {"_id": session_id, "live": True},
                {"$set": _ended(at_ms)},
                session=commit,
            )
            if not done.matched_count:
                return False
            await note(self._database, commit, fact)
            return True

        return await self._database.transact(work)

    async def rename(self, session_id: str, name: str) -> bool:
        return await self._change(self._living(session_id), {"$set": {"name": name}})

    async def seen(self, session_ids: Sequence[str], at_ms: int) -> Sequence[str]:
        if not session_ids:
            return []
        living = self._living({"$in": list(session_ids)})
        await answered(self._sessions.update_many(living, {"$max": {"seen_ms": at_ms}}))
        rows = await answered(self._sessions.find(living, {"_id": 1}).to_list(None))
        there = {row["_id"] for row in rows}
        return [each for each in session_ids if each not in there]

    async def subscribe(self, session_id: str, address: PushAddress) -> bool:
        async def work(commit: Session) -> bool:
            elsewhere = {"push.endpoint": address.endpoint, "_id": {"$ne": session_id}}
            await self._sessions.update_many(elsewhere, _UNREACHED, session=commit)
            reached = {"$set": {"push": document(address)}}
            done = await self._sessions.update_one(
                self._living(session_id), reached, session=commit
            )
            return bool(done.matched_count)

        return await self._database.transact(work)

    async def unsubscribe(self, session_id: str, endpoint: str = "") -> bool:
        at = {"push.endpoint": endpoint} if endpoint else {"push": {"$ne": None}}
        return await self._change({"_id": session_id, **at}, _UNREACHED)

    async def subscribed(self, users: Iterable[str]) -> Sequence[DeviceSession]:
        where = {"user": {"$in": list(set(users))}, **self._reached()}
        rows = self._sessions.find(where).sort([("created_ms", 1), ("_id", 1)])
        return records(await answered(rows.to_list(None)), DeviceSession)

    async def anyone_subscribed(self) -> bool:
        return await answered(self._sessions.find_one(self._reached(), {"_id": 1})) is not None

    def _living(self, key: object) -> Document:
        return {"_id": key, "live": True, "expires_ms": {"$gt": self._clock.now_ms()}}

    def _reached(self) -> Document:
        lives = {"live": True, "expires_ms": {"$gt": self._clock.now_ms()}}
        return {"push.endpoint": {"$gt": ""}, **lives}

    async def _change(self, where: Document, change: Document) -> bool:
        done = await answered(self._sessions.update_one(where, change))
        return bool(done.matched_count)


_UNREACHED: Document = {"$set": {"push": None}}


def _ended(at_ms: int) -> Document:
    return {"revoked_ms": at_ms, "live": False, "push": None}
