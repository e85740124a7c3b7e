"""W7 from outside: pages of history, anywhere in the log, eight readers at once."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time

from benchmarks.generator import (
    WARM_S,
    Device,
    Found,
    Slice,
    Watch,
    connect_all,
    generate_slices,
    spread,
)
from benchmarks.speech import Heard

READERS, PAGE = 8, 50


async def main(asked: argparse.Namespace) -> Slice:
    pairs = asked.house["pairs"][:READERS]
    names = {one for one, _, _ in pairs}
    users = [user for user in asked.house["users"] if user["user"] in names]
    devices = await connect_all(asked, users)
    chance, took = random.Random(7), []

    async def read(device: Device, conv: str) -> None:
        heads: asyncio.Queue[int] = asyncio.Queue()

        def heard(frame: Heard) -> None:
            heads.put_nowait(frame.head)

        device.on_heard = heard
        head = 0
        while True:
            edge = {"after": 0} if not head else {"before": chance.randint(PAGE + 1, head + 1)}
            said = {"type": "history", "conv": conv, "limit": PAGE} | edge
            begun = time.perf_counter()
            device.say([json.dumps(said).encode()])
            head = await heads.get()
            took.append(time.perf_counter() - begun)

    async def one_slice() -> Found:
        reading = [asyncio.create_task(read(devices[one], conv)) for one, _, conv in pairs]
        await asyncio.sleep(WARM_S)
        took.clear()
        watch = Watch(asked.pid)
        await asyncio.sleep(asked.seconds)
        told = watch.told(len(took)) | spread(took)
        for task in reading:
            task.cancel()
        await asyncio.sleep(WARM_S)  # what was asked last is answered
        return told

    return one_slice


if __name__ == "__main__":
    generate_slices(__doc__, main)
