"""The store's suite: what is a person's own in their conversations."""

from __future__ import annotations

import asyncio
from unittest.mock import patch

import pytest
from msgspec.structs import replace

from chat_server.domain.conversation import Membership, Role
from chat_server.domain.errors import TooLong
from chat_server.domain.own import Clear, Settle, Star, Unsent
from chat_server.ports.store import Store
from tests.contracts.store_samples import (
    CONV,
    append_many,
    draft,
    fact,
    fact_kinds,
    member,
    open_direct,
)


async def place(store: Store, user: str = "ann", conv: str = CONV) -> Membership:
    found = await store.conversations.membership(conv, user)
    assert found is not None
    return found


def star(seq: int, *, user: str = "ann", conv: str = CONV) -> Star:
    return Star(user, conv, seq, 1000 + seq)


class OwnContract:
    async def test_settings_are_kept_and_move_the_version(self, store: Store) -> None:
        await open_direct(store)
        before = await place(store)
        after = await store.own.settle(CONV, "ann", Settle(pinned=True, muted=True))
        assert after == await place(store)
        assert (after.pinned, after.muted, after.marked) == (True, True, False)
        assert after.version > before.version
        assert (await store.conversations.memberships("ann", after_version=before.version)) == [
            after
        ]
        again = await store.own.settle(CONV, "ann", Settle(muted=False, marked=True))
        assert again
        assert (again.pinned, again.muted, again.marked) == (True, False, True)
        assert await place(store, "bob") == replace(member("bob"), version=1)

    async def test_what_is_so_already_keeps_its_version(self, store: Store) -> None:
        await open_direct(store)
        first = await store.own.settle(CONV, "ann", Settle(pinned=True), fact("pinned"))
        again = await store.own.settle(CONV, "ann", Settle(pinned=True), fact("pinned"))
        assert again == first
        assert await fact_kinds(store) == ["conversation_opened", "pinned"]

    async def test_of_many_settings_at_once_all_are_kept(self, store: Store) -> None:
        await open_direct(store)
        wishes = (Settle(pinned=True), Settle(muted=True), Settle(marked=True), Clear(0))
        await asyncio.gather(*(store.own.settle(CONV, "ann", wish) for wish in wishes))
        now = await place(store)
        assert (now.pinned, now.muted, now.marked) == (True, True, True)

    async def test_who_was_never_there_has_nothing_of_their_own(self, store: Store) -> None:
        await open_direct(store)
        assert await store.own.settle(CONV, "eve", Settle(pinned=True)) is None
        assert await store.own.settle("d:no:such", "ann", Clear(1)) is None
        assert await store.own.write_draft(Unsent(CONV, "eve", "m", "hi")) is None
        assert await store.own.drafts("eve", [CONV]) == {}

    async def test_a_conversation_is_hidden_until_the_log_goes_on(self, store: Store) -> None:
        await open_direct(store)
        empty = await store.own.settle(CONV, "ann", Settle(hidden=True))
        assert empty
        assert empty.hidden_seq == 1
        await append_many(store, 3)
        hidden = await store.own.settle(CONV, "ann", Settle(hidden=True))
        assert hidden
        assert hidden.hidden_seq == 4
        back = await store.own.settle(CONV, "ann", Settle(hidden=False))
        assert back
        assert back.hidden_seq == 0

    async def test_clearing_moves_the_beginning_of_this_person_only(self, store: Store) -> None:
        await open_direct(store)
        await append_many(store, 5)
        cleared = await store.own.settle(CONV, "ann", Clear(3), fact("history_cleared"))
        assert cleared
        assert (cleared.first_seq, cleared.read) == (4, 0)
        beyond = await store.own.settle(CONV, "ann", Clear(99))
        assert beyond
        assert beyond.first_seq == 6
        back = await store.own.settle(CONV, "ann", Clear(2), fact("history_cleared"))
        assert back == beyond
        assert (await place(store, "bob")).first_seq == 1
        assert len(await store.messages.events(CONV, after=0, limit=9)) == 5
        assert (await fact_kinds(store)).count("history_cleared") == 1

    async def test_who_left_clears_up_to_where_they_left(self, store: Store) -> None:
        await open_direct(store)
        await append_many(store, 2)
        await store.conversations.leave(CONV, "ann", fact())
        await append_many(store, 4)
        cleared = await store.own.settle(CONV, "ann", Clear(6))
        assert cleared
        assert (cleared.first_seq, cleared.left_seq) == (3, 2)

    async def test_who_comes_back_has_their_own_and_not_what_they_cleared(
        self, store: Store
    ) -> None:
        await open_direct(store)
        await append_many(store, 3)
        await store.own.settle(CONV, "ann", Clear(3))
        await store.own.settle(CONV, "ann", Settle(pinned=True, muted=True, marked=True))
        await store.conversations.leave(CONV, "ann", fact())
        back = await store.conversations.join(Membership(CONV, "ann", Role.MEMBER), fact())
        assert (back.first_seq, back.pinned, back.muted, back.marked) == (4, True, True, False)

    async def test_positions_and_settings_do_not_undo_each_other(self, store: Store) -> None:
        await open_direct(store)
        await append_many(store, 3)
        await asyncio.gather(
            store.own.settle(CONV, "ann", Settle(pinned=True)),
            store.conversations.advance(CONV, "ann", read=2),
            store.own.settle(CONV, "ann", Clear(1)),
        )
        now = await place(store)
        assert (now.pinned, now.read, now.first_seq) == (True, 2, 2)

    async def test_the_last_draft_is_kept_and_an_empty_one_takes_it_away(
        self, store: Store
    ) -> None:
        await open_direct(store)
        await open_direct(store, "d:ann:eve", "ann", "eve")
        first = await store.own.write_draft(Unsent(CONV, "ann", "m1", "你好"))
        second = await store.own.write_draft(Unsent(CONV, "ann", "m2", "你好吗", reply_to=3))
        assert first
        assert second
        assert second.version > first.version
        assert second == await place(store)
        kept = await store.own.drafts("ann", [CONV, "d:ann:eve", "d:no:such"])
        assert kept == {CONV: Unsent(CONV, "ann", "m2", "你好吗", 3)}
        assert await store.own.drafts("bob", [CONV]) == {}
        await store.own.write_draft(Unsent(CONV, "ann", "m2", ""))
        assert await store.own.drafts("ann", [CONV]) == {}

    async def test_who_left_keeps_no_new_draft(self, store: Store) -> None:
        await open_direct(store)
        await store.conversations.leave(CONV, "ann", fact())
        assert await store.own.write_draft(Unsent(CONV, "ann", "m", "hi")) is None

    async def test_own_messages_are_counted_within_a_stretch(self, store: Store) -> None:
        await open_direct(store)
        for number in range(12):
            await store.messages.append(draft(sender=("ann", "bob", "eve")[number % 3]))
        for after, upto in ((0, 12), (1, 12), (3, 4), (4, 4), (0, 5000), (7, 3)):
            own = [seq for seq in range(1, 13) if seq % 3 == 1 and after < seq <= upto]
            assert await store.own.own_count(CONV, "ann", after=after, upto=upto) == len(own)

    async def test_stars_are_listed_newest_first(self, store: Store) -> None:
        first = await store.own.star(star(5))
        for seq in (2, 9):
            await store.own.star(star(seq))
        await store.own.star(star(1, conv="g:1"))
        await store.own.star(star(5, user="bob"))
        assert await store.own.star(replace(star(5), at_ms=9999)) == first
        mine = await store.own.stars("ann", limit=10)
        assert [(one.conv, one.seq) for one in mine] == [
            ("g:1", 1),
            (CONV, 9),
            (CONV, 2),
            (CONV, 5),
        ]
        page = await store.own.stars("ann", before=mine[1].number, limit=1)
        assert [one.seq for one in page] == [2]
        assert [one.seq for one in await store.own.stars("ann", conv="g:1", limit=5)] == [1]
        assert not await store.own.stars("ann", limit=0)

    async def test_a_star_is_taken_away_once(self, store: Store) -> None:
        await store.own.star(star(5))
        assert await store.own.unstar("ann", CONV, 5)
        assert not await store.own.unstar("ann", CONV, 5)
        assert not await store.own.stars("ann", limit=5)

    async def test_stars_are_not_without_number(self, store: Store) -> None:
        module = type(store.own).__module__
        with patch(f"{module}.MOST_STARS", 3):
            for seq in (1, 2, 3):
                await store.own.star(star(seq))
            with pytest.raises(TooLong):
                await store.own.star(star(4))
            assert (await store.own.star(star(3))).number == 3
            assert (await store.own.star(star(4, user="bob"))).number == 1
