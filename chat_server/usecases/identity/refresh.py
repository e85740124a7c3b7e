"""Renewal: each refresh token works once; one that comes back shows that a copy is about."""

from __future__ import annotations

from chat_server.domain.errors import NotAuthenticated, SessionRevoked
from chat_server.domain.facts import Fact
from chat_server.domain.people import DeviceSession
from chat_server.ports.bus import Bus, SessionEnded
from chat_server.ports.clock import Clock
from chat_server.ports.store import DeviceStore, PeopleStore
from chat_server.usecases.identity.grants import Grant, RefreshToken
from chat_server.usecases.identity.tokens import AccessTokens

REFUSED = "not a valid refresh token"


class RefreshTokens:
    """Swaps a refresh token for a new pair, on the device that it was given to."""

    def __init__(
        self,
        people: PeopleStore,
        devices: DeviceStore,
        tokens: AccessTokens,
        bus: Bus,
        clock: Clock,
        *,
        refresh_life_s: int,
    ) -> None:
        self._people, self._devices, self._tokens = people, devices, tokens
        self._bus, self._clock = bus, clock
        self._refresh_life_ms = refresh_life_s * 1000

    async def __call__(self, text: str, device: str) -> Grant:
        given = RefreshToken.parse(text)
        session = await self._devices.session(given.session_id)
        if session is None or session.device != device:
            raise NotAuthenticated(REFUSED)
        if given.hash == session.previous_hash:
            await self._end_reused(session)
        if given.hash != session.refresh_hash:
            raise NotAuthenticated(REFUSED)
        if session.revoked_ms is not None:
            raise SessionRevoked("this device was logged out")
        return await self._renew(session, given)

    async def _renew(self, session: DeviceSession, given: RefreshToken) -> Grant:
        now = self._clock.now_ms()
        person = await self._people.person(session.user)
        if person is None or session.expires_ms <= now:
            raise NotAuthenticated(REFUSED)
        fresh = RefreshToken.fresh(session.session_id)
        rotated = await self._devices.rotate(
            session.session_id,
            expected_hash=given.hash,
            new_hash=fresh.hash,
            at_ms=now,
            expires_ms=now + self._refresh_life_ms,
        )
        if not rotated:  # somebody used the same token meanwhile
            await self._end_reused(session)
        access = self._tokens.issue(
            user=person.user,
            device=session.device,
            session_id=session.session_id,
            role=person.role,
        )
        return Grant(access, str(fresh), self._tokens.life_s, person.user)

    async def _end_reused(self, session: DeviceSession) -> None:
        now = self._clock.now_ms()
        fact = Fact(
            "session_revoked",
            session.user,
            session.user,
            now,
            {"session": session.session_id, "reason": "refresh_reused"},
        )
        if await self._devices.revoke(session.session_id, now, fact):
            self._bus.publish(SessionEnded(session.session_id))
        raise SessionRevoked("this refresh token was used before; log in again")
