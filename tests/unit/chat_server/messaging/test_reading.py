from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.errors import InvalidValue, NotAMember
from chat_server.usecases.messaging import conversations as conversations_module
from chat_server.usecases.messaging import history as history_module
from chat_server.usecases.messaging.conversations import ListConversations
from chat_server.usecases.messaging.history import ReadHistory
from chat_server.usecases.messaging.marks import SeeMarks
from chat_server.usecases.messaging.standing import Standings
from tests.socket_house import DIRECT, FEED, SERVICE, draft, fact


async def write(store, conv, count, text="x"):
    for number in range(count):
        await store.messages.append(draft(conv, "bob", f"m{number}", text))


async def test_both_edges_or_none_is_invalid(store):
    history = ReadHistory(store.messages, store.conversations)
    for after, before in ((None, None), (1, 2)):
        with pytest.raises(InvalidValue):
            await history("ann", DIRECT, after=after, before=before, limit=1)


async def test_others_conversations_do_not_exist(store):
    history = ReadHistory(store.messages, store.conversations)
    for conv in (DIRECT, "d:no:such"):
        with pytest.raises(NotAMember):
            await history("eve", conv, after=0, before=None, limit=1)


async def test_who_left_while_we_read_sees_nothing_later(store):
    await write(store, DIRECT, 3)

    class Leaving:
        def __getattr__(self, name):
            return getattr(store.messages, name)

        async def events(self, conv, **page):
            await store.conversations.leave(conv, "bob", fact("left", conv))
            await write(store, conv, 6)
            return await store.messages.events(conv, **page)

    history = ReadHistory(Leaving(), store.conversations)
    page = await history("bob", DIRECT, after=0, before=None, limit=50)
    assert [event.seq for event in page.events] == [1, 2, 3]
    assert (page.head, page.more) == (3, False)


async def test_what_comes_between_an_empty_page_and_its_head_is_on_the_page(store):
    """Else a device that pulls goes live behind an event that it never got."""
    await write(store, DIRECT, 3)

    class Late:
        def __getattr__(self, name):
            return getattr(store.messages, name)

        async def head(self, conv):
            await write(store, conv, 4)
            return await store.messages.head(conv)

    history = ReadHistory(Late(), store.conversations)
    page = await history("bob", DIRECT, after=3, before=None, limit=50)
    assert [event.seq for event in page.events] == [4]
    assert (page.head, page.more) == (4, False)


async def test_large_bodies_make_short_pages(store, monkeypatch):
    monkeypatch.setattr(history_module, "PAGE_BYTES", 1000)
    await write(store, DIRECT, 10, "x" * 400)
    history = ReadHistory(store.messages, store.conversations)
    page = await history("ann", DIRECT, after=0, before=None, limit=50)
    assert [event.seq for event in page.events] == [1, 2]
    assert page.more
    page = await history("ann", DIRECT, after=None, before=9, limit=50)
    assert [event.seq for event in page.events] == [7, 8]
    assert page.more
    monkeypatch.setattr(history_module, "PAGE_BYTES", 10)
    page = await history("ann", DIRECT, after=0, before=None, limit=50)
    assert len(page.events) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    total=st.integers(0, 12),
    first=st.integers(1, 14),
    limit=st.integers(1, 5),
    forward=st.booleans(),
)
async def test_pages_together_are_exactly_what_one_may_read(total, first, limit, forward):
    async with open_store("memory://", clock=SystemClock()) as store:
        await store.conversations.open_conversation(
            Conversation("g", ConversationKind.GROUP, title="us"),
            [Membership("g", "ann", Role.MEMBER, first_seq=first)],
            fact("opened", "g"),
        )
        await write(store, "g", total)
        history = ReadHistory(store.messages, store.conversations)
        seen: list[int] = []
        after, before, more = (0, None, True) if forward else (None, 99, True)
        while more:
            page = await history("ann", "g", after=after, before=before, limit=limit)
            seqs = [event.seq for event in page.events]
            seen = seen + seqs if forward else seqs + seen
            more = page.more
            assert seqs or not more
            if forward:
                after = seen[-1] if seen else after
            else:
                before = seen[0] if seen else before
        assert seen == list(range(first, total + 1))


async def test_unread_counts_from_what_was_read_or_from_joining(store):
    listing = ListConversations(store)

    async def unread(user, conv):
        lines, _ = await listing(user, after=0, limit=100)
        (line,) = [line for line in lines if line.conversation.conv == conv]
        return line.unread

    assert await unread("ann", DIRECT) == 0
    await write(store, DIRECT, 5)
    assert await unread("ann", DIRECT) == 5
    await store.conversations.advance(DIRECT, "ann", read=3)
    assert await unread("ann", DIRECT) == 2
    await store.conversations.advance(DIRECT, "ann", read=99)
    assert await unread("ann", DIRECT) == 0
    await write(store, FEED, 4)
    await store.conversations.join(
        Membership(FEED, "eve", Role.FOLLOWER, first_seq=3), fact("joined", FEED)
    )
    assert await unread("eve", FEED) == 2


async def test_titles_and_badges_are_given_by_the_server(store):
    await store.conversations.open_conversation(
        Conversation("g", ConversationKind.GROUP, title="家人"),
        [Membership("g", "ann", Role.MEMBER)],
        fact("opened", "g"),
    )
    lines, more = await ListConversations(store)("ann", after=0, limit=100)
    told = {line.conversation.conv: (line.title, line.peer, line.badge) for line in lines}
    assert told == {
        DIRECT: ("Bob", "bob", ""),
        "d:ann:mia": ("Mia", "mia", "manager"),
        SERVICE: ("The Bank", "@bank", "verified"),
        FEED: ("The Bank", "@bank", "verified"),
        "g": ("家人", "", ""),
    }
    assert not more


async def test_marks_are_seen_where_two_talk_and_ones_own_everywhere(store):
    see = SeeMarks(store.conversations, Standings(store.conversations))
    assert {mark.user for mark in await see("ann", DIRECT)} == {"ann", "bob"}
    assert {mark.user for mark in await see("ann", FEED)} == {"ann"}
    with pytest.raises(NotAMember):
        await see("eve", DIRECT)


async def test_a_page_of_conversations_is_bounded_in_bytes_and_the_next_follows(store, monkeypatch):
    monkeypatch.setattr(conversations_module, "PAGE_BYTES", 1000)
    for conv in (DIRECT, SERVICE, FEED):
        await write(store, conv, 1, "x" * 600)
    listing = ListConversations(store)
    seen, after, more = [], 0, True
    while more:
        lines, more = await listing("ann", after=after, limit=200)
        assert sum(len(line.last.body) for line in lines if line.last) <= 1000 or len(lines) == 1
        seen += [line.conversation.conv for line in lines]
        after = lines[-1].membership.version
    assert len(seen) == len(set(seen))
    assert {DIRECT, SERVICE, FEED} <= set(seen)
