"""Run workloads, one or all, and print what they found; of all, a table is written.

python -m benchmarks W1 [--seconds 4] [--json]
python -m benchmarks all [--seconds 4] [--peers]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.peers import PEERS
from benchmarks.strain import overload, silent
from benchmarks.tables import machine, table
from benchmarks.workloads import WORKLOADS, carriages

BESIDE = {"carriages": carriages, "silent": silent, "overload": overload}  # not among `all`


def measure(workload: str, seconds: float, *, peers: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="elian-bench-") as name:
        folder = Path(name)
        beside = PEERS.get(workload, {}) if peers else {}
        found = (WORKLOADS | BESIDE)[workload](folder, seconds, beside)
    return {"workload": workload} | found


def main() -> None:
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("workload", choices=[*WORKLOADS, *BESIDE, "all"])
    asks.add_argument("--seconds", type=float, default=8.0)
    asks.add_argument("--json", action="store_true", help="on one line")
    asks.add_argument("--peers", action="store_true", help="what can be started beside ours")
    told = asks.parse_args()
    if told.workload != "all":
        found = measure(told.workload, told.seconds, peers=told.peers)
        print(json.dumps(found, indent=None if told.json else 2))
        return
    all_found = []
    for workload in WORKLOADS:
        all_found.append(measure(workload, told.seconds, peers=told.peers))
        print(json.dumps(all_found[-1]), file=sys.stderr, flush=True)
    now = datetime.now(UTC)
    command = " ".join(["python -m benchmarks", *sys.argv[1:]])
    heads = f"# Workloads, {now:%Y-%m-%d %H:%M} UTC\n\n`{command}`\n\n{machine()}"
    text = f"{heads}\n\n{table(all_found)}\n"
    results = Path(__file__).parent / "results"
    (results / f"all-{now:%Y%m%d-%H%M%S}.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
