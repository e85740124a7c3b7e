"""More sends than the house can take, seen from outside: what is acked, how late, what is refused.

Sends come at a rate that does not wait for answers. Whoever is refused does not try again.
After the flood the same people send at a tenth of the house's speed, and nothing is refused.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from typing import Any

from benchmarks.generator import Device, connect_all, generate, spread
from benchmarks.speech import Heard

CALM_S = 5.0  # after the flood, before it is measured again
CALM = 0.03  # of the flood's rate
DRAIN_S = 60.0


class Sender:
    def __init__(self, device: Device, conv: str, flood: Flood) -> None:
        self.device, self.conv, self.flood = device, conv, flood
        self.sent: dict[str, float] = {}
        device.on_heard = self.heard

    def send(self) -> None:
        self.flood.count += 1
        mid = f"{self.flood.base}{self.flood.count:012x}"
        self.sent[mid] = time.perf_counter()
        self.device.say(self.device.speech.message(self.device.user, self.conv, mid))

    def heard(self, heard: Heard) -> None:
        if heard.type == "ack":
            self.flood.acked.append(time.perf_counter() - self.sent.pop(heard.mid))
        elif heard.type == "error":
            self.flood.refused.append(time.perf_counter() - self.sent.pop(heard.id))


class Flood:
    def __init__(self) -> None:
        self.base, self.count = f"{int(time.time() * 1000):012x}-", 0
        self.acked: list[float] = []
        self.refused: list[float] = []

    def begin(self) -> None:
        self.acked, self.refused = [], []


async def flow(senders: list[Sender], rate: float, seconds: float) -> float:
    """How long it really took."""
    begun, sent = time.perf_counter(), 0
    while (passed := time.perf_counter() - begun) < seconds:
        while sent < passed * rate:
            senders[sent % len(senders)].send()
            sent += 1
        await asyncio.sleep(0.001)
    return time.perf_counter() - begun


async def answered(senders: list[Sender]) -> None:
    async with asyncio.timeout(DRAIN_S):
        while any(sender.sent for sender in senders):  # noqa: ASYNC110 - what is timed has no event
            await asyncio.sleep(0.01)


async def main(asked: argparse.Namespace) -> dict[str, Any]:
    flood = Flood()
    users = {user["user"]: user for user in asked.house["users"]}
    pairs = asked.house["pairs"]
    devices = await connect_all(asked, [users[one] for one, _, _ in pairs])
    senders = [Sender(devices[one], conv, flood) for one, _, conv in pairs]
    found: dict[str, Any] = {}
    for name, rate, seconds in (
        ("meanwhile", asked.rate, asked.seconds),
        ("calming", asked.rate * CALM, CALM_S),
        ("after", asked.rate * CALM, asked.seconds),
    ):
        flood.begin()
        begun = flood.count
        lasted = await flow(senders, rate, seconds)
        await answered(senders)
        sent = flood.count - begun
        found[name] = {
            "sent_per_s": round(sent / lasted),
            "acked_per_s": round(len(flood.acked) / lasted),
            "refused": len(flood.refused),
            "lost": sent - len(flood.acked) - len(flood.refused),
            **spread(flood.acked),
        }
        if flood.refused:
            found[name]["refusal_p99_ms"] = spread(flood.refused)["p99_ms"]
    return found


if __name__ == "__main__":
    generate(__doc__, main)
