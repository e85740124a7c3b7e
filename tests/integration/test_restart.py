"""`SIGTERM` while people write: the client library's users notice nothing but a pause."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.house import ServedHouse, demo_data, loaded_data
from tests.integration.talking import (
    NO_PACE,
    WITH_LINA,
    WITH_ZHANGWEI,
    Talker,
    device,
    kept,
    one_more_ack,
    read_back,
)
from tests.integration.two_nodes import Shared, shared
from tests.servers import mongo_server, mongo_url, redis_server, redis_url

__all__ = [
    "demo_data", "loaded_data", "mongo_server", "mongo_url", "redis_server", "redis_url", "shared",
]  # fmt: skip
pytestmark = pytest.mark.crash

PATIENCE_S = 180.0
DEVICES = (
    ("zhangwei", "phone", WITH_ZHANGWEI),
    ("zhangwei", "tablet", WITH_ZHANGWEI),
    ("lina", "phone", WITH_LINA),
    ("wangfang", "desk", WITH_ZHANGWEI, WITH_LINA),
)


def closes(folder: Path) -> list[tuple[int, str]]:
    """What the devices wrote down of lines that were closed on them, but for the last."""
    found = []
    for path in folder.glob("*.jsonl"):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        closed = [line for line in lines if line["what"] == "close"]
        found += [(line.get("code", 0), line.get("reason", "")) for line in closed[:-1]]
    return found


async def everybody_goes_on(talkers: Sequence[Talker]) -> None:
    await asyncio.gather(*(one_more_ack([talker]) for talker in talkers))


async def restarted_under_load(house: ServedHouse, folder: Path, times: int, pause_s: float) -> int:
    """How many messages were acked meanwhile; every promise was kept for them."""
    async with asyncio.timeout(PATIENCE_S), AsyncExitStack() as stack:
        talkers = [
            await stack.enter_async_context(device(house.url, user, name, folder, *convs))
            for user, name, *convs in DEVICES
        ]
        enough = asyncio.Event()
        talking = asyncio.gather(*(talker.talk(enough, pause_s) for talker in talkers))
        await everybody_goes_on(talkers)
        for _ in range(times):
            await asyncio.to_thread(house.stop)
            assert house.process is not None
            assert house.process.returncode == 0
            await asyncio.to_thread(house.start)
            await everybody_goes_on(talkers)
        enough.set()
        await talking
        await read_back(talkers)
        acked = sum(len(talker.acks) for talker in talkers)
    kept(folder)
    return acked


async def test_a_restart_under_load_loses_nothing_and_is_told_beforehand(
    demo_data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "devices"
    folder.mkdir()
    house = ServedHouse(demo_data, NO_PACE)
    house.start()
    try:
        assert await restarted_under_load(house, folder, times=2, pause_s=0) > 0
    finally:
        house.stop()
    told = [reason for code, reason in closes(folder) if code == 1012]
    assert len(told) == 2 * len(DEVICES)
    waits = [float(reason.removeprefix("retry_after=")) for reason in told]
    assert 1.0 <= min(waits) < max(waits) <= 5.0
    assert "Traceback" not in house.log.read_text()


async def test_a_house_of_two_workers_restarts_as_well(shared: Shared, tmp_path: Path) -> None:
    house = shared.node(ELIAN_WORKERS="2")
    house.start()
    try:
        # at a pace that a MongoDB in Python can follow
        assert await restarted_under_load(house, tmp_path, times=1, pause_s=0.05) > 0
    finally:
        house.stop()


def children_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_workers_do_not_outlive_a_killed_parent(shared: Shared) -> None:
    house = shared.node(ELIAN_WORKERS="2")
    house.start()
    assert house.process is not None
    workers = children_of(house.process.pid)
    try:
        assert len(workers) == 2
        house.kill()
        give_up = time.monotonic() + 30
        while any(map(alive, workers)):
            assert time.monotonic() < give_up
            time.sleep(0.05)
    finally:
        for worker in filter(alive, workers):
            os.kill(worker, signal.SIGKILL)
