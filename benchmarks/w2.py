"""W2 from outside: one group, one member writes, and writes again when all the others have it."""

from __future__ import annotations

import argparse
import asyncio
import time

import picows

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


class Listener(Device):
    """Counts what is long enough to be the message, without reading it: a thousand of them."""

    room: Room | None = None

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        if self.room is None or frame.payload_size < 200:
            super().on_ws_frame(transport, frame)
        else:
            self.room.arrived()


class Room:
    def __init__(self, writer: Device, listeners: int, conv: str) -> None:
        self.writer, self.listeners, self.conv = writer, listeners, conv
        self.took: list[float] = []
        self.going = True
        self.count = self.left = 0
        self.base = f"{int(time.time() * 1000):012x}-"

    def send(self) -> None:
        self.count += 1
        self.left = self.listeners + 1
        self.at = time.perf_counter()
        mid = f"{self.base}{self.count:012x}"
        self.writer.say(self.writer.speech.message(self.writer.user, self.conv, mid))

    def heard(self, heard: Heard) -> None:
        if heard.type == "ack":
            self.arrived()

    def arrived(self) -> None:
        self.left -= 1
        if not self.left:
            self.took.append(time.perf_counter() - self.at)
            if self.going:
                self.send()


async def main(asked: argparse.Namespace) -> Slice:
    group = asked.house["group"]
    members = set(group["members"])
    users = [user for user in asked.house["users"] if user["user"] in members]
    devices = list((await connect_all(asked, users, Listener)).values())
    room = Room(devices[0], len(devices) - 1, group["conv"])
    devices[0].on_heard = room.heard
    for device in devices[1:]:
        device.room = room

    async def one_slice() -> Found:
        room.going = True
        room.send()
        await asyncio.sleep(WARM_S)
        room.took.clear()
        watch = Watch(asked.pid)
        await asyncio.sleep(asked.seconds)
        told = watch.told(len(room.took) * room.listeners)
        told |= {"messages": len(room.took)} | spread(room.took)
        room.going = False
        async with asyncio.timeout(DRAIN_S):
            while room.left:  # noqa: ASYNC110 - on what is timed, no more work
                await asyncio.sleep(0.01)
        return told

    return one_slice


if __name__ == "__main__":
    generate_slices(__doc__, main)
