"""What a durable store keeps when others open the same data, now or later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from chat_server.domain.errors import VersionConflict
from chat_server.domain.facts import Change, Dialogue
from chat_server.ports.store import Store
from tests.contracts.store_samples import (
    CONV,
    all_changes,
    append_many,
    device_session,
    draft,
    fact,
    member,
    open_direct,
    person,
    seqs,
)

OpenAgain = Callable[[], AbstractAsyncContextManager[Store]]


class SharedContract:
    async def test_what_was_written_outlives_the_writer(self, open_again: OpenAgain) -> None:
        async with open_again() as first:
            await open_direct(first)
            events = await append_many(first, 20)
            await first.people.add_person(person(), fact())
            await first.devices.start_session(device_session("s1"), fact())
            await first.conversations.advance(CONV, "bob", read=7)
            await first.changes.advance_cursor("search", 5)
            changes = await all_changes(first)
        async with open_again() as second:
            assert list(await second.messages.events(CONV, after=0, limit=99)) == events
            assert await second.people.person("zhangwei") == person()
            assert await second.devices.session("s1") == device_session("s1")
            assert await second.changes.cursor("search") == 5
            assert await all_changes(second) == changes
            found = await second.conversations.membership(CONV, "bob")
            assert found is not None
            assert found.read == 7
            again = await second.messages.append(draft("3", mid=events[3].mid))
            assert (again.duplicate, again.event) == (True, events[3])
            assert (await second.messages.append(draft())).event.seq == 21

    async def test_closing_writes_out_what_waits(self, open_again: OpenAgain) -> None:
        async with open_again() as first:
            futures = [first.messages.append(draft()) for _ in range(200)]
        assert seqs([(await future).event for future in futures]) == list(range(1, 201))
        async with open_again() as second:
            assert (await second.messages.head(CONV)).seq == 200

    async def test_one_sees_at_once_what_the_other_wrote(
        self, store: Store, open_again: OpenAgain
    ) -> None:
        async with open_again() as other:
            await open_direct(store)
            assert await other.conversations.membership(CONV, "ann") is not None
            for turn in range(5):
                event = (await store.messages.append(draft())).event
                assert (await other.messages.head(CONV)).seq == event.seq == 2 * turn + 1
                event = (await other.messages.append(draft())).event
                assert (await store.messages.head(CONV)).seq == event.seq == 2 * turn + 2
            left = await other.conversations.leave(CONV, "bob", fact())
            assert left is not None
            assert left.left_seq == 10
            back = await store.conversations.join(member("bob", first_seq=11), fact())
            assert back.version > left.version

    async def test_two_processes_leave_one_gapless_log(
        self, store: Store, open_again: OpenAgain
    ) -> None:
        async with open_again() as other:
            events = await asyncio.gather(
                *(append_many(one, 40) for _ in range(5) for one in (store, other))
            )
            assert sorted(seq for one in events for seq in seqs(one)) == list(range(1, 401))
            changes = await all_changes(store)
            told = [change.event.seq for change in changes if change.event]
            assert told == list(range(1, 401))
            assert await all_changes(other) == changes

    async def test_a_send_through_both_is_appended_once(
        self, store: Store, open_again: OpenAgain
    ) -> None:
        async with open_again() as other:
            answers = await asyncio.gather(
                *(
                    one.messages.append(draft(f"{n}", mid=f"m-{n}"))
                    for n in range(30)
                    for one in (store, other)
                )
            )
            assert sum(answer.duplicate for answer in answers) == 30
            for one, two in zip(answers[::2], answers[1::2], strict=True):
                assert one.event == two.event
            assert (await store.messages.head(CONV)).seq == 30

    async def test_of_two_turns_one_wins(self, store: Store, open_again: OpenAgain) -> None:
        talk = Dialogue("s:@a:ann", "@a", "ann", version=1)
        async with open_again() as other:
            answers = await asyncio.gather(
                *(
                    one.dialogues.commit_turn(talk, [draft(conv=talk.conv)], [fact()])
                    for one in (store, other)
                ),
                return_exceptions=True,
            )
            assert sum(isinstance(one, VersionConflict) for one in answers) == 1
            assert (await other.messages.head(talk.conv)).seq == 1

    async def test_a_reader_elsewhere_misses_nothing(
        self, store: Store, open_again: OpenAgain
    ) -> None:
        async def write(one: Store, number: int) -> None:
            for _ in range(20):
                await one.messages.append(draft(conv=f"d:c:{number}"))
                await one.audit.record(fact())

        async with open_again() as other, asyncio.TaskGroup() as tasks:
            for number in range(4):
                tasks.create_task(write(store if number % 2 else other, number))
            read: list[Change] = []
            while len(read) < 160:
                read += await other.changes.changes(read[-1].position if read else 0, 9)
                await asyncio.sleep(0)
        assert read == await all_changes(store)
