"""What is missed in many conversations is told in one answer."""

from __future__ import annotations

import pytest

from chat_server.ports.store import Store
from tests.contracts.store_samples import append_many, draft, fact, open_direct, seqs


class CatchingUpContract:
    async def test_what_came_after_each_cursor_is_told_at_once(self, store: Store) -> None:
        await append_many(store, 5, "d:ann:bob")
        await append_many(store, 3, "d:ann:eve")
        await append_many(store, 2, "d:bob:eve")
        cursors = {"d:ann:bob": 2, "d:ann:eve": 0, "d:bob:eve": 2, "d:x:y": 0}
        found = await store.messages.events_after(cursors, 10)
        assert {conv: seqs(events) for conv, events in found.items()} == {
            "d:ann:bob": [3, 4, 5],
            "d:ann:eve": [1, 2, 3],
        }
        assert found["d:ann:bob"] == await store.messages.events("d:ann:bob", after=2, limit=10)

    async def test_so_many_of_each_and_no_more(self, store: Store) -> None:
        for conv in ("d:ann:bob", "d:ann:eve"):
            await append_many(store, 5, conv)
        found = await store.messages.events_after({"d:ann:bob": 1, "d:ann:eve": 4}, 2)
        assert {conv: seqs(events) for conv, events in found.items()} == {
            "d:ann:bob": [2, 3],
            "d:ann:eve": [5],
        }

    @pytest.mark.parametrize("cursor", [-1, 2**62])
    async def test_a_cursor_that_is_none_harms_nobody(self, store: Store, cursor: int) -> None:
        await store.messages.append(draft())
        found = await store.messages.events_after({"d:ann:bob": cursor, "d:x:y": 0}, 5)
        assert set(found) <= {"d:ann:bob"}

    async def test_nothing_asked_is_nothing_told(self, store: Store) -> None:
        assert await store.messages.events_after({}, 5) == {}
        assert await store.conversations.members_of([]) == {}

    async def test_present_members_of_many_conversations(self, store: Store) -> None:
        for conv, users in (("d:ann:bob", ("ann", "bob")), ("d:ann:eve", ("ann", "eve"))):
            await open_direct(store, conv, *users)
        await store.conversations.leave("d:ann:eve", "eve", fact())
        found = await store.conversations.members_of(["d:ann:eve", "d:ann:bob", "d:x:y"])
        assert {conv: [one.user for one in some] for conv, some in found.items()} == {
            "d:ann:bob": ["ann", "bob"],
            "d:ann:eve": ["ann"],
        }
        assert found["d:ann:bob"] == await store.conversations.members("d:ann:bob")
