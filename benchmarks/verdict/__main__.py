"""Run a crowd at a house that is killed now and then, and let the history checker judge.

python -m benchmarks.verdict --clients 200 --seconds 60 --kills 3 --store sqlite|two-nodes

Listens on this machine only, ends by itself and leaves nothing but the folder of --keep. Exit
code 0: every promise was kept; 1: one was not; 2: the run came to no end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import secrets
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import msgspec

from benchmarks.tables import machine
from benchmarks.verdict.crowd import run_crowd
from benchmarks.verdict.nodes import HOUSES
from benchmarks.verdict.people import furnish
from chat_server.history.check import check
from chat_server.history.verdict import in_words

PATIENCE_S = 300.0  # beyond the seconds asked for


def main() -> int:
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--clients", type=int, default=200)
    asks.add_argument("--seconds", type=float, default=60.0)
    asks.add_argument("--kills", type=int, default=3)
    asks.add_argument("--store", choices=HOUSES, default="sqlite")
    asks.add_argument("--pace", type=float, default=1.0, help="deeds of one client in a second")
    asks.add_argument("--seed", type=int, default=None)
    asks.add_argument("--keep", type=Path, help="a folder where histories and logs are left")
    asks.add_argument("--json", action="store_true", help="the verdict as one JSON object")
    asked = asks.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # what was started is stopped then, too
    seed = secrets.randbits(32) if asked.seed is None else asked.seed
    with ExitStack() as stack:
        folder = asked.keep
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="elian-run-")))
        return _judged(folder, seed, asked)


def _judged(folder: Path, seed: int, asked: argparse.Namespace) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    histories = folder / "histories"
    histories.mkdir()
    print(f"seed {seed}", file=sys.stderr, flush=True)
    with HOUSES[asked.store](folder) as house:
        people = asyncio.run(furnish(house, asked.clients))
        house.start()
        chance = random.Random(seed)
        crowd = run_crowd(
            house, people, histories, chance, asked.seconds, kills=asked.kills, pace=asked.pace
        )
        try:
            told = asyncio.run(asyncio.wait_for(crowd, asked.seconds + PATIENCE_S))
        except TimeoutError:
            print(f"no end after {asked.seconds + PATIENCE_S} s", file=sys.stderr)
            return 2
        house.stop()
    verdict = check(histories)
    if asked.json:
        found = {"seed": seed, "store": asked.store, "run": told}
        print(json.dumps(found | {"verdict": msgspec.to_builtins(verdict)}))
    else:
        print(f"{asked.store}, seed {seed}: {told}\n{machine()}\n{in_words(verdict)}")
    return 0 if verdict.held else 1


if __name__ == "__main__":
    sys.exit(main())
