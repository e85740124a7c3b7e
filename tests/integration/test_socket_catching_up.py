"""Devices that were away, and devices that do not read: nothing is missing, nothing grows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.errors import Overloaded, StoreUnavailable
from chat_server.transport.limits import SocketLimits
from tests.socket_house import DIRECT, FEED, SERVICE, House, Socket, draft, fact, open_house


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as house:
        yield house


async def write(house: House, count: int, conv: str = DIRECT, text: str = "hello") -> None:
    start = (await house.store.messages.head(conv)).seq
    sender = "bob" if conv == DIRECT else "@bank"
    for number in range(start, start + count):
        await house.store.messages.append(draft(conv, sender, f"w{number}", text))


async def read_on(device: Socket, conv: str, after: int) -> tuple[list[int], list[int]]:
    """Pages until there is no more: the seqs of the pages, and of the pushes in between."""
    paged, pushed, more = [], [], True
    while more:
        await device.send(type="history", id=f"h{after}", conv=conv, after=after, limit=50)
        while (frame := await device.get())["type"] != "events":
            pushed += [frame["seq"]] if frame["type"] == "event" else []
        paged += [event["seq"] for event in frame["events"]]
        after, more = max([after, *paged]), frame["more"]
    return paged, pushed


async def test_sync_pushes_what_was_missed_then_goes_on_live(house):
    await write(house, 5)
    ann = await house.device("ann")
    await ann.send(type="sync", id="s", cursors={DIRECT: 2, FEED: 0, "d:not:mine": 0})
    assert [(await ann.get())["seq"] for _ in range(3)] == [3, 4, 5]
    synced = await ann.get()
    assert (synced["type"], synced["id"]) == ("synced", "s")
    marks = {(mark["conv"], mark["user"]) for mark in synced["marks"]}
    assert marks == {(DIRECT, "ann"), (DIRECT, "bob"), (FEED, "ann")}
    await write(house, 1)
    assert (await ann.get())["seq"] == 6


async def test_sync_beyond_its_limit_lags_and_history_goes_on(house):
    await write(house, 250)
    ann = await house.device("ann")
    await ann.send(type="sync", id="s", cursors={DIRECT: 0})
    assert [(await ann.get())["seq"] for _ in range(100)] == list(range(1, 101))
    assert await ann.get() == {"type": "lagging", "conv": DIRECT, "head": 250}
    assert (await ann.get())["type"] == "synced"
    await write(house, 3)
    assert await ann.silent()
    paged, pushed = await read_on(ann, DIRECT, 100)
    assert (paged, pushed) == (list(range(101, 254)), [])
    await write(house, 1)
    assert (await ann.get())["seq"] == 254


async def test_one_sync_pushes_at_most_a_thousand_events(house):
    convs = [f"d:ann:x{number}" for number in range(12)]
    for conv in convs:
        await house.store.conversations.open_conversation(
            Conversation(conv, ConversationKind.DIRECT),
            [Membership(conv, user, Role.MEMBER) for user in ("ann", "bob")],
            fact("conversation_opened", conv),
        )
        for number in range(100):
            await house.store.messages.append(draft(conv, "bob", f"m{number}"))
    ann = await house.device("ann")
    await ann.send(type="sync", id="s", cursors=dict.fromkeys(convs, 0))
    kinds: list[str] = []
    while kinds[-1:] != ["synced"]:
        kinds.append((await ann.get())["type"])
    assert kinds.count("event") == 1000
    assert kinds.count("lagging") == 2


async def test_sync_while_others_write_has_no_gap_and_no_doubles(house):
    await write(house, 60)
    ann = await house.device("ann")
    writing = asyncio.create_task(write(house, 60))
    await asyncio.sleep(0)
    await ann.send(type="sync", id="s", cursors={DIRECT: 30})
    seqs: list[int] = []
    while len(set(seqs)) < 90:
        frame = await ann.get()
        if frame["type"] == "event":
            seqs.append(frame["seq"])
    await writing
    assert set(seqs) >= set(range(31, 121))


async def test_own_sends_during_a_sync_are_acked_in_order(house):
    await write(house, 80)
    ann = await house.device("ann")
    await ann.send(type="sync", id="s", cursors={DIRECT: 0})
    for number in range(5):
        body = {"type": "text", "text": "mine"}
        await ann.send(type="send", id=f"{number}", conv=DIRECT, mid=f"m{number}", body=body)
    seqs = []
    while len(seqs) < 85:
        frame = await ann.get()
        if frame["type"] in {"event", "ack"}:
            seqs.append(frame["seq"])
    assert seqs == list(range(1, 86))


async def test_a_device_that_never_reads_is_told_once_and_catches_up_completely():
    limits = SocketLimits(outbox_bytes=32 * 1024, tick_s=0.05)
    async with open_house(limits=limits) as house:
        ann, bob = await house.device("ann"), await house.device("bob")
        ann.ws.transport.pause_reading()
        (connection,) = [c for c in house.room.connections if c.seat.user == "ann"]
        most = 0
        for _ in range(60):
            await write(house, 50, SERVICE, "x" * 2000)
            most = max(most, connection._outbox.size())
        assert most < 64 * 1024
        assert connection.seat.lagged == 1
        ack = await bob.say(DIRECT, "m1")  # others do not notice
        assert ack["seq"] == 1
        ann.ws.transport.resume_reading()
        pushed = []
        while (frame := await ann.get())["type"] == "event":
            pushed.append(frame["seq"])
        assert frame == {"type": "lagging"}
        assert pushed == list(range(1, len(pushed) + 1))
        paged, _ = await read_on(ann, SERVICE, len(pushed))
        assert pushed + paged == list(range(1, 3001))
        assert (await read_on(ann, DIRECT, 0))[0] == [1]
        await write(house, 1, SERVICE)
        assert (await ann.get())["seq"] == 3001


async def test_a_device_that_sends_and_never_reads_is_not_read_from():
    limits = SocketLimits(outbox_bytes=16 * 1024, tick_s=0.05)
    async with open_house(limits=limits) as house:
        await write(house, 200, text="x" * 1000)
        ann = await house.device("ann")
        ann.ws.transport.pause_reading()
        for number in range(60):
            await ann.send(type="history", id=f"{number}", conv=DIRECT, after=0, limit=200)
        (connection,) = house.room.connections
        async with asyncio.timeout(10):
            while not connection._hushed:  # noqa: ASYNC110 - the kernel takes some megabytes first
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)
        assert connection._outbox.size() < 16 * 1024 + 300 * 1024
        ann.ws.transport.resume_reading()
        got = [(await ann.get())["id"] for _ in range(60)]
        assert got == [str(number) for number in range(60)]


async def test_pings_without_reading_do_not_pile_up():
    limits = SocketLimits(outbox_bytes=4 * 1024, frames_per_s=10**9, tick_s=0.05)
    async with open_house(limits=limits) as house:
        ann = await house.device("ann")
        ann.ws.transport.pause_reading()
        (connection,) = house.room.connections
        quiet = 0
        while quiet < 50:  # until the kernel takes no more of the answers
            if ann.ws.transport.get_write_buffer_size() < 100_000:
                ann.ws.transport.write(b'\x81\x8f\0\0\0\0{"type":"ping"}' * 1000)
            await asyncio.sleep(0.002)
            quiet = quiet + 1 if connection._hushed == {"full"} else 0
            assert connection._outbox.size() < 256 * 1024


async def test_the_last_page_goes_live_while_others_write(house):
    await write(house, 300)
    ann = await house.device("ann")
    await ann.send(type="sync", id="s", cursors={DIRECT: 0})
    await ann.wait_for("synced")
    stop = asyncio.Event()

    async def keep_writing() -> None:
        while not stop.is_set():
            await write(house, 1)
            await asyncio.sleep(0.001)

    writing = asyncio.create_task(keep_writing())
    paged, pushed = await read_on(ann, DIRECT, 100)
    stop.set()
    await writing
    await write(house, 1)
    head = (await house.store.messages.head(DIRECT)).seq
    seqs: set[int] = {*paged, *pushed}
    while max(seqs) < head:
        seqs.add((await ann.wait_for("event"))["seq"])
    assert seqs == set(range(101, head + 1))


@pytest.mark.parametrize(
    ("failure", "code"),
    [(Overloaded(retry_after_s=0.5), "overloaded"), (StoreUnavailable(), "store_unavailable")],
)
async def test_an_append_that_fails_is_told_and_later_ones_go_on(
    house, monkeypatch, failure: Exception, code: str
):
    ann = await house.device("ann")
    append = house.store.messages.append

    def refuse(_: Any) -> asyncio.Future[Any]:
        future = asyncio.get_running_loop().create_future()
        future.set_exception(failure)
        return future

    await ann.say(DIRECT, "m0")
    monkeypatch.setattr(house.store.messages, "append", refuse)
    error = await ann.say(DIRECT, "m1")
    assert error["code"] == code
    assert error.get("retry_after") == getattr(failure, "retry_after_s", None)
    monkeypatch.setattr(house.store.messages, "append", append)
    assert (await ann.say(DIRECT, "m1"))["seq"] == 2


async def test_rings_out_of_order_are_delivered_in_order(house):
    ann = await house.device("ann")
    log = house.store._log
    rings, log._rings = log._rings, []
    await write(house, 4)
    events = await house.store.messages.events(DIRECT, after=0, limit=10)
    for at in (2, 0, 3, 1):
        rings[0]([events[at]])
    assert [(await ann.get())["seq"] for _ in range(4)] == [1, 2, 3, 4]
    assert await ann.silent()
