"""The bare limit: only what no durable chat can leave out, with the fastest layers Python has.

Decode with msgspec, look up the peer or the room, SQLite WAL synchronous=FULL with group
commit in a writer thread and the two unique indexes of a chat, ack, deliver. No log-in, no
membership, no order across rings, no bounds. Without `--disk` nothing is durable. `--carriage`
is how the socket is carried: picows alone, picows under uvicorn, or uvicorn's own
websockets-sansio.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import sqlite3
import threading
import time
from collections import deque
from queue import SimpleQueue

import msgspec
import picows
import uvicorn
import uvloop

from chat_server.transport.picows_protocol import bound_to

TABLE = """CREATE TABLE events (pos INTEGER PRIMARY KEY, conv TEXT, seq INTEGER, mid TEXT,
sender TEXT, ts INTEGER, body BLOB, UNIQUE (conv, seq), UNIQUE (conv, sender, mid))"""

INSERT = "INSERT INTO events (conv, seq, mid, sender, ts, body)"


class Frame(msgspec.Struct, omit_defaults=True):
    type: str
    id: str = ""
    device: str = ""
    token: str = ""
    conv: str = ""
    mid: str = ""
    seq: int = 0
    ts: int = 0
    body: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


decode, encode = msgspec.json.Decoder(Frame).decode, msgspec.json.Encoder().encode
people: dict[str, Line] = {}
seqs: dict[str, int] = {}


def insert(disk: sqlite3.Connection, cells: list[object]) -> None:
    """In few statements: each step of one gives up the GIL, which beside a busy loop is dear."""
    rows = 512
    while cells:
        while rows * 6 > len(cells):
            rows //= 2
        marks = ",".join(["(?,?,?,?,?,?)"] * rows)
        disk.execute(f"{INSERT} VALUES {marks}", cells[: rows * 6])
        del cells[: rows * 6]


class Disk:
    """One thread, one transaction for all that waits; without a path, memory only."""

    def __init__(self, path: str | None, loop: asyncio.AbstractEventLoop) -> None:
        self.path, self.loop = path, loop
        self.waiting: deque[tuple[Line, Frame, int]] = deque()
        self.bell: SimpleQueue[None] = SimpleQueue()
        if path:
            threading.Thread(target=self.write, daemon=True).start()

    def append(self, line: Line, frame: Frame) -> None:
        seq = seqs[frame.conv] = seqs.get(frame.conv, 0) + 1
        if not self.path:
            settle([(line, frame, seq)])
            return
        self.waiting.append((line, frame, seq))
        if len(self.waiting) == 1:
            self.bell.put(None)

    def write(self) -> None:
        disk = sqlite3.connect(self.path, isolation_level=None)
        disk.execute("PRAGMA journal_mode = WAL")
        disk.execute("PRAGMA synchronous = FULL")
        disk.execute(TABLE)
        while True:
            self.bell.get()
            while self.waiting:
                batch = [self.waiting.popleft() for _ in range(len(self.waiting))]
                now = int(time.time() * 1000)
                cells = [
                    cell
                    for line, f, seq in batch
                    for cell in (f.conv, seq, f.mid, line.user, now, bytes(f.body))
                ]
                disk.execute("BEGIN")
                insert(disk, cells)
                disk.execute("COMMIT")
                self.loop.call_soon_threadsafe(settle, batch)


def settle(batch: list[tuple[Line, Frame, int]]) -> None:
    for line, frame, seq in batch:
        line.say(encode(Frame("ack", id=frame.id, conv=frame.conv, mid=frame.mid, seq=seq)))
        event = encode(Frame("event", conv=frame.conv, mid=frame.mid, seq=seq, body=frame.body))
        for peer in others(line.user, frame.conv):
            peer.say(event)


def others(user: str, conv: str) -> list[Line]:
    """Of a group, everybody who is connected."""
    if conv.startswith("g:"):
        return [line for line in people.values() if line.user != user]
    _, one, other = conv.split(":")
    peer = people.get(other if user == one else one)
    return [] if peer is None else [peer]


class Line:
    """One connection; `say` is set by the carriage."""

    user = ""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk

    def hear(self, data: bytes) -> None:
        frame = decode(data)
        if frame.type == "send":
            self.disk.append(self, frame)
        else:
            self.user = frame.token
            people[self.user] = self
            self.say(encode(Frame("welcome", id=frame.id)))


class PicowsLine(Line, picows.WSListener):
    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        self.say = lambda data: transport.send(picows.WSMsgType.TEXT, data)

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        if frame.msg_type == picows.WSMsgType.TEXT:
            self.hear(frame.get_payload_as_bytes())
        elif frame.msg_type == picows.WSMsgType.CLOSE:
            transport.disconnect()


async def sansio(receive, send, disk: Disk) -> None:
    line, out = Line(disk), asyncio.Queue()
    line.say = out.put_nowait
    await receive()
    await send({"type": "websocket.accept"})

    async def write() -> None:
        while True:
            await send({"type": "websocket.send", "text": (await out.get()).decode()})

    writing = asyncio.create_task(write())
    while (message := await receive())["type"] == "websocket.receive":
        line.hear(message["text"].encode())
    writing.cancel()


async def main(port: int, path: str | None, carriage: str) -> None:
    disk = Disk(path, asyncio.get_running_loop())
    if carriage == "picows":
        server = await picows.ws_create_server(lambda _: PicowsLine(disk), "127.0.0.1", port)
        await server.serve_forever()

    async def app(_scope, receive, send) -> None:
        await sansio(receive, send, disk)

    class Carried(bound_to(None)):
        def _accept(self, _):
            return PicowsLine(disk)

    ws = Carried if carriage == "uvicorn-picows" else "websockets-sansio"
    config = uvicorn.Config(
        app, port=port, ws=ws, log_level="error", lifespan="off", ws_per_message_deflate=False
    )
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--port", type=int, required=True)
    asks.add_argument("--core", type=int, default=0)
    asks.add_argument("--disk", help="database file; without it nothing is durable")
    asks.add_argument(
        "--carriage", default="picows", choices=["picows", "uvicorn-picows", "uvicorn-sansio"]
    )
    told = asks.parse_args()
    os.sched_setaffinity(0, {told.core})
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    uvloop.run(main(told.port, told.disk, told.carriage))
