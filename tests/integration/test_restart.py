"""`SIGTERM` while people write: the client library's users notice nothing but a pause."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from chat_server.client.client import Client
from tests.house import ServedHouse, run_elian
from tests.integration.talking import Talker, kept, one_more_ack, read_back
from tests.servers import mongo_server, mongo_url, redis_server, redis_url

__all__ = ["mongo_server", "mongo_url", "redis_server", "redis_url"]
pytestmark = pytest.mark.crash

PATIENCE_S = 180.0
PAIRS = 2


@dataclass
class Prepared:
    """A house with load-test people in it, and who they are."""

    house: ServedHouse
    people: dict[str, Any]

    def devices(self, folder: Path) -> Iterator[tuple[Client, list[str]]]:
        """One of each person, with the conversations they have."""
        for user in self.people["users"]:
            name = user["user"]
            yield (
                Client(
                    self.house.url,
                    name,
                    device=user["device"],
                    token=user["token"],
                    from_start=True,
                    journal=folder / f"{name}.jsonl",
                ),
                [conv for one, other, conv in self.people["pairs"] if name in {one, other}],
            )


def prepared(folder: Path, **settings: str) -> Prepared:
    data, out = folder / "data", folder / "prepared.json"
    counts = ["--users", str(2 * PAIRS), "--pairs", str(PAIRS), "--out", str(out)]
    run_elian("bench", "prepare", "--data", str(data), *counts, settings=settings)
    house = ServedHouse(data, settings, demo=False)
    return Prepared(house, json.loads(out.read_text()))


def two_workers(folder: Path, mongo_url: str, redis_url: str) -> Prepared:
    return prepared(
        folder,
        ELIAN_STORE_URL=f"{mongo_url}/restart_{token_hex(4)}",
        ELIAN_BUS_URL=redis_url,
        ELIAN_WORKERS="2",
    )


@asynccontextmanager
async def talking(prepared: Prepared, folder: Path) -> AsyncIterator[list[Talker]]:
    async with AsyncExitStack() as stack:
        talkers = []
        for client, convs in prepared.devices(folder):
            talkers.append(Talker(client, convs))
            stack.callback(asyncio.create_task(talkers[-1].listen()).cancel)
            await stack.enter_async_context(client)
        yield talkers


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


async def restarted_under_load(
    prepared: Prepared, folder: Path, *, times: int, pause_s: float = 0
) -> int:
    """How many messages were acked meanwhile; every promise was kept for them."""
    house = prepared.house
    async with asyncio.timeout(PATIENCE_S), talking(prepared, folder) as talkers:
        enough = asyncio.Event()
        writing = asyncio.gather(*(talker.talk(enough, pause_s) for talker in talkers))
        await everybody_goes_on(talkers)
        for _ in range(times):
            await asyncio.to_thread(house.stop)
            assert house.process is not None
            assert house.process.returncode == 0
            await asyncio.to_thread(house.start)
            await everybody_goes_on(talkers)
        enough.set()
        await writing
        await read_back(talkers)
        acked = sum(len(talker.acks) for talker in talkers)
    kept(folder)
    return acked


async def test_a_restart_under_load_loses_nothing_and_is_told_beforehand(tmp_path: Path) -> None:
    one = prepared(tmp_path)
    folder = tmp_path / "devices"
    folder.mkdir()
    one.house.start()
    try:
        assert await restarted_under_load(one, folder, times=2) > 0
    finally:
        one.house.stop()
    told = [reason for code, reason in closes(folder) if code == 1012]
    assert len(told) == 2 * 2 * PAIRS
    waits = [float(reason.removeprefix("retry_after=")) for reason in told]
    assert 1.0 <= min(waits) < max(waits) <= 5.0
    assert "Traceback" not in one.house.log.read_text()


async def test_a_house_of_two_workers_restarts_as_well(
    tmp_path: Path, mongo_url: str, redis_url: str
) -> None:
    one = two_workers(tmp_path, mongo_url, redis_url)
    folder = tmp_path / "devices"
    folder.mkdir()
    one.house.start()
    try:
        # at a pace that a MongoDB in Python can follow
        assert await restarted_under_load(one, folder, times=1, pause_s=0.05) > 0
    finally:
        one.house.stop()


def children_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_workers_do_not_outlive_a_killed_parent(
    tmp_path: Path, mongo_url: str, redis_url: str
) -> None:
    house = two_workers(tmp_path, mongo_url, redis_url).house
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
