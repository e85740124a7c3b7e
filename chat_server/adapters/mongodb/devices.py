"""Log-ins. `live` marks the one unrevoked session of a user's device, which is unique."""

from __future__ import annotations

from collections.abc import Sequence

from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import document, record_or_none, records
from chat_server.adapters.mongodb.driver import Session
from chat_server.adapters.mongodb.facts import note
from chat_server.domain.errors import AlreadyExists
from chat_server.domain.facts import Fact
from chat_server.domain.people import DeviceSession
from chat_server.ports.clock import Clock


class MongoDeviceStore:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._sessions = database.collection("sessions")

    async def start_session(self, session: DeviceSession, fact: Fact) -> str | None:
        async def work(commit: Session) -> str | None:
            key = {"_id": session.session_id}
            if await self._sessions.find_one(key, session=commit):
                raise AlreadyExists(session.session_id)
            former = await self._sessions.find_one_and_update(
                {"user": session.user, "device": session.device, "live": True},
                {"$set": {"revoked_ms": session.created_ms, "live": False}},
                session=commit,
            )
            row = document(session, live=session.revoked_ms is None, **key)
            await self._sessions.insert_one(row, session=commit)
            await note(self._database, commit, fact)
            return former["session_id"] if former else None

        return await self._database.transact(work)

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
                {"$set": {"revoked_ms": at_ms, "live": False}},
                session=commit,
            )
            if not done.matched_count:
                return False
            await note(self._database, commit, fact)
            return True

        return await self._database.transact(work)
