"""`kill -9` while customers and their manager write: what was acked is there, once, in order."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.house import ServedHouse, demo_data, loaded_data
from tests.integration.talking import (
    NO_PACE,
    WITH_LINA,
    WITH_ZHANGWEI,
    device,
    kept,
    one_more_ack,
    read_back,
)

__all__ = ["demo_data", "loaded_data"]
pytestmark = pytest.mark.crash

KILLS = 3
PATIENCE_S = 180.0


async def test_a_server_killed_three_times_keeps_every_promise(
    demo_data: Path, tmp_path: Path
) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    house = ServedHouse(demo_data, NO_PACE)
    house.start()
    try:
        async with asyncio.timeout(PATIENCE_S), AsyncExitStack() as stack:
            talkers = [
                await stack.enter_async_context(device(house.url, user, name, tmp_path, *convs))
                for user, name, *convs in (
                    ("zhangwei", "phone", WITH_ZHANGWEI),
                    ("zhangwei", "tablet", WITH_ZHANGWEI),
                    ("lina", "phone", WITH_LINA),
                    ("wangfang", "desk", WITH_ZHANGWEI, WITH_LINA),
                )
            ]
            enough = asyncio.Event()
            talking = asyncio.gather(*(talker.talk(enough) for talker in talkers))
            for _ in range(KILLS):
                await asyncio.sleep(chance.uniform(0.2, 0.8))
                house.kill()
                await asyncio.to_thread(house.start)
                await one_more_ack(talkers)
            enough.set()
            await talking
            for talker in talkers:
                await talker.say_again(chance, 20)
            await read_back(talkers)
    finally:
        house.stop()
    counts = kept(tmp_path).counts
    assert counts.finished == len(talkers)
    assert counts.connections >= len(talkers) * (KILLS + 1)
    assert counts.acked_events > len(talkers) * 50  # it did meet the kills
