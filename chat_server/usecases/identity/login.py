"""Log-in: a name and a password, once, for a device session that then renews itself."""

from __future__ import annotations

import msgspec

from chat_server.domain.devices import make_of
from chat_server.domain.errors import NotAuthenticated, TooManyDevices
from chat_server.domain.facts import Fact
from chat_server.domain.ids import is_person_id
from chat_server.domain.people import DeviceSession, Person
from chat_server.ports.bus import Bus, SessionEnded
from chat_server.ports.clock import Clock, NewId
from chat_server.ports.store import AuditTrail, DeviceStore, PeopleStore
from chat_server.usecases.identity.attempts import PER_ADDRESS, PER_USER, Attempts
from chat_server.usecases.identity.grants import Grant, RefreshToken
from chat_server.usecases.identity.passwords import Passwords
from chat_server.usecases.identity.tokens import AccessTokens

MOST_DEVICES = 5
REFUSED = "wrong name or password"  # one answer, whichever it was


class Credentials(msgspec.Struct, frozen=True):
    """What somebody types, on which device, from where; `instead_of` is the session that goes
    when this device would be one too many.
    """

    user: str
    password: str
    device: str
    address: str
    user_agent: str = ""
    instead_of: str = ""

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r}, password='***', device={self.device!r})"


class LogIn:
    """Starts a device session. The same device logging in again replaces its former one."""

    def __init__(
        self,
        people: PeopleStore,
        devices: DeviceStore,
        audit: AuditTrail,
        passwords: Passwords,
        tokens: AccessTokens,
        bus: Bus,
        clock: Clock,
        new_id: NewId,
        *,
        refresh_life_s: int,
        most_devices: int = MOST_DEVICES,
    ) -> None:
        self._most_devices = most_devices
        self._people, self._devices, self._audit = people, devices, audit
        self._passwords, self._tokens = passwords, tokens
        self._bus, self._clock, self._new_id = bus, clock, new_id
        self._refresh_life_ms = refresh_life_s * 1000
        self._by_user = Attempts(PER_USER, clock)
        self._by_address = Attempts(PER_ADDRESS, clock)

    async def __call__(self, given: Credentials) -> Grant:
        return await self._start(await self.identify(given), given)

    async def identify(self, given: Credentials) -> Person:
        """Whose name and password these are; no session is started. Raises as a log-in does."""
        self._by_address.check(given.address)
        self._by_user.check(given.user)
        person = await self._people.person(given.user) if is_person_id(given.user) else None
        known_hash = person.password_hash if person else None
        if not await self._passwords.verify(known_hash, given.password) or person is None:
            await self._refused(given, person)
            raise NotAuthenticated(REFUSED)
        return person

    async def _refused(self, given: Credentials, person: Person | None) -> None:
        """An unknown name is not recorded: people type passwords into the wrong field."""
        self._by_address.failed(given.address)
        self._by_user.failed(given.user)
        who = person.user if person else "unknown"
        await self._audit.record(
            Fact("login_refused", who, who, self._clock.now_ms(), {"address": given.address})
        )

    async def _start(self, person: Person, given: Credentials) -> Grant:
        now = self._clock.now_ms()
        refresh = RefreshToken.fresh(self._new_id())
        make = make_of(given.user_agent)
        session = DeviceSession(
            session_id=refresh.session_id,
            user=person.user,
            device=given.device,
            refresh_hash=refresh.hash,
            created_ms=now,
            refreshed_ms=now,
            expires_ms=now + self._refresh_life_ms,
            kind=make.kind,
            browser=make.browser,
            system=make.system,
        )
        await self._let_in(session, given)
        access = self._tokens.issue(
            user=person.user,
            device=session.device,
            session_id=session.session_id,
            role=person.role,
        )
        return Grant(access, str(refresh), self._tokens.life_s, person.user)

    async def _let_in(self, session: DeviceSession, given: Credentials) -> None:
        """Keep the session; whoever had to go for it is told."""
        detail = {
            "session": session.session_id,
            "device": given.device,
            "address": given.address,
            "instead_of": given.instead_of,
        }
        user = session.user
        fact = Fact("login_succeeded", user, user, session.created_ms, detail)
        try:
            former = await self._devices.start_session(
                session, fact, limit=self._most_devices, instead_of=given.instead_of
            )
        except TooManyDevices as exc:
            raise TooManyDevices(
                f"logged in on {self._most_devices} devices already; one of them must go",
                await self._devices.sessions(user),
            ) from exc
        if former is not None:
            self._bus.publish(SessionEnded(former))
        if given.instead_of:
            named = await self._devices.session(given.instead_of)
            if named is not None and named.user == user:
                self._bus.publish(SessionEnded(named.session_id))
