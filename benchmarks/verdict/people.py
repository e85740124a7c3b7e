"""The people of the house: each at two devices, in pairs, and some of them managers of others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.verdict.nodes import House
from chat_server.adapters.clock import new_uuid7
from chat_server.bootstrap.rooms import Rooms, open_rooms
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.facts import Fact
from chat_server.domain.ids import direct_conversation
from chat_server.domain.people import Assignment, DeviceSession, Person, StaffRole
from chat_server.settings import load_settings
from chat_server.usecases.identity.tokens import AccessTokens

DEVICES = ("phone", "tablet")
CUSTOMERS = 9  # of one manager
_LIFE_S = 86_400


@dataclass(frozen=True)
class Device:
    user: str
    device: str
    token: str


@dataclass(frozen=True)
class People:
    """`looked_after` are managers and their customers."""

    devices: list[Device]
    looked_after: dict[str, list[str]]


async def furnish(house: House, clients: int) -> People:
    settings = load_settings({"data": Path(house.data)}, environ=house.environment)
    async with open_rooms(settings) as rooms:
        return await _Filling(rooms).people(max(clients // len(DEVICES), 2))


class _Filling:
    def __init__(self, rooms: Rooms) -> None:
        key = rooms.settings.token_key.reveal().encode()
        self._store = rooms.store
        self._tokens = AccessTokens(key, rooms.clock, _LIFE_S)
        self._now = rooms.clock.now_ms()

    async def people(self, count: int) -> People:
        users = [f"u{number:03}" for number in range(count)]
        teams = [users[i : i + CUSTOMERS + 1] for i in range(0, count, CUSTOMERS + 1)]
        looked_after = {team[0]: team[1:] for team in teams if len(team) > 2}
        devices = []
        for user in users:
            role = StaffRole.MANAGER if user in looked_after else StaffRole.CUSTOMER
            devices += await self._person(user, role)
        for manager, customers in looked_after.items():
            for customer in customers:
                given = Assignment(customer, manager, "head", self._now)
                await self._store.people.assign(given, self._fact(customer))
        for one, other in zip(users, [*users[1:], users[0]], strict=True):
            await self._pair(one, other)
        return People(devices, looked_after)

    async def _person(self, user: str, role: StaffRole) -> list[Device]:
        person = Person(user, user, role, "head", "", unlimited=True)
        await self._store.people.add_person(person, self._fact(user))
        return [await self._device(user, role, device) for device in DEVICES]

    async def _device(self, user: str, role: StaffRole, device: str) -> Device:
        now, session = self._now, new_uuid7()
        fresh = DeviceSession(session, user, device, "", now, now, now + _LIFE_S * 1000)
        await self._store.devices.start_session(fresh, self._fact(user))
        token = self._tokens.issue(user=user, device=device, session_id=session, role=role)
        return Device(user, device, token)

    async def _pair(self, one: str, other: str) -> None:
        conv = direct_conversation(one, other)
        members = [Membership(conv, user, Role.MEMBER) for user in (one, other)]
        direct = Conversation(conv, ConversationKind.DIRECT)
        await self._store.conversations.open_conversation(direct, members, self._fact(conv))

    def _fact(self, subject: str) -> Fact:
        return Fact("verdict_prepared", "command_line", subject, self._now)
