"""Fifty devices that never read while much is said: bounded, unnoticed, and at last complete.

The long version, with a thousand and with memory measured from outside, is
`python -m benchmarks silent`.
"""

from __future__ import annotations

import asyncio
import socket

from chat_server.domain.ids import direct_conversation
from chat_server.transport.picows_protocol import _KERNEL_BYTES, _WRITE_HIGH
from tests.socket_house import DIRECT, House, Socket, open_house

DEVICES, MESSAGES = 50, 2_000
LOAD = direct_conversation("load", "bob")
TEXT = {"type": "text", "text": "x" * 200}


async def write(writer: Socket, count: int, name: str) -> None:
    for number in range(count):
        mid = f"{name}-{number}"
        await writer.send(type="send", id=mid, conv=LOAD, mid=mid, body=TEXT)
        assert (await writer.wait_for("ack", 20))["mid"] == mid


def waiting(house: House) -> list[list[bytes]]:
    seats = house.room.fanout.roster.seats_of("bob")
    connections = [c for c in house.room.connections if c.seat in seats]
    boxes = [connection._outbox for connection in connections]
    return [[box._first, *box._rest] if box._first else [] for box in boxes]


async def read_all(device: Socket, head: int) -> list[int]:
    """What a device gets that reads again: pushes, then pages from where push had stopped."""
    seen: list[int] = []
    while not seen or seen[-1] < head:
        frame = await device.get(20)
        if frame["type"] == "event":
            seen.append(frame["seq"])
        elif frame["type"] == "events":
            seen += [event["seq"] for event in frame["events"]]
        if frame["type"] == "lagging" or (frame["type"] == "events" and frame["more"]):
            after = seen[-1] if seen else 0
            await device.send(type="history", id="h", conv=LOAD, after=after, limit=200)
    return seen


async def test_what_waits_for_devices_that_do_not_read_is_bounded_and_shared():
    async with open_house() as house:
        writer, ann = await house.device("load"), await house.device("ann")
        silent = [await house.device("bob", f"phone {number}") for number in range(DEVICES)]
        for device in silent:
            # what is small here would be large on a real line, and is the client's own affair
            raw = device.ws.transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            device.ws.transport.pause_reading()
        await write(writer, MESSAGES, "m")
        assert all(seat.lagged == 1 for seat in house.room.fanout.roster.seats_of("bob"))
        frames = waiting(house)
        limit = house.room.limits.outbox_bytes
        assert len(frames) == DEVICES
        assert max(sum(map(len, each)) for each in frames) <= limit + 100  # and one `lagging`
        distinct = {id(frame): len(frame) for each in frames for frame in each}
        assert sum(distinct.values()) <= 2 * limit + DEVICES * 100  # held once for all of them
        for connection in house.room.connections:
            below = connection._carrier._below
            kernel = below.get_extra_info("socket")
            assert kernel.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * _KERNEL_BYTES
            assert kernel.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) <= 2 * _KERNEL_BYTES
            assert below.get_write_buffer_size() <= _WRITE_HIGH + limit
        assert (await ann.say(DIRECT, "meanwhile"))["type"] == "ack"
        writing = asyncio.create_task(write(writer, 100, "late"))
        for device in silent:
            device.ws.transport.resume_reading()
        head = MESSAGES + 100
        everything = await asyncio.gather(*(read_all(device, head) for device in silent))
        await writing
    assert all(seen == list(range(1, head + 1)) for seen in everything)
