"""What every store keeps about logs, the change feed, conversations and positions."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from chat_server.domain.conversation import Conversation, ConversationKind, Positions, Role
from chat_server.domain.errors import InvalidValue, MidReused
from chat_server.domain.facts import Change
from chat_server.domain.message import Event, EventKind, Head
from chat_server.ports.store import Store
from tests.contracts.store_samples import (
    CONV,
    all_changes,
    append_many,
    draft,
    fact,
    fact_kinds,
    member,
    open_direct,
    seqs,
)


class MessagesContract:
    async def test_the_first_event_is_seq_1_and_says_what_was_drafted(self, store: Store) -> None:
        sent = draft("你好", mid="m-1", at_ms=77, key_id="k-9")
        appended = await store.messages.append(sent)
        assert not appended.duplicate
        assert appended.event == Event(
            CONV, 1, "m-1", "ann", 77, EventKind.MESSAGE, 1, "你好".encode(), "k-9"
        )
        assert await store.messages.event(CONV, 1) == appended.event
        assert await store.messages.find(CONV, "ann", "m-1") == appended.event

    async def test_who_spoke_since_is_known_of_many_conversations(self, store: Store) -> None:
        for conv, sender, at_ms in (("s:@a:ann", "ann", 10), ("s:@a:ben", "@a", 50)):
            sent = draft("x", conv=conv, sender=sender, mid="m", at_ms=at_ms)
            await store.messages.append(sent)
        asked = {"s:@a:ann": "ann", "s:@a:ben": "ben", "s:@a:cat": "cat"}
        assert await store.messages.spoke(asked, 10) == {"s:@a:ann"}
        assert await store.messages.spoke(asked, 11) == set()
        assert await store.messages.spoke({}, 0) == set()

    async def test_an_unknown_conversation_stands_at_0_and_is_empty(self, store: Store) -> None:
        assert await store.messages.head("d:no:body") == Head()
        assert await store.messages.heads(["d:no:body"]) == {"d:no:body": Head()}
        assert list(await store.messages.events("d:no:body", after=0, limit=10)) == []
        assert await store.messages.event("d:no:body", 1) is None
        assert await store.messages.event("d:no:body", 0) is None
        assert await store.messages.find("d:no:body", "ann", "m") is None

    async def test_calls_in_order_get_seqs_in_order(self, store: Store) -> None:
        futures = [store.messages.append(draft(f"{n}")) for n in range(300)]
        events = [(await future).event for future in futures]
        assert [event.body for event in events] == [f"{n}".encode() for n in range(300)]
        assert seqs(events) == list(range(1, 301))

    async def test_a_hundred_tasks_leave_one_gapless_log(self, store: Store) -> None:
        async def write(task: int) -> list[int]:
            return [
                (await store.messages.append(draft(f"{task}.{n}", sender=f"u{task}"))).event.seq
                for n in range(5)
            ]

        given = await asyncio.gather(*(write(task) for task in range(100)))
        assert all(one == sorted(one) for one in given)
        assert sorted(seq for one in given for seq in one) == list(range(1, 501))
        stored = await store.messages.events(CONV, after=0, limit=1000)
        assert seqs(stored) == list(range(1, 501))

    async def test_conversations_count_for_themselves(self, store: Store) -> None:
        await asyncio.gather(*(append_many(store, 7, f"d:a:{n}") for n in range(20)))
        heads = await store.messages.heads(f"d:a:{n}" for n in range(20))
        assert {head.seq for head in heads.values()} == {7}
        assert len(heads) == 20

    async def test_the_same_send_again_gets_the_first_answer(self, store: Store) -> None:
        first = await store.messages.append(draft(mid="m-1", at_ms=1))
        await append_many(store, 3)
        again = await store.messages.append(draft(mid="m-1", at_ms=999))
        assert again.duplicate
        assert again.event == first.event
        assert (await store.messages.head(CONV)).seq == 4

    async def test_the_same_send_twice_at_once_appends_once(self, store: Store) -> None:
        futures = [store.messages.append(draft(f"{n // 2}", mid=f"m-{n // 2}")) for n in range(60)]
        answers = [await future for future in futures]
        assert [answer.duplicate for answer in answers] == [False, True] * 30
        assert seqs([answer.event for answer in answers]) == [n // 2 + 1 for n in range(60)]
        assert (await store.messages.head(CONV)).seq == 30

    async def test_another_body_under_the_same_name_is_refused(self, store: Store) -> None:
        await store.messages.append(draft("one", mid="m-1"))
        with pytest.raises(MidReused):
            await store.messages.append(draft("two", mid="m-1"))
        assert (await store.messages.head(CONV)).seq == 1

    async def test_a_refused_send_harms_none_of_those_around_it(self, store: Store) -> None:
        futures = [
            store.messages.append(draft("a", mid="m-1")),
            store.messages.append(draft("b", mid="m-1")),
            store.messages.append(draft("c", mid="m-2")),
            store.messages.append(draft("a", mid="m-1")),
            store.messages.append(draft("d", conv="d:x:y", mid="m-1")),
        ]
        one, refused, two, again, elsewhere = await asyncio.gather(*futures, return_exceptions=True)
        assert isinstance(refused, MidReused)
        assert not isinstance(one, BaseException)
        assert not isinstance(two, BaseException)
        assert not isinstance(again, BaseException)
        assert not isinstance(elsewhere, BaseException)
        assert (one.event.seq, two.event.seq, elsewhere.event.seq) == (1, 2, 1)
        assert (again.event, again.duplicate) == (one.event, True)

    async def test_the_same_mid_of_another_sender_is_another_message(self, store: Store) -> None:
        await store.messages.append(draft("x", sender="ann", mid="m"))
        other = await store.messages.append(draft("y", sender="bob", mid="m"))
        assert (other.duplicate, other.event.seq) == (False, 2)

    async def test_time_never_runs_back_in_a_log(self, store: Store) -> None:
        times = [
            (await store.messages.append(draft(at_ms=at_ms))).event.ts for at_ms in (50, 20, 60)
        ]
        assert times == [50, 50, 60]

    async def test_only_counting_events_are_counted(self, store: Store) -> None:
        for counts in (True, False, True):
            await store.messages.append(draft(counts=counts, at_ms=5))
        assert await store.messages.head(CONV) == Head(3, 2, 5)
        assert [e.n for e in await store.messages.events(CONV, after=0, limit=9)] == [1, 1, 2]

    async def test_pages_run_forward_and_back_ascending(self, store: Store) -> None:
        await append_many(store, 10)
        events = store.messages.events
        assert seqs(await events(CONV, after=0, limit=3)) == [1, 2, 3]
        assert seqs(await events(CONV, after=8, limit=5)) == [9, 10]
        assert seqs(await events(CONV, after=10, limit=5)) == []
        assert seqs(await events(CONV, before=11, limit=3)) == [8, 9, 10]
        assert seqs(await events(CONV, before=3, limit=5)) == [1, 2]
        assert seqs(await events(CONV, before=1, limit=5)) == []
        assert seqs(await events(CONV, before=99, limit=2)) == [9, 10]
        assert seqs(await events(CONV, after=0, limit=0)) == []
        assert seqs(await events(CONV, after=0, limit=-1)) == []

    async def test_a_page_has_one_side(self, store: Store) -> None:
        with pytest.raises(InvalidValue):
            await store.messages.events(CONV, limit=5)
        with pytest.raises(InvalidValue):
            await store.messages.events(CONV, after=1, before=5, limit=5)

    async def test_odd_bodies_and_names_come_back_as_they_went_in(self, store: Store) -> None:
        conv = "s:@工银:" + "x" * 100
        bodies = [b"", bytes(range(256)), "😀".encode() * 1000, b"x" * 65536]
        for number, body in enumerate(bodies):
            await store.messages.append(
                replace(draft(conv=conv, sender="名", mid=f'"{number}\\'), body=body)
            )
        stored = await store.messages.events(conv, after=0, limit=9)
        assert [event.body for event in stored] == bodies
        assert stored[3].mid == '"3\\'

    async def test_the_ring_comes_before_the_answer_and_in_order(self, store: Store) -> None:
        rung: list[Event] = []
        store.watch(rung.extend)
        futures = [store.messages.append(draft(conv=f"d:a:{n % 3}")) for n in range(90)]
        for future in futures:
            event = (await future).event
            assert event in rung
        for conv in ("d:a:0", "d:a:1", "d:a:2"):
            assert seqs([event for event in rung if event.conv == conv]) == list(range(1, 31))

    async def test_what_appends_nothing_rings_nothing(self, store: Store) -> None:
        await store.messages.append(draft("x", mid="m"))
        rung: list[Event] = []
        store.watch(rung.extend)
        await store.messages.append(draft("x", mid="m"))
        with pytest.raises(MidReused):
            await store.messages.append(draft("y", mid="m"))
        assert rung == []

    async def test_a_caller_who_gave_up_disturbs_nobody(self, store: Store) -> None:
        given_up = store.messages.append(draft("x", mid="m-1"))
        kept = store.messages.append(draft("y", mid="m-2"))
        given_up.cancel()
        assert (await kept).event.mid == "m-2"
        assert (await store.messages.append(draft("x", mid="m-1"))).event.mid == "m-1"
        assert (await store.messages.head(CONV)).seq == 2


class ChangesContract:
    async def test_events_and_facts_share_one_order(self, store: Store) -> None:
        await store.audit.record(fact("one"))
        event = (await store.messages.append(draft())).event
        await store.audit.record(fact("two"))
        changes = await all_changes(store)
        told = [change.event or (change.fact and change.fact.kind) for change in changes]
        assert told == ["one", event, "two"]

    async def test_positions_grow_and_pages_meet(self, store: Store) -> None:
        await append_many(store, 25)
        changes = await all_changes(store, page=10)
        positions = [change.position for change in changes]
        assert len(changes) == 25
        assert positions == sorted(set(positions))
        assert positions[0] > 0
        middle = positions[12]
        assert await store.changes.changes(middle, 100) == changes[13:]
        assert await store.changes.changes(middle, 100) == changes[13:]
        assert list(await store.changes.changes(positions[-1], 100)) == []
        assert list(await store.changes.changes(0, 0)) == []

    async def test_a_reader_beside_many_writers_misses_nothing(self, store: Store) -> None:
        async def write(task: int) -> None:
            for n in range(15):
                await store.messages.append(draft(conv=f"d:c:{task % 4}"))
                if n % 5 == 0:
                    await store.audit.record(fact(subject=f"u{task}"))

        read: list[Change] = []
        async with asyncio.TaskGroup() as tasks:
            writers = [tasks.create_task(write(task)) for task in range(16)]
            while len(read) < 16 * (15 + 3):
                done = all(writer.done() for writer in writers)
                page = await store.changes.changes(read[-1].position if read else 0, 7)
                read += page
                assert page or not done, "the feed ended before all that was written"
                await asyncio.sleep(0)
        assert read == await all_changes(store)
        for number in range(4):
            told = [c.event.seq for c in read if c.event and c.event.conv == f"d:c:{number}"]
            assert told == list(range(1, 61))

    async def test_events_of_some_conversations_are_read_apart(self, store: Store) -> None:
        for conv in ("s:@a:ann", "d:ann:bob", "s:@a:bob", "r:x", "t:x", "s", "s;"):
            await append_many(store, 2, conv)
            await store.audit.record(fact())
        everything = await all_changes(store)
        for prefix in ("s:", "s:@a:b", "d:", "none"):
            found = await store.changes.changes(0, 100, only=prefix)
            assert list(found) == [
                change
                for change in everything
                if change.event and change.event.conv.startswith(prefix)
            ]
        services = await store.changes.changes(0, 100, only="s:")
        after = services[1].position
        assert list(await store.changes.changes(after, 1, only="s:")) == [services[2]]

    async def test_a_consumers_cursor_only_moves_on(self, store: Store) -> None:
        assert await store.changes.cursor("search") == 0
        await store.changes.advance_cursor("search", 7)
        await store.changes.advance_cursor("search", 3)
        assert await store.changes.cursor("search") == 7
        assert await store.changes.cursor("other") == 0


class ConversationsContract:
    async def test_opening_twice_is_opening_once(self, store: Store) -> None:
        conversation = Conversation("s:@a:ann", ConversationKind.SERVICE, account="@a")
        members = [member("ann", "s:@a:ann"), member("@a", "s:@a:ann")]
        opening = store.conversations.open_conversation
        assert await opening(conversation, members, fact("opened"))
        other = Conversation("s:@a:ann", ConversationKind.GROUP, title="x")
        assert not await opening(other, [member("eve", "s:@a:ann")], fact("opened"))
        assert await store.conversations.conversation("s:@a:ann") == conversation
        assert [m.user for m in await store.conversations.members("s:@a:ann")] == ["@a", "ann"]
        assert await fact_kinds(store) == ["opened"]
        assert await store.conversations.conversation("d:no:body") is None

    async def test_opening_at_once_is_opening_once(self, store: Store) -> None:
        conversation = Conversation(CONV, ConversationKind.DIRECT)
        opened = await asyncio.gather(
            *(
                store.conversations.open_conversation(conversation, [member("ann")], fact())
                for _ in range(10)
            )
        )
        assert sorted(opened) == [False] * 9 + [True]

    async def test_a_member_has_a_place_and_others_have_none(self, store: Store) -> None:
        await open_direct(store)
        found = await store.conversations.membership(CONV, "ann")
        assert found is not None
        assert (found.role, found.first_seq, found.left_seq, found.read) == (
            Role.MEMBER,
            1,
            None,
            0,
        )
        assert await store.conversations.membership(CONV, "eve") is None
        assert await store.conversations.membership("d:no:body", "ann") is None

    async def test_versions_grow_for_each_person_and_order_their_list(self, store: Store) -> None:
        for name in ("d:ann:b1", "d:ann:b2", "d:ann:b3"):
            await open_direct(store, name, "ann", name[-2:])
        await append_many(store, 1, "d:ann:b1")
        mine = await store.conversations.memberships("ann")
        assert [m.conv for m in mine] == ["d:ann:b1", "d:ann:b2", "d:ann:b3"]
        await store.conversations.advance("d:ann:b1", "ann", read=1)
        later = await store.conversations.memberships("ann", after_version=mine[-1].version)
        assert [(m.conv, m.read) for m in later] == [("d:ann:b1", 1)]
        versions = [m.version for m in await store.conversations.memberships("ann")]
        assert versions == sorted(set(versions))
        assert versions[0] > 0
        assert len(await store.conversations.memberships("ann", limit=2)) == 2
        assert list(await store.conversations.memberships("nobody")) == []

    async def test_writing_moves_nobodys_version(self, store: Store) -> None:
        await open_direct(store)
        before = await store.conversations.memberships("bob")
        await append_many(store, 5)
        assert await store.conversations.memberships("bob") == before

    async def test_joining_twice_is_joining_once(self, store: Store) -> None:
        await open_direct(store)
        eve = member("eve", first_seq=4)
        first = await store.conversations.join(eve, fact("joined"))
        assert (first.user, first.first_seq, first.left_seq) == ("eve", 4, None)
        assert await store.conversations.join(member("eve"), fact("joined")) == first
        assert await store.conversations.membership(CONV, "eve") == first
        assert (await fact_kinds(store)).count("joined") == 1

    async def test_leaving_ends_the_readable_range_at_the_head(self, store: Store) -> None:
        await open_direct(store)
        await append_many(store, 3)
        left = await store.conversations.leave(CONV, "bob", fact("left"))
        assert left is not None
        assert left.left_seq == 3
        await append_many(store, 2)
        found = await store.conversations.membership(CONV, "bob")
        assert found == left
        assert found.last_readable(5) == 3
        assert [m.user for m in await store.conversations.members(CONV)] == ["ann"]
        assert [m.left_seq for m in await store.conversations.memberships("bob")] == [3]

    async def test_leaving_what_one_is_not_in_changes_nothing(self, store: Store) -> None:
        await open_direct(store)
        assert await store.conversations.leave(CONV, "eve", fact("left")) is None
        assert await store.conversations.leave("d:no:body", "ann", fact("left")) is None
        await store.conversations.leave(CONV, "bob", fact("left"))
        assert await store.conversations.leave(CONV, "bob", fact("left")) is None
        assert (await fact_kinds(store)).count("left") == 1

    async def test_coming_back_starts_where_the_new_place_says(self, store: Store) -> None:
        await open_direct(store)
        await append_many(store, 4)
        await store.conversations.advance(CONV, "bob", read=3)
        left = await store.conversations.leave(CONV, "bob", fact("left"))
        back = await store.conversations.join(member("bob", first_seq=5), fact("joined"))
        assert left is not None
        assert (back.first_seq, back.left_seq, back.read, back.delivered) == (5, None, 3, 3)
        assert back.version > left.version
        assert len(await store.conversations.members(CONV)) == 2

    async def test_positions_move_forward_only_and_stop_at_the_head(self, store: Store) -> None:
        await open_direct(store)
        await append_many(store, 5)
        advance = store.conversations.advance

        async def moved(**positions: int) -> tuple[int, int] | None:
            found = await advance(CONV, "bob", **positions)
            return (found.read, found.delivered) if found else None

        assert await moved(delivered=2) == (0, 2)
        assert await moved(read=3) == (3, 3)
        assert await moved(read=3) is None
        assert await moved(read=1, delivered=2) is None
        assert await moved(delivered=10**15) == (3, 5)
        assert await moved(read=99) == (5, 5)
        assert await moved(read=-5) is None
        found = await store.conversations.membership(CONV, "bob")
        assert found is not None
        assert (found.read, found.delivered) == (5, 5)

    async def test_positions_of_outsiders_do_not_move(self, store: Store) -> None:
        await open_direct(store)
        await append_many(store, 5)
        await store.conversations.leave(CONV, "bob", fact())
        for conv, user in ((CONV, "bob"), (CONV, "eve"), ("d:no:body", "ann")):
            assert await store.conversations.advance(conv, user, read=3) is None

    async def test_positions_moved_at_once_end_at_the_furthest(self, store: Store) -> None:
        await open_direct(store)
        await append_many(store, 50)
        moves = await asyncio.gather(
            *(store.conversations.advance(CONV, "bob", read=n) for n in range(1, 51)),
            *(store.conversations.advance(CONV, "ann", delivered=n) for n in range(50, 0, -1)),
        )
        told = [move for move in moves if move is not None]
        for user, read in (("bob", 50), ("ann", 0)):
            mine = sorted((m for m in told if m.user == user), key=lambda m: m.version)
            assert (mine[-1].read, mine[-1].delivered) == (read, 50)
            assert len({m.version for m in mine}) == len(mine)
            found = await store.conversations.membership(CONV, user)
            assert found is not None
            assert mine[-1] == Positions(CONV, user, found.read, found.delivered, found.version)
