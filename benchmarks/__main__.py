"""Run workloads, one or all, and print what they found; of all, a table is written.

python -m benchmarks W1 [--seconds 4] [--json]
python -m benchmarks all [--seconds 4] [--peers]
python -m benchmarks strain    # silent devices and overload
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.peers import PEERS
from benchmarks.strain import STRAIN
from benchmarks.tables import machine, table
from benchmarks.workloads import WORKLOADS, carriages

BESIDE = {"carriages": carriages, **STRAIN}  # not among `all`
TABLES = {"all": WORKLOADS, "strain": STRAIN}  # a table is written of each


def measure(workload: str, seconds: float, *, peers: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="elian-bench-") as name:
        folder = Path(name)
        beside = PEERS.get(workload, {}) if peers else {}
        found = (WORKLOADS | BESIDE)[workload](folder, seconds, beside)
    return {"workload": workload} | found


def main() -> None:
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("workload", choices=[*WORKLOADS, *BESIDE, *TABLES])
    asks.add_argument("--seconds", type=float, default=8.0)
    asks.add_argument("--json", action="store_true", help="on one line")
    asks.add_argument("--peers", action="store_true", help="what can be started beside ours")
    told = asks.parse_args()
    if told.workload not in TABLES:
        found = measure(told.workload, told.seconds, peers=told.peers)
        print(json.dumps(found, indent=None if told.json else 2))
        return
    print(measure_all(told.workload, told.seconds, peers=told.peers))


def measure_all(which: str, seconds: float, *, peers: bool) -> str:
    """The table, which is written anew after each workload; one that fails leaves its line."""
    now = datetime.now(UTC)
    command = " ".join(["python -m benchmarks", *sys.argv[1:]])
    results = Path(__file__).parent / "results" / f"{which}-{now:%Y%m%d-%H%M%S}.md"
    all_found: list[dict[str, Any]] = []
    text = ""
    for workload in TABLES[which]:
        begun = time.monotonic()
        try:
            found = measure(workload, seconds, peers=peers)
        except (SystemExit, Exception) as exc:  # noqa: BLE001 - the others are still worth it
            traceback.print_exc()
            failed = str(exc).splitlines() or [repr(exc)]
            found = {"workload": workload, "ours": {"failed": failed[0]}, "limit": {}, "ratios": {}}
        all_found.append(found)
        print(json.dumps(found), f"{time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
        heads = f"# Workloads, {now:%Y-%m-%d %H:%M} UTC\n\n`{command}`\n\n{machine()}"
        text = f"{heads}\n\n{table(all_found)}\n"
        results.write_text(text)
    return text


if __name__ == "__main__":
    main()
