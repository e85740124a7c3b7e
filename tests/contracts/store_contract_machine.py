"""A log that is appended to, sent twice, read and left, beside a plain model of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chat_server.domain.conversation import Membership
from chat_server.domain.errors import MidReused
from chat_server.domain.message import Event
from chat_server.ports.store import Store
from tests.contracts.store_samples import draft, fact, member, open_direct

USERS = ("ann", "bob")
_runs = count(1)

_user = st.sampled_from(USERS)
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), _user, st.integers(0, 5), st.sampled_from(("x", "y"))),
        st.tuples(st.just("read"), _user, st.integers(-1, 12), st.integers(-1, 12)),
        st.tuples(st.just("leave"), _user),
        st.tuples(st.just("join"), _user),
        st.tuples(st.just("page"), st.integers(0, 12), st.integers(0, 5), st.booleans()),
    ),
    max_size=30,
)


class Model:
    """What a conversation of two should be after each step."""

    def __init__(self, conv: str) -> None:
        self.conv = conv
        self.log: list[tuple[str, str, str]] = []
        self.bodies: dict[tuple[str, str], tuple[int, str]] = {}
        self.places = {user: member(user, conv) for user in USERS}

    async def append(self, store: Store, user: str, number: int, text: str) -> None:
        mid = f"m-{number}"
        seq, known = self.bodies.get((user, mid), (0, text))
        try:
            answer = await store.messages.append(draft(text, conv=self.conv, sender=user, mid=mid))
        except MidReused:
            assert known != text
            return
        assert known == text
        assert answer.duplicate == bool(seq)
        if not seq:
            self.log.append((user, mid, text))
            self.bodies[user, mid] = (seq := len(self.log), text)
        assert _told(answer.event) == (seq, *self.log[seq - 1])

    async def read(self, store: Store, user: str, read: int, delivered: int) -> None:
        place, head = self.places[user], len(self.log)
        moved = await store.conversations.advance(self.conv, user, read=read, delivered=delivered)
        if place.left_seq is not None:
            assert moved is None
            return
        wanted_read = max(place.read, min(read, head))
        wanted = replace(
            place,
            read=wanted_read,
            delivered=max(place.delivered, min(delivered, head), wanted_read),
        )
        assert (moved is None) == (wanted == place)
        if moved is not None:
            assert (moved.read, moved.delivered) == (wanted.read, wanted.delivered)
        self.places[user] = wanted

    async def leave(self, store: Store, user: str) -> None:
        left = await store.conversations.leave(self.conv, user, fact())
        assert (left is None) == (self.places[user].left_seq is not None)
        if left is not None:
            self.places[user] = replace(self.places[user], left_seq=len(self.log))

    async def join(self, store: Store, user: str) -> None:
        first_seq = len(self.log) + 1
        await store.conversations.join(member(user, self.conv, first_seq=first_seq), fact())
        if self.places[user].left_seq is not None:
            self.places[user] = replace(self.places[user], left_seq=None, first_seq=first_seq)

    async def page(self, store: Store, edge: int, limit: int, forward: bool) -> None:
        if forward:
            found = await store.messages.events(self.conv, after=edge, limit=limit)
            wanted = range(edge + 1, min(edge + limit, len(self.log)) + 1)
        else:
            found = await store.messages.events(self.conv, before=edge, limit=limit)
            end = min(edge - 1, len(self.log))
            wanted = range(max(end - limit, 0) + 1, end + 1)
        assert [_told(event) for event in found] == [(n, *self.log[n - 1]) for n in wanted]

    async def check(self, store: Store) -> None:
        stored = await store.messages.events(self.conv, after=0, limit=1000)
        assert [_told(event) for event in stored] == [
            (n, *line) for n, line in enumerate(self.log, start=1)
        ]
        for user, place in self.places.items():
            found = await store.conversations.membership(self.conv, user)
            assert found is not None
            assert _unversioned(found) == _unversioned(place)


def _told(event: Event) -> tuple[int, str, str, str]:
    return event.seq, event.sender, event.mid, event.body.decode()


def _unversioned(membership: Membership) -> Membership:
    return replace(membership, version=0)


class LogMachineContract:
    @given(steps=_steps)
    @settings(
        max_examples=40,
        deadline=None,
        # One store serves all examples; each has a conversation of its own.
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
            HealthCheck.too_slow,
        ],
    )
    async def test_a_log_is_what_its_model_says(
        self, store: Store, steps: list[tuple[str, *tuple[object, ...]]]
    ) -> None:
        model = Model(f"d:ann:bob{next(_runs)}")
        await open_direct(store, model.conv, *USERS)
        for name, *arguments in steps:
            step: Callable[..., object] = getattr(model, name)
            await step(store, *arguments)  # type: ignore[misc]
        await model.check(store)
