"""A thousand devices that never read, seen from outside: memory, the others, and catching up.

All sit in one group in which a hundred messages a second are written. They are connected,
greeted, and then read not a byte; only their pings say that they live. Pairs outside the
group talk before and meanwhile. In the end the silent ones read, and each must hold every
message, once and in order.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import picows

from benchmarks.generator import (
    Device,
    Watch,
    connect,
    connect_all,
    generate,
    memory_kb,
    spread,
)
from benchmarks.speech import Heard
from benchmarks.w1 import Load, Pair, pace

RATE = 100.0  # messages a second in the group
TALK = 50.0  # sends a second of the others
FILL_S = 60.0  # until every silent device has been told that it lags
CATCH_UP_S = 300.0
SPEAK_S = 10.0  # between signs of life
AT_ONCE = 100  # that read again
PAGE = 200


class Found(msgspec.Struct):
    """What of a frame says how far the log was read."""

    type: str
    conv: str = ""
    seq: int = 0
    events: list[Found] = []
    more: bool = False


_decode = msgspec.json.Decoder(Found).decode


class Silent(Device):
    conv = ""

    def begin(self, conv: str) -> None:
        self.conv, self.held, self.wrong = conv, 0, 0
        self.live, self.goal = True, sys.maxsize
        self.ended = asyncio.Event()
        self.below.pause_reading()

    @property
    def below(self) -> asyncio.Transport:
        return self.transport.underlying_transport

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        if self.conv and frame.msg_type == picows.WSMsgType.TEXT:
            self.found(_decode(frame.get_payload_as_bytes()))
        else:
            super().on_ws_frame(transport, frame)

    def on_ws_disconnected(self, transport: picows.WSTransport) -> None:
        super().on_ws_disconnected(transport)
        if self.conv:
            raise SystemExit(
                f"a silent device was closed: {self.user}, {transport.close_handshake}"
            )

    def found(self, found: Found) -> None:
        if found.type == "lagging":
            self.live = False
            self.ask()
        elif found.type == "event" and found.conv == self.conv:
            self.hold(found.seq)
        elif found.type == "events":
            for event in found.events:
                self.hold(event.seq)
            self.live = not found.more
            if found.more:
                self.ask()
        if self.live and self.held >= self.goal:
            self.ended.set()

    def hold(self, seq: int) -> None:
        if seq == self.held + 1:
            self.held = seq
        elif seq > self.held:
            self.wrong += 1  # a hole

    def ask(self) -> None:
        asked = {"type": "history", "id": "h", "conv": self.conv, "limit": PAGE}
        self.say([json.dumps(asked | {"after": self.held}).encode()])

    async def catch_up(self, goal: int) -> None:
        self.goal = goal
        self.below.resume_reading()
        await self.ended.wait()


class Writer:
    def __init__(self, device: Device, conv: str) -> None:
        self.device, self.conv = device, conv
        self.count, self.acked = 0, 0
        self.base = f"{int(time.time() * 1000):012x}-"
        device.on_heard = self.heard

    def heard(self, heard: Heard) -> None:
        self.acked += heard.type == "ack"

    async def write(self) -> None:
        begun, sent = time.perf_counter(), 0
        while True:
            while sent < (time.perf_counter() - begun) * RATE:
                sent += 1
                self.count += 1
                mid = f"{self.base}{self.count:012x}"
                self.device.say(self.device.speech.message(self.device.user, self.conv, mid))
            await asyncio.sleep(0.002)


def lagging(url: str) -> int:
    """How often push was stopped, as the server counts it."""
    where = f"http://{urlsplit(url).netloc}/metrics"
    with urllib.request.urlopen(where, timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return int(
        float(next(x for x in lines if x.startswith("elian_socket_lagging_total")).split()[1])
    )


def queued_kb(port: int) -> int:
    """What the kernel holds unsent for the sockets of that port."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    mine = [line for line in lines if line[1].endswith(f":{port:04X}")]
    return sum(int(line[4].partition(":")[0], 16) for line in mine) // 1024


async def talk_for(load: Load, seconds: float) -> dict[str, float]:
    load.took.clear()
    await asyncio.sleep(seconds)
    return spread(load.took)


async def speak(devices: list[Silent]) -> None:
    while True:
        await asyncio.sleep(SPEAK_S)
        for device in devices:
            device.transport.send_ping()


async def main(asked: argparse.Namespace) -> dict[str, Any]:
    house, port = asked.house, urlsplit(asked.url).port
    inside = set(house["group"]["members"])
    users = {user["user"]: user for user in house["users"]}
    pairs = [pair for pair in house["pairs"] if not inside & set(pair[:2])]
    writer_user, *silent_users = sorted(inside)
    others = [users[name] for pair in pairs for name in pair[:2]]
    talkers = await connect_all(asked, others)
    load, talking = Load(TALK), []
    for one, other, conv in pairs:
        pair = Pair(talkers[one], conv, load)
        talkers[one].on_heard = talkers[other].on_heard = pair.heard
        talking.append(pair)
    silent = list((await connect_all(asked, [users[u] for u in silent_users], Silent)).values())
    writer = Writer(
        await connect(asked.url, asked.speech, users[writer_user]), house["group"]["conv"]
    )
    pacing = asyncio.create_task(pace(talking, TALK))
    await asyncio.sleep(1.0)
    without = await talk_for(load, asked.seconds)
    connected_kb = memory_kb(asked.pid)
    for device in silent:
        device.begin(writer.conv)
    speaking = asyncio.create_task(speak(silent))
    begun = time.perf_counter()
    writing = asyncio.create_task(writer.write())
    load.took.clear()
    while await asyncio.to_thread(lagging, asked.url) < len(silent):
        await asyncio.sleep(0.25)
        if time.perf_counter() - begun > FILL_S:
            raise SystemExit("not every silent device was told that it lags")
    filling, filled_s = spread(load.took), time.perf_counter() - begun
    await asyncio.sleep(1.0)  # what the filling left behind
    full_kb, watch, acked = memory_kb(asked.pid), Watch(asked.pid), writer.acked
    memory = [full_kb]
    load.took.clear()
    for _ in range(int(asked.seconds * 4)):
        await asyncio.sleep(1.0)
        memory.append(memory_kb(asked.pid))
    meanwhile, told = spread(load.took), watch.told(writer.acked - acked)
    kernel_kb = queued_kb(port)
    writing.cancel()
    while writer.acked < writer.count:  # noqa: ASYNC110 - a plain counter
        await asyncio.sleep(0.05)
    begun, room = time.perf_counter(), asyncio.Semaphore(AT_ONCE)
    load.took.clear()

    async def read(device: Silent) -> None:
        async with room:
            await device.catch_up(writer.count)

    async with asyncio.timeout(CATCH_UP_S):
        await asyncio.gather(*map(read, silent))
    caught_up_s = time.perf_counter() - begun
    reading = spread(load.took)
    pacing.cancel()
    speaking.cancel()
    return {
        "silent": len(silent),
        "messages_for_each": writer.count,
        "per_s": told["per_s"],
        "server_busy": told["server_busy"],
        "generator_busy": told["generator_busy"],
        "others_without": without,
        "others_while_filling": filling,
        "others_meanwhile": meanwhile,
        "others_while_catching_up": reading,
        "filled_s": round(filled_s, 1),
        "connected_kb": connected_kb,
        "full_kb": full_kb,
        "kb_for_each": round((full_kb - connected_kb) / len(silent), 1),
        "kernel_kb_for_each": round(kernel_kb / len(silent), 1),
        "watched_s": len(memory) - 1,
        "grown_kb": memory[-1] - full_kb,
        "most_kb": max(memory),
        "caught_up_s": round(caught_up_s, 1),
        "holes": sum(device.wrong for device in silent),
        "short": sum(device.held < writer.count for device in silent),
        "after_kb": memory_kb(asked.pid),
    }


if __name__ == "__main__":
    generate(__doc__, main)
