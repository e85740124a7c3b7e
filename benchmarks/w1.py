"""W1 from outside: pairs that talk with a window of sends each, at full speed or at a rate.

A message is done when its sender has the ack and its receiver the event. Prints one JSON
object: messages a second and latencies in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from pathlib import Path

import msgspec
import picows
import uvloop

TEXT = "x" * 200
WARM_S = 1.0


class Heard(msgspec.Struct):
    type: str
    mid: str = ""
    code: str = ""


decode = msgspec.json.Decoder(Heard).decode


class Device(picows.WSListener):
    """Both ends of a pair share `done`, which counts what each has heard of a message."""

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        self.transport = transport
        self.welcomed = asyncio.get_running_loop().create_future()
        self.pair: Pair | None = None

    def on_ws_frame(self, _: picows.WSTransport, frame: picows.WSFrame) -> None:
        if frame.msg_type != picows.WSMsgType.TEXT:
            return
        heard = decode(frame.get_payload_as_bytes())
        if heard.type in {"ack", "event"}:
            self.pair.heard(heard.mid)
        elif heard.type == "welcome":
            self.welcomed.set_result(None)
        elif heard.type in {"error", "lagging"}:
            raise SystemExit(f"the server answered {heard}")


class Pair:
    def __init__(self, sender: Device, conv: str, load: Load) -> None:
        self.sender, self.load = sender, load
        self.half = f'","conv":"{conv}","mid":"'.encode()
        self.end = f'","body":{{"type":"text","text":"{TEXT}"}}}}'.encode()
        self.sent: dict[str, float] = {}
        self.once: set[str] = set()

    def send(self) -> None:
        self.load.count += 1
        mid = f"{self.load.base}{self.load.count:012x}"
        self.sent[mid] = time.perf_counter()
        name = mid.encode()
        frame = b'{"type":"send","id":"' + name + self.half + name + self.end
        self.sender.transport.send(picows.WSMsgType.TEXT, frame)

    def heard(self, mid: str) -> None:
        if mid not in self.once:
            self.once.add(mid)
            return
        self.once.remove(mid)
        self.load.took.append(time.perf_counter() - self.sent.pop(mid))
        if not self.load.rate:
            self.send()


class Load:
    def __init__(self, rate: float) -> None:
        self.rate, self.count = rate, 0
        self.took: list[float] = []
        self.base = f"{int(time.time() * 1000):012x}-"


async def connect(url: str, user: dict[str, str]) -> Device:
    headers = {"Sec-WebSocket-Protocol": "elian.v1"}
    _, device = await picows.ws_connect(Device, url, extra_headers=headers)
    hello = {"type": "hello", "device": user["device"], "token": user["token"]}
    device.transport.send(picows.WSMsgType.TEXT, json.dumps(hello).encode())
    await device.welcomed
    return device


async def main(url: str, house: dict, window: int, seconds: float, rate: float) -> None:
    devices = {user["user"]: await connect(url, user) for user in house["users"]}
    load = Load(rate)
    pairs = []
    for one, other, conv in house["pairs"]:
        pair = Pair(devices[one], conv, load)
        devices[one].pair = devices[other].pair = pair
        pairs.append(pair)
    pacing = asyncio.create_task(pace(pairs, rate)) if rate else None
    for pair in pairs if not rate else ():
        for _ in range(window):
            pair.send()
    await asyncio.sleep(WARM_S)
    load.took.clear()
    busy, start = time.process_time(), time.perf_counter()
    await asyncio.sleep(seconds)
    lasted = time.perf_counter() - start
    took = sorted(load.took)
    if pacing:
        pacing.cancel()
    told = {
        "per_s": round(len(took) / lasted),
        "p50_ms": round(took[len(took) // 2] * 1000, 2),
        "p99_ms": round(took[len(took) * 99 // 100] * 1000, 2),
        "sent": load.count,
        "generator_busy": round((time.process_time() - busy) / lasted, 2),
    }
    print(json.dumps(told), flush=True)
    os._exit(0)


async def pace(pairs: list[Pair], rate: float) -> None:
    begun, sent = time.perf_counter(), 0
    while True:
        while sent < (time.perf_counter() - begun) * rate:
            pairs[sent % len(pairs)].send()
            sent += 1
        await asyncio.sleep(0.001)


if __name__ == "__main__":
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--url", required=True)
    asks.add_argument("--prepared", type=Path, required=True)
    asks.add_argument("--core", type=int, default=0)
    asks.add_argument("--window", type=int, default=8)
    asks.add_argument("--seconds", type=float, default=4.0)
    asks.add_argument("--rate", type=float, default=0.0, help="sends a second; 0: full speed")
    told = asks.parse_args()
    os.sched_setaffinity(0, {told.core})
    prepared = json.loads(told.prepared.read_text())
    uvloop.run(main(told.url, prepared, told.window, told.seconds, told.rate))
