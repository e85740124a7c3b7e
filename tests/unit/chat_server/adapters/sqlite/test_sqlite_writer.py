"""The writer: bounded, and one caller's bad value or fault is nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.adapters.sqlite.connection import prepare
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.errors import InvalidValue, MidReused, Overloaded, StoreUnavailable
from chat_server.domain.facts import Fact
from chat_server.domain.message import Draft, Event, EventKind
from chat_server.ports.store import Store


def draft(mid: str, *, conv: str = "c", body: bytes = b"x", at_ms: int = 1) -> Draft:
    return Draft(conv, "ann", mid, EventKind.MESSAGE, body, body[:8], at_ms)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{tmp_path}/chat.db", clock=SystemClock()) as opened:
        yield opened


async def test_a_full_queue_refuses_at_once_and_takes_again_later(tmp_path: Path) -> None:
    prepare(tmp_path / "chat.db")
    writer = Writer(tmp_path / "chat.db", asyncio.get_running_loop(), most_waiting=10)
    taken = [writer.append(draft(f"{n}")) for n in range(10)]
    refused = writer.append(draft("10"))
    assert refused.done()
    with pytest.raises(Overloaded):
        await refused
    writer.start()
    assert [(await future).event.seq for future in taken] == list(range(1, 11))
    assert (await writer.append(draft("10"))).event.seq == 11
    await writer.close()


async def test_waiting_bodies_are_bounded_in_bytes(tmp_path: Path) -> None:
    prepare(tmp_path / "chat.db")
    writer = Writer(tmp_path / "chat.db", asyncio.get_running_loop(), most_bytes=1000)
    large = writer.append(draft("1", body=b"x" * 900))
    with pytest.raises(Overloaded):
        await writer.append(draft("2", body=b"x" * 101))
    small = writer.append(draft("3", body=b"x" * 100))
    writer.start()
    await asyncio.gather(large, small)
    assert (await writer.append(draft("2", body=b"x" * 1000))).event.seq == 3
    await writer.close()


async def test_a_closed_store_takes_nothing(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/chat.db", clock=SystemClock()) as store:
        await store.ping()
    with pytest.raises(StoreUnavailable):
        await store.messages.append(draft("1"))
    with pytest.raises(StoreUnavailable):
        await store.messages.head("c")
    with pytest.raises(StoreUnavailable):
        await store.changes.advance_cursor("x", 1)


async def test_what_cannot_be_stored_harms_only_its_sender(store: Store) -> None:
    futures = [
        store.messages.append(one)
        for one in (
            draft("1"),
            draft("\ud800"),
            draft("2"),
            draft("3", at_ms=2**70),
            draft("1", body=b"other"),
            draft("4", conv="\udfff"),
            draft("5"),
            draft("1"),
        )
    ]
    answers = await asyncio.gather(*futures, return_exceptions=True)
    kinds = [type(one) if isinstance(one, Exception) else one.event.seq for one in answers]  # type: ignore[union-attr]
    assert kinds == [1, InvalidValue, 2, InvalidValue, MidReused, InvalidValue, 3, 1]
    assert (await store.messages.head("c")).seq == 3


async def test_what_cannot_be_asked_harms_only_who_asked(store: Store) -> None:
    await store.messages.append(draft("1"))
    answers = await asyncio.gather(
        store.messages.find("c", "ann", "\ud800"),
        store.messages.head("c"),
        store.conversations.membership("\ud800", "ann"),
        store.conversations.memberships("ann", after_version=2**70),
        store.messages.events("c", after=2**70, limit=5),
        return_exceptions=True,
    )
    assert [type(one) for one in answers[2:4]] == [InvalidValue, InvalidValue]
    assert isinstance(answers[0], InvalidValue)
    assert answers[1].seq == 1  # type: ignore[union-attr]
    assert answers[4] == []


async def test_a_name_with_a_zero_character_is_a_name_like_others(store: Store) -> None:
    for mid in ("a\0b", "a\0c", "a"):
        assert not (await store.messages.append(draft(mid))).duplicate
    assert (await store.messages.append(draft("a\0b"))).event.seq == 1
    assert (await store.messages.append(draft("a\0c"))).event.seq == 2


async def test_a_failing_watcher_keeps_no_answer_back(store: Store) -> None:
    rung: list[Event] = []

    def fail(appended: Sequence[Event]) -> None:
        raise RuntimeError(len(appended))

    store.watch(fail)
    store.watch(rung.extend)
    event = (await store.messages.append(draft("1"))).event
    assert rung == [event]


async def test_a_batch_beyond_one_statement_and_one_commit_keeps_its_order(store: Store) -> None:
    futures = [store.messages.append(draft(f"{n}", conv=f"c{n % 7}")) for n in range(7000)]
    events = [(await future).event for future in futures]
    assert [event.mid for event in events] == [f"{n}" for n in range(7000)]
    assert [event.seq for event in events] == [n // 7 + 1 for n in range(7000)]
    again = await asyncio.gather(
        *(store.messages.append(draft(f"{n}", conv=f"c{n % 7}")) for n in range(7000))
    )
    assert [one.event for one in again] == events
    assert all(one.duplicate for one in again)


async def test_facts_and_events_of_two_processes_share_no_position(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/chat.db"
    async with (
        open_store(url, clock=SystemClock()) as one,
        open_store(url, clock=SystemClock()) as other,
    ):
        await one.messages.append(draft("first"))
        await other.audit.record(Fact("tested", "admin", "ann", 1, {}))
        again = await one.messages.append(draft("second"))
        await other.messages.append(draft("third"))
        last = await one.messages.append(draft("fourth"))
        changes = await one.changes.changes(0, 10)
    assert [change.position for change in changes] == [1, 2, 3, 4, 5]
    assert [again.event.seq, last.event.seq] == [2, 4]
