"""Let a device in: its token is ours, and its session still lives.

Called by transport at `hello`. The token alone is not enough: what was revoked is only
known to the store.
"""

from __future__ import annotations

from chat_server.domain.errors import Forbidden, NotAuthenticated, SessionRevoked
from chat_server.domain.people import StaffRole
from chat_server.ports.clock import Clock
from chat_server.ports.store import DeviceStore, PeopleStore
from chat_server.usecases.identity.tokens import Claims
from chat_server.usecases.messaging.send import Sender


class AdmitDevice:
    def __init__(self, devices: DeviceStore, people: PeopleStore, clock: Clock) -> None:
        self._devices, self._people, self._clock = devices, people, clock

    async def __call__(self, claims: Claims, device: str) -> Sender:
        """Who it is. Raises Forbidden, NotAuthenticated or SessionRevoked."""
        if claims.device != device:
            raise Forbidden("the token belongs to another device")
        session = await self._devices.session(claims.session_id)
        if session is None or (session.user, session.device) != (claims.user, claims.device):
            raise NotAuthenticated("no such session")
        if session.revoked_ms is not None:
            raise SessionRevoked("this device was logged out")
        if session.expires_ms <= self._clock.now_ms():
            raise NotAuthenticated("the session has expired")
        person = await self._people.person(claims.user)
        if person is None:
            raise NotAuthenticated("no such person")
        return Sender(
            person.user,
            device,
            staff=person.role is not StaffRole.CUSTOMER,
            unlimited=person.unlimited,
        )
