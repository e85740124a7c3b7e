"""What the generators share: devices that connect, and how a run is told.

A generator is a process of its own on a core of its own, and says how busy that core was:
near 100 % it measured itself.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import picows
import uvloop

from benchmarks.processes import cpu_of, memory_kb
from benchmarks.speech import Elian, Heard, SocketIo, Speech
from benchmarks.xmpp import Xmpp, XmppInRoom, XmppOverTcp, split

SPEECHES: dict[str, type[Speech]] = {
    "elian": Elian, "socketio": SocketIo,
    "xmpp": Xmpp, "xmpp-room": XmppInRoom, "xmpp-tcp": XmppOverTcp,
}  # fmt: skip
__all__ = ["memory_kb"]
AT_ONCE = 200  # connections being made
WARM_S = 0.3  # of each slice
DRAIN_S = 20.0
CONNECT_S = 30.0


class Device(picows.WSListener):
    """One connection. `on_heard` takes every frame but the answer to the opening."""

    on_heard: Callable[[Heard], None]
    transport: picows.WSTransport | _Stream

    def __init__(self, speech: Speech, user: str) -> None:
        self.speech, self.user = speech, user
        self.welcomed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        if frame.msg_type == picows.WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        elif frame.msg_type == picows.WSMsgType.TEXT:
            self.take(self.speech.hear(frame.get_payload_as_bytes()))

    def take(self, heard: Heard) -> None:
        if heard.reply:
            self.say(heard.reply)
        elif heard.type == "welcome":
            if not self.welcomed.done():
                self.welcomed.set_result(None)
        elif heard.code == "overloaded":
            self.on_heard(heard)
        elif heard.type in {"error", "lagging"}:
            raise SystemExit(f"the server answered {heard}")
        elif heard.type:
            self.on_heard(heard)

    def on_ws_disconnected(self, transport: picows.WSTransport) -> None:
        del transport
        if not self.welcomed.done():
            self.welcomed.set_exception(ConnectionError("closed before the welcome"))

    def say(self, frames: Iterable[bytes]) -> None:
        for frame in frames:
            self.transport.send(picows.WSMsgType.TEXT, frame)


class _Stream(asyncio.Protocol):
    """A device's line without WebSocket: what comes is cut into elements."""

    def __init__(self, device: Device) -> None:
        self._device, self._buffer = device, bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        for element in split(self._buffer):
            self._device.take(self._device.speech.hear(element))

    def send(self, _: picows.WSMsgType, frame: bytes) -> None:
        self._transport.write(frame)


def nothing(_: Heard) -> None:
    """For devices that only listen."""


async def connect(
    url: str, kind_of_speech: type[Speech], user: dict[str, str], kind: type[Device] = Device
) -> Device:
    speech = kind_of_speech()
    device = kind(speech, user["user"])
    device.on_heard = nothing
    if speech.stream:
        where = urlsplit(url)
        make = partial(_Stream, device)
        loop = asyncio.get_running_loop()
        _, device.transport = await loop.create_connection(make, where.hostname, where.port)
    else:
        headers = {"Sec-WebSocket-Protocol": speech.subprotocol} if speech.subprotocol else None
        device.transport, _ = await picows.ws_connect(lambda: device, url, extra_headers=headers)
    device.say(speech.opening(user))
    async with asyncio.timeout(CONNECT_S):
        await device.welcomed
    return device


async def connect_all(
    asked: argparse.Namespace, users: list[dict[str, str]], kind: type[Device] = Device
) -> dict[str, Device]:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(user: dict[str, str]) -> Device:
        async with room:
            return await connect(asked.url, asked.speech, user, kind)

    return {device.user: device for device in await asyncio.gather(*map(one, users))}


class Watch:
    """Time, this process's own work and the server's, since it was made."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.start, self.own, self.theirs = time.perf_counter(), time.process_time(), cpu_of(pid)

    def told(self, count: int) -> dict[str, float]:
        lasted = time.perf_counter() - self.start
        return {
            "per_s": round(count / lasted),
            "server_us": round((cpu_of(self.pid) - self.theirs) / max(count, 1) * 1e6, 2),
            "server_busy": round((cpu_of(self.pid) - self.theirs) / lasted, 2),
            "generator_busy": round((time.process_time() - self.own) / lasted, 2),
        }


def spread(took: list[float]) -> dict[str, float]:
    """Seconds in, milliseconds out."""
    took = sorted(took)
    return {
        "p50_ms": round(took[len(took) // 2] * 1000, 2),
        "p99_ms": round(took[len(took) * 99 // 100] * 1000, 2),
        "max_ms": round(took[-1] * 1000, 2),
    }


def allow_many_sockets() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


Found = dict[str, Any]
Slice = Callable[[], Coroutine[Any, Any, Found]]


def generate(
    doc: str | None, main: Callable[[argparse.Namespace], Coroutine[Any, Any, Found]]
) -> None:
    """Run one generator's `main`, and print what it found."""

    async def run(asked: argparse.Namespace) -> None:
        tell(await main(asked))

    _run(_asked(doc), run)


def generate_slices(
    doc: str | None, prepare: Callable[[argparse.Namespace], Coroutine[Any, Any, Slice]]
) -> None:
    """Connect once and say `{}`; then one slice for each line that comes in, until the end."""

    async def run(asked: argparse.Namespace) -> None:
        one_slice = await prepare(asked)
        tell({})
        while await asyncio.to_thread(sys.stdin.readline):
            tell(await one_slice())

    _run(_asked(doc), run)


def tell(found: Found) -> None:
    print(json.dumps(found), flush=True)


def _asked(doc: str | None) -> argparse.Namespace:
    asks = argparse.ArgumentParser(description=doc)
    asks.add_argument("--url", required=True)
    asks.add_argument("--prepared", type=Path, required=True)
    asks.add_argument("--pid", type=int, required=True, help="of the server")
    asks.add_argument("--core", type=int, default=0)
    asks.add_argument("--seconds", type=float, default=4.0)
    asks.add_argument("--rate", type=float, default=0.0, help="sends a second; 0: full speed")
    asks.add_argument("--speech", default="elian", choices=SPEECHES)
    asked = asks.parse_args()
    asked.speech = SPEECHES[asked.speech]
    asked.house = json.loads(asked.prepared.read_text())
    return asked


def _run(
    asked: argparse.Namespace, work: Callable[[argparse.Namespace], Coroutine[Any, Any, None]]
) -> None:
    allow_many_sockets()
    os.sched_setaffinity(0, {asked.core})

    async def run() -> None:
        await work(asked)
        os._exit(0)  # nobody waits for thousands of closing handshakes

    uvloop.run(run())
