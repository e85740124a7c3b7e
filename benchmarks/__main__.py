"""Run one workload, and print what it found.

python -m benchmarks W1 [--seconds 4] [--json]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks.workloads import WORKLOADS


def main() -> None:
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("workload", choices=WORKLOADS)
    asks.add_argument("--seconds", type=float, default=4.0)
    asks.add_argument("--json", action="store_true")
    told = asks.parse_args()
    with tempfile.TemporaryDirectory(prefix="elian-bench-") as folder:
        found = {"workload": told.workload} | WORKLOADS[told.workload](Path(folder), told.seconds)
    print(json.dumps(found, indent=None if told.json else 2))


if __name__ == "__main__":
    main()
