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
import time
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

import picows
import uvloop

from benchmarks.speech import SPEECHES, Heard, Speech

AT_ONCE = 200  # connections being made
WARM_S = 1.0
CONNECT_S = 30.0


class Device(picows.WSListener):
    """One connection. `on_heard` takes every frame but the answer to the opening."""

    on_heard: Callable[[Heard], None]
    transport: picows.WSTransport

    def __init__(self, speech: Speech, user: str) -> None:
        self.speech, self.user = speech, user
        self.welcomed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        if frame.msg_type == picows.WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        elif frame.msg_type == picows.WSMsgType.TEXT:
            self.take(self.speech.hear(frame.get_payload_as_bytes()))

    def take(self, heard: Heard) -> None:
        if heard.type == "welcome":
            self.welcomed.set_result(None)
        elif heard.type == "connected":
            self.say(self.speech.greeting(self.user))
        elif heard.type == "ping":  # Engine.IO has its own
            self.say([b"3"])
        elif heard.type in {"error", "lagging"}:
            raise SystemExit(f"the server answered {heard}")
        else:
            self.on_heard(heard)

    def on_ws_disconnected(self, transport: picows.WSTransport) -> None:
        del transport
        if not self.welcomed.done():
            self.welcomed.set_exception(ConnectionError("closed before the welcome"))

    def say(self, frames: Iterable[bytes]) -> None:
        for frame in frames:
            self.transport.send(picows.WSMsgType.TEXT, frame)


def nothing(_: Heard) -> None:
    """For devices that only listen."""


async def connect(
    url: str, speech: Speech, user: dict[str, str], kind: type[Device] = Device
) -> Device:
    headers = {"Sec-WebSocket-Protocol": speech.subprotocol} if speech.subprotocol else None
    device = kind(speech, user["user"])
    device.on_heard = nothing
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


def cpu_of(pid: int) -> float:
    """Seconds of work so far, of the process and those it started: steadier than the clock."""
    ticks, left = 0, [pid]
    while left:
        one = left.pop()
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            children = Path(f"/proc/{one}/task/{one}/children").read_text().split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
        left += map(int, children)
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


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


def generate(
    doc: str | None, main: Callable[[argparse.Namespace], Coroutine[Any, Any, dict[str, Any]]]
) -> None:
    """Run one generator's `main`, and print what it found."""
    asks = argparse.ArgumentParser(description=doc)
    asks.add_argument("--url", required=True)
    asks.add_argument("--prepared", type=Path, required=True)
    asks.add_argument("--pid", type=int, required=True, help="of the server")
    asks.add_argument("--core", type=int, default=0)
    asks.add_argument("--seconds", type=float, default=4.0)
    asks.add_argument("--rate", type=float, default=0.0, help="sends a second; 0: full speed")
    asks.add_argument("--speech", default="elian", choices=SPEECHES)
    asked = asks.parse_args()
    asked.speech = SPEECHES[asked.speech]()
    asked.house = json.loads(asked.prepared.read_text())
    allow_many_sockets()
    os.sched_setaffinity(0, {asked.core})

    async def run() -> None:
        print(json.dumps(await main(asked)), flush=True)
        os._exit(0)  # nobody waits for thousands of closing handshakes

    uvloop.run(run())
