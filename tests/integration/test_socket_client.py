"""The client library against a real server: drops, restarts, gaps, and a killed process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import pytest

from chat_server.client.client import Client
from chat_server.client.faults import Ended, Refused
from chat_server.domain.bodies import Menu
from chat_server.history.check import check
from chat_server.ports.bus import SessionEnded
from chat_server.wire import frames
from tests.house import ServedHouse
from tests.socket_house import DIRECT, SERVICE, House, draft, open_house


@pytest.fixture(params=["memory", "sqlite"])
async def house(request, tmp_path) -> AsyncIterator[House]:
    url = "memory://" if request.param == "memory" else f"sqlite:///{tmp_path / 'chat.db'}"
    async with open_house(url) as house:
        yield house


async def client(house: House, user: str, device: str = "phone", **options) -> Client:
    url = f"http://127.0.0.1:{house.port}"
    token = await house.token(user, device)
    return Client(url, user, device=device, token=token, **options)


async def take(events: AsyncIterator[frames.Event], count: int) -> list[frames.Event]:
    async with asyncio.timeout(20):
        return [await anext(events) for _ in range(count)]


async def test_two_clients_talk(house):
    async with await client(house, "ann") as ann, await client(house, "bob") as bob:
        ack = await ann.send(DIRECT, "你好")
        (event,) = await take(bob.events(), 1)
        assert (event.seq, event.from_) == (ack.seq, "ann") == (1, "ann")
        await bob.read(DIRECT, 1)
        items = {item.conv: item for item in await bob.conversations()}
        assert items[DIRECT].head == 1
        page = await ann.history(DIRECT, after=0)
        assert [event.seq for event in page.events] == [1]
        await ann.send(SERVICE, Menu("balance", "余额"))
        with pytest.raises(Refused, match="card_not_open"):
            await ann.submit(SERVICE, 9, "confirm", {"code": "123456"})
        assert (await ann.submit(SERVICE, 1, "confirm")).seq == 2


async def test_pipelined_sends_are_all_acked_in_order(house):
    async with await client(house, "ann") as ann, await client(house, "bob") as bob:
        acks = await asyncio.gather(*(ann.send(DIRECT, str(n)) for n in range(100)))
        assert [ack.seq for ack in acks] == list(range(1, 101))
        assert [event.seq for event in await take(bob.events(), 100)] == list(range(1, 101))


async def test_marks_and_typing_are_heard(house):
    heard: list[object] = []
    async with await client(house, "ann") as ann, await client(house, "bob") as bob:
        ann.on_marks(heard.append)
        ann.on_typing(heard.append)
        ack = await ann.send(DIRECT, "hi")
        await bob.typing(DIRECT, on=True)
        await bob.delivered(DIRECT, ack.seq)
        async with asyncio.timeout(5):
            while len(heard) < 2:  # noqa: ASYNC110 - what is waited for is the list
                await asyncio.sleep(0.01)
    assert frames.TypingState(DIRECT, "bob", on=True) in heard
    assert frames.Marks(DIRECT, "bob", read=0, delivered=1) in heard


async def test_dropped_lines_lose_and_double_nothing(house):
    async with await client(house, "ann") as ann, await client(house, "bob") as bob:

        async def cut_now_and_then() -> None:
            while True:
                await asyncio.sleep(0.15)
                for connection in list(house.room.connections):
                    connection.cut()

        cutting = asyncio.create_task(cut_now_and_then())
        sending = asyncio.gather(*(ann.send(DIRECT, str(n)) for n in range(300)))
        events = await take(bob.events(), 300)
        acks = await sending
        cutting.cancel()
    assert [event.seq for event in events] == list(range(1, 301))
    assert sorted(ack.seq for ack in acks) == list(range(1, 301))
    assert (await house.store.messages.head(DIRECT)).seq == 300


async def test_a_client_away_reads_on_from_its_cursors(house):
    async with await client(house, "bob", from_start=True) as bob:
        await house.store.messages.append(draft(DIRECT, "ann", "m0"))
        await take(bob.events(), 1)
        cursors = bob.cursors()
    for number in range(1, 500):
        await house.store.messages.append(draft(DIRECT, "ann", f"m{number}"))
    async with await client(house, "bob", cursors=cursors) as bob:
        events = await take(bob.events(), 499)
        assert [event.seq for event in events] == list(range(2, 501))
        assert bob.cursors()[DIRECT] == 500


async def test_without_cursors_it_begins_at_the_head_or_at_the_start(house):
    for number in range(150):
        await house.store.messages.append(draft(DIRECT, "ann", f"m{number}"))
    async with await client(house, "bob") as bob:
        assert bob.cursors()[DIRECT] == 150
    async with await client(house, "bob", from_start=True) as bob:
        assert [event.seq for event in await take(bob.events(), 150)] == list(range(1, 151))


async def test_an_ended_session_ends_the_client(house):
    async with await client(house, "ann") as ann:
        house.bus.publish(SessionEnded("ann-phone"))
        async with asyncio.timeout(5):
            assert [event async for event in ann.events()] == []
        with pytest.raises(Ended):
            await ann.send(DIRECT, "too late")


async def test_a_refused_token_ends_the_client(house):
    with pytest.raises(Ended):
        async with Client(f"http://127.0.0.1:{house.port}", "ann", device="phone", token="no"):
            pass


async def test_the_journal_tells_what_was_sent_and_heard(house, tmp_path):
    path = tmp_path / "ann.jsonl"
    async with await client(house, "ann", journal=path) as ann, await client(house, "bob") as bob:
        await ann.send(DIRECT, "one", mid="m1")
        await bob.send(DIRECT, "two", mid="m2")
        await take(ann.events(), 1)
        await ann.history(DIRECT, after=0)
        await ann.read_back()
    told = [json.loads(line) for line in path.read_text().splitlines()]
    said = [line["what"] for line in told]
    begin = ["client", "open", "hello", "sync", "synced", "send", "ack", "push", "history", "page"]
    logs = ["history", "page"] * 4  # of every conversation she is in
    assert said == [*begin, "final", "sync", "synced", *logs, "close"]
    page = told[said.index("page")]
    assert [event[:3] for event in page["events"]] == [[1, "m1", "ann"], [2, "m2", "bob"]]
    (push,) = [line["event"] for line in told if line["what"] == "push"]
    assert push == page["events"][1]
    assert '"one"' not in path.read_text()  # nobody's words are in it
    assert check(tmp_path).held


@pytest.fixture
def process(tmp_path) -> Iterator[ServedHouse]:
    process = ServedHouse(tmp_path / "data", demo=False)
    out = str(tmp_path / "prepared.json")
    process.elian("bench", "prepare", "--users", "2", "--pairs", "1", "--out", out)
    process.start()
    yield process
    process.kill()


@pytest.mark.crash
async def test_a_killed_server_loses_no_acked_message_and_doubles_none(process, tmp_path):
    house = json.loads((tmp_path / "prepared.json").read_text())
    (one, other, conv) = house["pairs"][0]
    url = process.url
    tokens = {user["user"]: user["token"] for user in house["users"]}
    acked: dict[str, int] = {}
    heard: list[frames.Event] = []
    async with (
        Client(url, one, device="bench", token=tokens[one]) as sender,
        Client(url, other, device="bench", token=tokens[other]) as receiver,
    ):

        async def talk(line: int) -> None:
            for number in range(150):
                ack = await sender.send(conv, f"{line} {number}", mid=f"{line}-{number}")
                acked[ack.mid] = ack.seq

        async def hear() -> None:
            async for event in receiver.events():
                heard.append(event)  # noqa: PERF401 - it never ends by itself

        hearing = asyncio.create_task(hear())
        talking = asyncio.gather(*(talk(line) for line in range(8)))
        for end in (process.kill, process.stop, process.kill):
            await asyncio.sleep(0.3)
            await asyncio.to_thread(end)
            await asyncio.to_thread(process.start)
        async with asyncio.timeout(60):
            await talking
            while len(heard) < len(acked):  # noqa: ASYNC110 - what is waited for is the list
                await asyncio.sleep(0.05)
        hearing.cancel()
    assert len(acked) == 1200
    assert sorted(acked.values()) == list(range(1, 1201))
    assert [event.seq for event in heard] == list(range(1, 1201))
    assert {event.mid: event.seq for event in heard} == acked
