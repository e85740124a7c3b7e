"""W6 from outside: thousands reconnect at once and catch up; two pairs go on talking.

A device has caught up when its `synced` came and all it had missed came before.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from typing import Any

from benchmarks.generator import Device, Watch, connect, connect_all, generate, spread
from benchmarks.speech import Heard
from benchmarks.w1 import Load, Pair, pace

RATE = 50.0  # sends a second meanwhile
MOST_S = 120.0


class Returning(Device):
    missed = 0
    lagged = False

    def take(self, heard: Heard) -> None:
        if heard.type == "lagging":
            self.lagged = True
        elif heard.type == "event":
            self.missed += 1
        elif heard.type == "synced":
            self.caught_up.set()
        else:
            super().take(heard)


async def main(asked: argparse.Namespace) -> dict[str, Any]:
    house = asked.house
    cursors, held = house["cursors"], house["logged"] // 2
    talkers = await connect_all(asked, house["users"][:4])
    load = Load(RATE)
    pairs = []
    for one, other, conv in house["pairs"]:
        pair = Pair(talkers[one], conv, load)
        talkers[one].on_heard = talkers[other].on_heard = pair.heard
        pairs.append(pair)
    pacing = asyncio.create_task(pace(pairs, RATE))
    await asyncio.sleep(1.0)
    load.took.clear()
    begun, watch = time.perf_counter(), Watch(asked.pid)
    took: list[float] = []
    room = asyncio.Semaphore(1000)  # what the port's backlog takes at once

    async def come_back(user: dict[str, str]) -> Device:
        async with room:
            device = await connect(asked.url, asked.speech, user, Returning)
        device.caught_up = asyncio.Event()
        said = {"type": "sync", "cursors": dict.fromkeys(cursors[user["user"]], held)}
        device.say([json.dumps(said).encode()])
        await device.caught_up.wait()
        took.append(time.perf_counter() - begun)
        return device

    async with asyncio.timeout(MOST_S):
        devices = await asyncio.gather(*map(come_back, house["users"][4:]))
    lasted = time.perf_counter() - begun
    told = watch.told(len(devices))
    answered = spread(load.took)
    pacing.cancel()
    return {
        "devices": len(devices),
        "caught_up_s": round(lasted, 2),
        "half_s": round(sorted(took)[len(took) // 2], 2),
        "short": sum(d.missed < held * len(cursors[d.user]) for d in devices),
        "lagged": sum(d.lagged for d in devices),
        "sends_meanwhile": answered | {"count": len(load.took)},
        "server_us": told["server_us"],
        "generator_busy": told["generator_busy"],
    }


if __name__ == "__main__":
    generate(__doc__, main)
