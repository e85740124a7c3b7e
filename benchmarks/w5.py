"""W5 from outside: one writes into a feed of a million followers; all who are online get it."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from benchmarks.generator import connect_all, generate, spread
from benchmarks.w2 import Listener, Room

BROADCASTS = 10


class Feed(Room):
    """One at a time, each when it is asked for."""

    def arrived(self) -> None:
        self.left -= 1
        if not self.left:
            self.took.append(asyncio.get_running_loop().time() - self.asked_at)
            self.told.set()

    async def broadcast(self) -> None:
        self.told = asyncio.Event()
        self.asked_at = asyncio.get_running_loop().time()
        self.send()
        await self.told.wait()


async def main(asked: argparse.Namespace) -> dict[str, Any]:
    writer, *online = asked.house["group"]["members"]
    devices = await connect_all(asked, asked.house["users"], Listener)
    feed = Feed(devices[writer], len(online), asked.house["group"]["conv"])
    devices[writer].on_heard = feed.heard
    for user in online:
        devices[user].room = feed
    for _ in range(BROADCASTS):
        async with asyncio.timeout(30):
            await feed.broadcast()
        await asyncio.sleep(0.2)
    return {"broadcasts": BROADCASTS} | spread(feed.took)


if __name__ == "__main__":
    generate(__doc__, main)
