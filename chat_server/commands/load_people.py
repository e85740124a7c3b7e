"""People for load tests from outside: many at once, with tokens that last and no rate limit.

Called by `elian bench prepare`, beside a running server or before it. Adds, and changes
nothing: who is there already must be of an earlier preparation. Nobody can log in as one of
them; their tokens are all there is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from itertools import islice
from typing import TypeVar

import msgspec

from chat_server.adapters.clock import new_uuid7
from chat_server.bootstrap.rooms import Rooms
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.errors import AlreadyExists, InvalidValue
from chat_server.domain.facts import Fact
from chat_server.domain.ids import direct_conversation
from chat_server.domain.people import DeviceSession, Person, StaffRole
from chat_server.usecases.identity.tokens import AccessTokens

DEVICE = "bench"
MOST_USERS = 100_000
MOST_MEMBERS = 5_000  # of a group
_ACTOR = "command_line"
_LIFE_S = 10 * 365 * 86_400
_AT_ONCE = 500

T = TypeVar("T")


class Loader(msgspec.Struct, frozen=True):
    """One person, and how to connect as them."""

    user: str
    token: str
    device: str


class Group(msgspec.Struct, frozen=True):
    conv: str
    members: Sequence[str]


class Prepared(msgspec.Struct, frozen=True, omit_defaults=True):
    """What load generators read."""

    users: Sequence[Loader]
    pairs: Sequence[tuple[str, str, str]]
    group: Group | None = None


class Wanted(msgspec.Struct, frozen=True):
    """User 0 … `users` - 1; pair i is users i and `pairs` + i; the group is the first ones."""

    users: int
    pairs: int
    group: int

    def check(self) -> None:
        """Raise InvalidValue for numbers that do not fit together."""
        if not 0 < self.users <= MOST_USERS:
            raise InvalidValue(f"--users: 1 to {MOST_USERS}")
        if not 0 <= 2 * self.pairs <= self.users:
            raise InvalidValue(f"--pairs: {self.pairs} pairs need {2 * self.pairs} users")
        if not 0 <= self.group <= min(self.users, MOST_MEMBERS):
            raise InvalidValue(f"--group: at most all users, and at most {MOST_MEMBERS}")


async def load_people(rooms: Rooms, wanted: Wanted) -> Prepared:
    """Those wanted, of whom `wanted.check` had nothing to say."""
    loading = _Loading(rooms)
    users = [f"u{number}" for number in range(wanted.users)]
    pairs = [(users[i], users[wanted.pairs + i]) for i in range(wanted.pairs)]
    loaders = await _in_parts(loading.loader(user) for user in users)
    convs = await _in_parts(loading.pair(*pair) for pair in pairs)
    group = await loading.group(users[: wanted.group]) if wanted.group else None
    return Prepared(
        loaders, [(*pair, conv) for pair, conv in zip(pairs, convs, strict=True)], group
    )


async def _in_parts(works: Iterable[Awaitable[T]]) -> list[T]:
    """All of them, so many at once that they share commits and no queue overflows."""
    left = iter(works)
    done: list[T] = []
    while part := list(islice(left, _AT_ONCE)):
        done += await asyncio.gather(*part)
    return done


class _Loading:
    def __init__(self, rooms: Rooms) -> None:
        key = rooms.settings.token_key.reveal().encode()
        self._store = rooms.store
        self._tokens = AccessTokens(key, rooms.clock, _LIFE_S)
        self._now = rooms.clock.now_ms()

    async def loader(self, user: str) -> Loader:
        person = Person(user, user, StaffRole.CUSTOMER, "head", "", unlimited=True)
        try:
            await self._store.people.add_person(person, self._fact(user))
        except AlreadyExists:
            found = await self._store.people.person(user)
            if found is None or not found.unlimited:
                raise AlreadyExists(f"{user} is somebody else; use another data folder") from None
        session = await self._session(user)
        token = self._tokens.issue(
            user=user, device=DEVICE, session_id=session, role=StaffRole.CUSTOMER
        )
        return Loader(user, token, DEVICE)

    async def _session(self, user: str) -> str:
        """Earlier tokens stay valid: their session goes on."""
        for session in await self._store.devices.sessions(user):
            if session.device == DEVICE:
                return session.session_id
        now = self._now
        fresh = DeviceSession(new_uuid7(), user, DEVICE, "", now, now, now + _LIFE_S * 1000)
        await self._store.devices.start_session(fresh, self._fact(user))
        return fresh.session_id

    async def pair(self, one: str, other: str) -> str:
        conv = direct_conversation(one, other)
        await self._open(Conversation(conv, ConversationKind.DIRECT), (one, other))
        return conv

    async def group(self, members: Sequence[str]) -> Group:
        conv = f"g:bench-{len(members)}"
        title = f"Bench {len(members)}"
        made = Conversation(conv, ConversationKind.GROUP, title=title, size=len(members))
        await self._open(made, members)
        return Group(conv, members)

    async def _open(self, conversation: Conversation, members: Sequence[str]) -> None:
        conv = conversation.conv
        memberships = [Membership(conv, user, Role.MEMBER) for user in members]
        await self._store.conversations.open_conversation(
            conversation, memberships, self._fact(conv)
        )

    def _fact(self, subject: str) -> Fact:
        return Fact("bench_prepared", _ACTOR, subject, self._now)
