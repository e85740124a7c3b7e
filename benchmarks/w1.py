"""W1 and W4 from outside: pairs that talk with a window of 8 sends each, or at a rate.

A message is done when its sender has the ack and its receiver the event.
"""

from __future__ import annotations

import argparse
import asyncio
import time

from benchmarks.generator import (
    DRAIN_S,
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

WINDOW = 8


class Load:
    def __init__(self, rate: float) -> None:
        self.rate, self.count = rate, 0
        self.refused = 0
        self.going = True
        self.took: list[float] = []
        self.base = f"{int(time.time() * 1000):012x}-"


class Pair:
    """Both ends tell it what they heard: twice each mid."""

    def __init__(self, sender: Device, conv: str, load: Load) -> None:
        self.sender, self.conv, self.load = sender, conv, load
        self.sent: dict[str, float] = {}
        self.once: set[str] = set()

    def send(self) -> None:
        self.load.count += 1
        mid = f"{self.load.base}{self.load.count:012x}"
        self.sent[mid] = time.perf_counter()
        self.sender.say(self.sender.speech.message(self.sender.user, self.conv, mid))

    def heard(self, heard: Heard) -> None:
        mid = heard.mid
        if heard.code:  # refused for now; `id` is the send's, which has its mid for a name
            self.sent.pop(heard.id, None)
            self.load.refused += 1
            self.again()
            return
        if mid not in self.sent:
            return
        if mid not in self.once:
            self.once.add(mid)
            return
        self.once.remove(mid)
        self.load.took.append(time.perf_counter() - self.sent.pop(mid))
        self.again()

    def again(self) -> None:
        if not self.load.rate and self.load.going:
            self.send()


async def pace(pairs: list[Pair], rate: float) -> None:
    begun, sent = time.perf_counter(), 0
    while True:
        while sent < (time.perf_counter() - begun) * rate:
            pairs[sent % len(pairs)].send()
            sent += 1
        await asyncio.sleep(0.001)


async def main(asked: argparse.Namespace) -> Slice:
    talking = {user for one, other, _ in asked.house["pairs"] for user in (one, other)}
    users = [user for user in asked.house["users"] if user["user"] in talking]
    devices = await connect_all(asked, users)
    load = Load(asked.rate)
    pairs = []
    for one, other, conv in asked.house["pairs"]:
        pair = Pair(devices[one], conv, load)
        devices[one].on_heard = devices[other].on_heard = pair.heard
        pairs.append(pair)

    async def one_slice() -> Found:
        load.going = True
        pacing = asyncio.create_task(pace(pairs, load.rate)) if load.rate else None
        for pair in pairs if not load.rate else ():
            for _ in range(WINDOW):
                pair.send()
        await asyncio.sleep(WARM_S)
        load.took.clear()
        load.refused, watch = 0, Watch(asked.pid)
        await asyncio.sleep(asked.seconds)
        told = watch.told(len(load.took)) | spread(load.took) | {"refused": load.refused}
        load.going = False
        if pacing:
            pacing.cancel()
        async with asyncio.timeout(DRAIN_S):
            while any(pair.sent for pair in pairs):  # noqa: ASYNC110 - on what is timed, no more work
                await asyncio.sleep(0.01)
        return told

    return one_slice


if __name__ == "__main__":
    generate_slices(__doc__, main)
