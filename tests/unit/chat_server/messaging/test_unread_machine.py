"""Unread counts beside a plain model: whatever is said, read, cleared, left and joined again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.message import EventKind
from chat_server.domain.own import Clear, Settle
from chat_server.ports.store import Store
from chat_server.usecases.messaging.conversations import Line, ListConversations
from chat_server.usecases.messaging.history import ReadHistory
from tests.socket_house import draft, fact

USERS = ("ann", "bob", "eve")
_runs = count(1)
_user = st.sampled_from(USERS)
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("say"), _user),
        st.tuples(st.just("react"), _user),
        st.tuples(st.just("read"), _user, st.integers(0, 20)),
        st.tuples(st.just("clear"), _user, st.integers(0, 20)),
        st.tuples(st.just("settle"), _user, st.booleans()),
        st.tuples(st.just("leave"), _user),
        st.tuples(st.just("join"), _user),
    ),
    max_size=40,
)


@pytest.fixture(params=["memory", "sqlite"])
async def any_store(request, tmp_path) -> AsyncIterator[Store]:
    url = "memory://" if request.param == "memory" else f"sqlite:///{tmp_path / 'chat.db'}"
    async with open_store(url, clock=SystemClock()) as store:
        yield store


class Place:
    """What one person has before them."""

    def __init__(self) -> None:
        self.first, self.read = 1, 0
        self.left: int | None = None


class Model:
    def __init__(self, store: Store, conv: str) -> None:
        self.store, self.conv = store, conv
        self.said: list[tuple[str, bool]] = []  # by whom, and whether it counts
        self.places = {user: Place() for user in USERS}

    def unread(self, user: str) -> int:
        place = self.places[user]
        end = len(self.said) if place.left is None else place.left
        return sum(
            counts and sender != user
            for seq, (sender, counts) in enumerate(self.said, start=1)
            if max(place.read, place.first - 1) < seq <= end
        )

    async def say(self, user: str, *, counts: bool = True) -> None:
        self.said.append((user, counts))
        said = draft(self.conv, user, f"m{len(self.said)}")
        kind = EventKind.MESSAGE if counts else EventKind.REACTION
        await self.store.messages.append(replace(said, kind=kind, counts=counts))

    async def react(self, user: str) -> None:
        await self.say(user, counts=False)

    async def read(self, user: str, seq: int) -> None:
        await self.store.conversations.advance(self.conv, user, read=seq)
        place = self.places[user]
        if place.left is None:
            place.read = max(place.read, min(seq, len(self.said)))

    async def clear(self, user: str, seq: int) -> None:
        await self.store.own.settle(self.conv, user, Clear(seq))
        place = self.places[user]
        end = len(self.said) if place.left is None else place.left
        place.first = max(place.first, min(seq, end) + 1)

    async def settle(self, user: str, on: bool) -> None:
        await self.store.own.settle(self.conv, user, Settle(muted=on, hidden=on, marked=on))

    async def leave(self, user: str) -> None:
        await self.store.conversations.leave(self.conv, user, fact("left", self.conv))
        if self.places[user].left is None:
            self.places[user].left = len(self.said)

    async def join(self, user: str) -> None:
        first = len(self.said) + 1
        membership = Membership(self.conv, user, Role.MEMBER, first_seq=first)
        await self.store.conversations.join(membership, fact("joined", self.conv))
        place = self.places[user]
        if place.left is not None:
            place.left, place.first = None, max(place.first, first)

    async def line(self, user: str) -> Line:
        lines, _ = await ListConversations(self.store)(user, after=0, limit=200)
        while self.conv not in {line.conversation.conv for line in lines}:
            last = lines[-1].membership.version
            lines, _ = await ListConversations(self.store)(user, after=last, limit=200)
        return next(line for line in lines if line.conversation.conv == self.conv)

    async def check(self) -> None:
        """The list counts as the model does, and nothing that is cleared can be read."""
        history = ReadHistory(self.store.messages, self.store.conversations)
        for user, place in self.places.items():
            line = await self.line(user)
            assert line.unread == self.unread(user), user
            assert line.last is None or line.last.seq >= place.first
            page = await history(user, self.conv, after=0, before=None, limit=100)
            end = len(self.said) if place.left is None else place.left
            assert [event.seq for event in page.events] == list(range(place.first, end + 1))


@given(steps=_steps)
@settings(
    max_examples=60,
    deadline=None,
    # one store serves all examples; each has a conversation of its own
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.differing_executors,
        HealthCheck.too_slow,
    ],
)
async def test_unread_is_what_the_model_says(any_store, steps):
    model = Model(any_store, f"g:{next(_runs)}")
    await any_store.conversations.open_conversation(
        Conversation(model.conv, ConversationKind.GROUP, title="us"),
        [Membership(model.conv, user, Role.MEMBER) for user in USERS],
        fact("opened", model.conv),
    )
    for name, *arguments in steps:
        step: Callable[..., object] = getattr(model, name)
        await step(*arguments)  # type: ignore[misc]
    await model.check()
