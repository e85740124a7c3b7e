"""More sends than the store can take: what is let in is acked, the rest is never written."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections import deque
from collections.abc import AsyncIterator

import pytest

from chat_server.client.client import Client
from chat_server.domain.ids import direct_conversation
from chat_server.domain.message import Appended, Draft
from chat_server.transport.intake import FIRST, LEAST
from chat_server.transport.limits import SocketLimits
from tests.socket_house import DIRECT, House, Socket, open_house

LOAD = direct_conversation("load", "bob")
TEXT = {"type": "text", "text": "x"}


class Tap:
    """Before the real store: while it is shut, appends wait in their order."""

    def __init__(self, house: House) -> None:
        self._append = house.store.messages.append
        house.store.messages.append = self.append  # type: ignore[method-assign]
        self.shut = False
        self.waiting: deque[tuple[Draft, Future[Appended]]] = deque()
        self.asked: list[str] = []

    def append(self, draft: Draft) -> Future[Appended]:
        self.asked.append(draft.mid)
        if not self.shut:
            return self._append(draft)
        answer = asyncio.get_running_loop().create_future()
        self.waiting.append((draft, answer))
        return answer

    async def open(self) -> None:
        self.shut = False
        while self.waiting:
            draft, answer = self.waiting.popleft()
            answer.set_result(await self._append(draft))


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house(limits=SocketLimits(overload_s=0.2)) as house:
        yield house


@pytest.fixture
async def patient_house() -> AsyncIterator[House]:
    async with open_house(limits=SocketLimits(overload_s=60)) as house:
        yield house


async def flood(device: Socket, name: str, count: int) -> None:
    for number in range(count):
        mid = f"{name}-{number}"
        await device.send(type="send", id=mid, conv=LOAD, mid=mid, body=TEXT)


async def answers_of(device: Socket, count: int) -> list[dict[str, object]]:
    """Without what the other devices of the same person wrote."""
    answers: list[dict[str, object]] = []
    while len(answers) < count:
        frame = await device.get(20)
        if frame["type"] in {"ack", "error"}:
            answers.append(frame)
    return answers


async def crowd(house: House) -> list[Socket]:
    return [await house.device("load", f"phone {number}") for number in range(4)]


async def until_narrow(house: House) -> None:
    while house.room.intake.width > LEAST:  # noqa: ASYNC110 - the intake has no event for it
        await asyncio.sleep(0.01)


async def test_what_does_not_fit_is_refused_before_it_is_written(patient_house):
    house = patient_house
    tap, devices = Tap(house), await crowd(house)
    tap.shut = True
    each = FIRST // len(devices) + 50
    for name, device in enumerate(devices):
        await flood(device, str(name), each)
    async with asyncio.timeout(20):
        while house.room.turned_down < 50 * len(devices):  # noqa: ASYNC110 - a plain counter
            await asyncio.sleep(0.01)
    await tap.open()
    told = [answer for device in devices for answer in await answers_of(device, each)]
    acked = {str(answer["mid"]) for answer in told if answer["type"] == "ack"}
    refused = [answer for answer in told if answer["type"] == "error"]
    assert len(acked) == len(tap.asked) == FIRST
    assert {answer["code"] for answer in refused} == {"overloaded"}
    waits = [float(str(answer["retry_after"])) for answer in refused]
    assert min(waits) >= 1.0
    assert max(waits) <= 5.0
    assert len(set(waits)) > 10  # they do not all come back at once
    assert not acked & {str(answer["id"]) for answer in refused}
    events = await house.store.messages.events(LOAD, after=0, limit=10_000)
    assert {event.mid for event in events} == acked


async def test_a_store_that_stands_still_is_asked_for_no_more_and_then_for_all_again(house):
    tap, devices = Tap(house), await crowd(house)
    tap.shut = True
    await flood(devices[0], "first", LEAST)
    await until_narrow(house)
    asked = len(tap.asked)
    assert (await devices[1].say(LOAD, "late"))["code"] == "overloaded"
    assert (await devices[1].ask(type="ping", id="p"))["type"] == "pong"
    history = await devices[1].ask(type="history", id="h", conv=LOAD, after=0)
    assert history["type"] == "events"  # reading goes on
    assert len(tap.asked) == asked
    await tap.open()
    assert {answer["type"] for answer in await answers_of(devices[0], LEAST)} == {"ack"}
    assert (await devices[1].say(LOAD, "late"))["type"] == "ack"


async def test_edits_and_presses_are_refused_as_sends_are(house):
    tap, (device, *_) = Tap(house), await crowd(house)
    assert (await device.say(LOAD, "m"))["seq"] == 1
    tap.shut = True
    await flood(device, "first", LEAST)
    await until_narrow(house)
    edit = {"type": "edit", "conv": LOAD, "mid": "e", "target": 1, "body": TEXT}
    press = {"type": "submit", "conv": LOAD, "mid": "p", "seq": 1, "action": "ok", "values": {}}
    assert (await device.ask(id="e", **edit))["code"] == "overloaded"
    assert (await device.ask(id="p", **press))["code"] == "overloaded"
    assert house.presses == []
    await tap.open()


async def test_the_client_library_waits_and_sends_again(house, monkeypatch):
    tap, (device, *_) = Tap(house), await crowd(house)
    tap.shut = True
    await flood(device, "first", LEAST)
    await until_narrow(house)
    monkeypatch.setattr(house.room, "retry_after_s", lambda: 0.1)
    token = await house.token("ann")
    async with Client(f"http://127.0.0.1:{house.port}", "ann", device="phone", token=token) as ann:
        said = asyncio.create_task(ann.send(DIRECT, "at last", mid="m1"))
        async with asyncio.timeout(20):
            while house.room.turned_down < 2:  # noqa: ASYNC110 - a plain counter
                await asyncio.sleep(0.01)
        assert "m1" not in tap.asked
        await tap.open()
        assert (await said).seq == 1


async def test_the_client_library_comes_back_to_a_full_house_when_told():
    async with open_house(limits=SocketLimits(connections=1)) as house:
        first, told = await house.device("bob"), []
        spread = house.room.retry_after_s
        house.room.retry_after_s = lambda: told.append(spread()) or 0.05  # type: ignore[method-assign]
        ann = Client(
            f"http://127.0.0.1:{house.port}", "ann", device="phone", token=await house.token("ann")
        )
        coming = asyncio.create_task(ann.__aenter__())
        async with asyncio.timeout(20):
            while len(told) < 3:  # noqa: ASYNC110 - a plain list
                await asyncio.sleep(0.01)
            first.ws.transport.abort()
            await coming
        assert (await ann.send(DIRECT, "let in")).seq == 1
        await ann.close()
