"""Two server processes, one MongoDB and one Redis: whoever is where, it is one house."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.house import ServedHouse
from tests.integration.balancer import Balancer
from tests.integration.talking import (
    WITH_LINA,
    WITH_ZHANGWEI,
    Talker,
    device,
    kept,
    one_more_ack,
    read_back,
)
from tests.integration.two_nodes import Nodes, Shared, nodes, shared
from tests.servers import mongo_server, mongo_url, redis_server, redis_url

__all__ = ["mongo_server", "mongo_url", "nodes", "redis_server", "redis_url", "shared"]
pytestmark = pytest.mark.crash

PATIENCE_S = 180.0
PAUSE_S = 0.005  # a MongoDB that is behind in everything shows nothing but that


async def test_a_node_dies_and_nobody_misses_anything(
    nodes: Nodes, shared: Shared, tmp_path: Path
) -> None:
    a, b = nodes
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    async with asyncio.timeout(PATIENCE_S), AsyncExitStack() as stack:
        door = await stack.enter_async_context(Balancer(a.port, b.port))
        phone, tablet, lina, desk = talkers = [
            await stack.enter_async_context(device(url, user, name, tmp_path, *convs))
            for url, user, name, *convs in (
                (door.url, "zhangwei", "phone", WITH_ZHANGWEI),
                (b.url, "zhangwei", "tablet", WITH_ZHANGWEI),
                (door.url, "lina", "phone", WITH_LINA),
                (b.url, "wangfang", "desk", WITH_ZHANGWEI, WITH_LINA),
            )
        ]
        await _each_hears_of_the_other(phone, desk)
        await _each_hears_of_the_other(desk, phone)
        enough = asyncio.Event()
        talking = asyncio.gather(*(talker.talk(enough, PAUSE_S) for talker in talkers))
        await asyncio.sleep(chance.uniform(0.3, 0.8))
        a.kill()  # its people come back at the other node
        await one_more_ack([phone, lina])
        await asyncio.to_thread(a.start)
        b.kill()  # and its people wait for it
        await asyncio.to_thread(b.start)
        await one_more_ack([tablet, desk])
        enough.set()
        await talking
        for talker in talkers:
            await talker.say_again(chance, 10)
        await read_back(talkers)
        assert door.used == {a.port, b.port}
    assert kept(tmp_path).counts.connections >= 2 * len(talkers)


async def _each_hears_of_the_other(writer: Talker, reader: Talker) -> None:
    """Typing, the message, delivered and read, from one node to the other."""
    await writer.client.typing(WITH_ZHANGWEI, on=True)
    while writer.client.user not in [typing.user for typing in reader.typing]:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    ack = await writer.say(WITH_ZHANGWEI, "在吗", f"hello-{writer.client.device}")
    while ack.seq not in [event.seq for event in reader.heard]:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await reader.client.delivered(WITH_ZHANGWEI, ack.seq)
    await _marked(writer, reader, (0, ack.seq))
    await reader.client.read(WITH_ZHANGWEI, ack.seq)
    await _marked(writer, reader, (ack.seq, ack.seq))


async def _marked(writer: Talker, reader: Talker, least: tuple[int, int]) -> None:
    while not any(  # noqa: ASYNC110 - the client calls back, and has no event
        mark.user == reader.client.user and (mark.read, mark.delivered) >= least
        for mark in writer.marks
    ):
        await asyncio.sleep(0.01)


async def test_two_workers_on_one_port_are_one_house(shared: Shared, tmp_path: Path) -> None:
    house = shared.node(ELIAN_WORKERS="2")
    try:
        house.start()
        async with asyncio.timeout(PATIENCE_S), AsyncExitStack() as stack:
            talkers = [
                await stack.enter_async_context(
                    device(house.url, user, f"d{number}", tmp_path, WITH_LINA)
                )
                for number, user in enumerate(["lina", "wangfang"] * 3)
            ]
            enough = asyncio.Event()
            talking = asyncio.gather(*(talker.talk(enough, PAUSE_S) for talker in talkers))
            await asyncio.sleep(0.5)
            first, second = _children(house)
            os.kill(first, signal.SIGKILL)  # the other one goes too, and all start again
            assert house.process is not None
            assert await asyncio.to_thread(house.process.wait, 30) == 1
            with pytest.raises(ProcessLookupError):
                os.kill(second, 0)
            await asyncio.to_thread(house.start)
            await one_more_ack(talkers)
            enough.set()
            await talking
            await read_back(talkers)
    finally:
        house.stop()
    kept(tmp_path)


def _children(house: ServedHouse) -> list[int]:
    assert house.process is not None
    pid = house.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
