"""Logged-in devices, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from chat_server.adapters.memory.log import MemoryLog
from chat_server.domain.devices import PushAddress
from chat_server.domain.errors import AlreadyExists, TooManyDevices
from chat_server.domain.facts import Fact
from chat_server.domain.people import DeviceSession
from chat_server.ports.clock import Clock


class MemoryDeviceStore:
    def __init__(self, log: MemoryLog, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self._sessions: dict[str, DeviceSession] = {}

    async def start_session(
        self, session: DeviceSession, fact: Fact, *, limit: int = 0, instead_of: str = ""
    ) -> str | None:
        if session.session_id in self._sessions:
            raise AlreadyExists(session.session_id)
        live = [each for each in self._sessions.values() if each.user == session.user]
        live = [each for each in live if each.revoked_ms is None]
        former = next((each for each in live if each.device == session.device), None)
        ending = [each for each in live if each is former or each.session_id == instead_of]
        staying = [each for each in live if each not in ending and each.lives(session.created_ms)]
        if limit and len(staying) >= limit:
            raise TooManyDevices
        for each in ending:
            self._sessions[each.session_id] = _ended(each, session.created_ms)
        self._sessions[session.session_id] = session
        self._log.note(fact)
        return former.session_id if former else None

    async def session(self, session_id: str) -> DeviceSession | None:
        return self._sessions.get(session_id)

    async def sessions(self, user: str) -> Sequence[DeviceSession]:
        now_ms = self._clock.now_ms()
        live = [s for s in self._sessions.values() if s.user == user and s.lives(now_ms)]
        return sorted(live, key=lambda s: (s.created_ms, s.session_id), reverse=True)

    async def rotate(
        self, session_id: str, *, expected_hash: str, new_hash: str, at_ms: int, expires_ms: int
    ) -> bool:
        found = self._sessions.get(session_id)
        if found is None or not found.lives(at_ms) or found.refresh_hash != expected_hash:
            return False
        self._sessions[session_id] = replace(
            found,
            refresh_hash=new_hash,
            previous_hash=expected_hash,
            refreshed_ms=at_ms,
            expires_ms=expires_ms,
        )
        return True

    async def revoke(self, session_id: str, at_ms: int, fact: Fact) -> bool:
        found = self._sessions.get(session_id)
        if found is None or found.revoked_ms is not None:
            return False
        self._sessions[session_id] = _ended(found, at_ms)
        self._log.note(fact)
        return True

    async def rename(self, session_id: str, name: str) -> bool:
        found = self._living(session_id)
        if found is not None:
            self._sessions[session_id] = replace(found, name=name)
        return found is not None

    async def seen(self, session_ids: Sequence[str], at_ms: int) -> Sequence[str]:
        for session_id in session_ids:
            found = self._living(session_id)
            if found is not None:
                self._sessions[session_id] = replace(found, seen_ms=max(found.seen_ms, at_ms))
        return [each for each in session_ids if self._living(each) is None]

    async def subscribe(self, session_id: str, address: PushAddress) -> bool:
        if self._living(session_id) is None:
            return False
        for each in list(self._sessions.values()):
            if each.push is not None and each.push.endpoint == address.endpoint:
                self._sessions[each.session_id] = replace(each, push=None)
        self._sessions[session_id] = replace(self._sessions[session_id], push=address)
        return True

    async def unsubscribe(self, session_id: str, endpoint: str = "") -> bool:
        found = self._sessions.get(session_id)
        if found is None or found.push is None or endpoint not in {"", found.push.endpoint}:
            return False
        self._sessions[session_id] = replace(found, push=None)
        return True

    async def subscribed(self, users: Iterable[str]) -> Sequence[DeviceSession]:
        asked, now_ms = set(users), self._clock.now_ms()
        found = [s for s in self._sessions.values() if s.user in asked and s.push is not None]
        living = [each for each in found if each.lives(now_ms)]
        return sorted(living, key=lambda s: (s.created_ms, s.session_id))

    async def anyone_subscribed(self) -> bool:
        return any(each.push is not None for each in self._sessions.values())

    def _living(self, session_id: str) -> DeviceSession | None:
        found = self._sessions.get(session_id)
        return found if found is not None and found.lives(self._clock.now_ms()) else None


def _ended(session: DeviceSession, at_ms: int) -> DeviceSession:
    return replace(session, revoked_ms=at_ms, push=None)
