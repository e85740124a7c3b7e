"""W3 from outside: thousands connect, greet, catch up once with a cursor, and are silent."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from benchmarks.generator import connect_all, generate, memory_kb


async def main(asked: argparse.Namespace) -> dict[str, Any]:
    devices = await connect_all(asked, asked.house["users"])
    for one, other, conv in asked.house["pairs"]:
        for user in (one, other):
            devices[user].say(devices[user].speech.catch_up(conv))
    await asyncio.sleep(asked.seconds)
    return {"connections": len(devices), "memory_kb": memory_kb(asked.pid)}


if __name__ == "__main__":
    generate(__doc__, main)
