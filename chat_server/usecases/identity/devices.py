"""A person's logged-in devices: is this one still, which are there, and out with one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from chat_server.domain.devices import MAX_NAME
from chat_server.domain.errors import InvalidValue, NotFound, SessionRevoked, TooLong
from chat_server.domain.facts import Fact
from chat_server.domain.people import DeviceSession
from chat_server.ports.bus import Bus, SessionEnded
from chat_server.ports.clock import Clock
from chat_server.ports.store import DeviceStore
from chat_server.usecases.identity.tokens import AccessTokens, Claims

Lost = Callable[[str, str], Awaitable[None]]  # of whom, and which device


class Authenticate:
    """An access token counts while its device session does."""

    def __init__(self, tokens: AccessTokens, devices: DeviceStore) -> None:
        self._tokens, self._devices = tokens, devices

    async def __call__(self, token: str) -> Claims:
        claims = self._tokens.verify(token)
        session = await self._devices.session(claims.session_id)
        if session is None or session.revoked_ms is not None or session.user != claims.user:
            raise SessionRevoked("this device was logged out")
        return claims


class Devices:
    """Lists, names and ends the asker's own device sessions."""

    def __init__(
        self, devices: DeviceStore, bus: Bus, clock: Clock, lost: Lost | None = None
    ) -> None:
        """`lost`: hears of each device that was logged out from elsewhere."""
        self._devices, self._bus, self._clock, self._lost = devices, bus, clock, lost

    async def list(self, user: str) -> Sequence[DeviceSession]:
        return await self._devices.sessions(user)

    async def log_out(self, user: str, session_id: str) -> None:
        """End it and ring, so that its socket closes; ended before: nothing more to do."""
        await self._end(await self._own(user, session_id))

    async def revoke(self, user: str, session_id: str) -> None:
        """Log out a device that is not in hand: what it signs at the bank is void from now on."""
        session = await self._own(user, session_id)
        await self._end(session)
        await self._disown(session)

    async def revoke_others(self, user: str, staying: str) -> None:
        """End all of them but this one."""
        for session in await self._devices.sessions(user):
            if session.session_id != staying:
                await self._end(session)
                await self._disown(session)

    async def rename(self, user: str, session_id: str, name: str) -> None:
        """What the person calls it; without a name it is called by what it is."""
        await self._own(user, session_id)
        name = " ".join(name.split())
        if len(name) > MAX_NAME:
            raise TooLong(f"a name of at most {MAX_NAME} characters")
        if not name.isprintable():
            raise InvalidValue("a name is of letters, digits and signs that can be seen")
        if not await self._devices.rename(session_id, name):
            raise NotFound("no such device")

    async def _own(self, user: str, session_id: str) -> DeviceSession:
        session = await self._devices.session(session_id)
        if session is None or session.user != user:
            raise NotFound("no such device")
        return session

    async def _end(self, session: DeviceSession) -> None:
        user, session_id = session.user, session.session_id
        now = self._clock.now_ms()
        fact = Fact(
            "session_revoked", user, user, now, {"session": session_id, "reason": "logged_out"}
        )
        await self._devices.revoke(session_id, now, fact)
        self._bus.publish(SessionEnded(session_id))

    async def _disown(self, session: DeviceSession) -> None:
        if self._lost is not None:
            await self._lost(session.user, session.device)
