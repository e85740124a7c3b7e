"""Run W1 and W4 against the bare limit and the house in turn, and write the table.

Server on one core, generator on another. Ratios are against the bare limit of the same
run: machines differ and are noisy, so absolute numbers mean little.

    python -m benchmarks.run [--seconds 4] [--rounds 1]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SERVER_CORE, GENERATOR_CORE = 0, 1
PAIRS = 100
LIMIT = "bare limit, durable"
HOUSE = "the house, durable"
CARRIAGES = {
    "memory, picows": ["--carriage", "picows"],
    "memory, picows under uvicorn": ["--carriage", "uvicorn-picows"],
    "memory, websockets-sansio under uvicorn": ["--carriage", "uvicorn-sansio"],
}


@contextmanager
def server(command: list[str], port: int) -> Iterator[int]:
    told = ["--port", str(port), "--core", str(core(SERVER_CORE))]
    process = subprocess.Popen([sys.executable, "-m", *command, *told])
    try:
        for _ in range(400):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        yield process.pid
    finally:
        process.kill()
        process.wait()


def core(wanted: int) -> int:
    """That core, or on a machine with fewer the last one there is."""
    cores = sorted(os.sched_getaffinity(0))
    return cores[min(wanted, len(cores) - 1)]


def measure(command: list[str], prepared: Path, seconds: float, rate: float = 0) -> dict[str, Any]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    path = "/v1/ws"
    with server(command, port) as pid:
        asked = ["--url", f"ws://127.0.0.1:{port}{path}", "--prepared", str(prepared)]
        generator = [sys.executable, "-m", "benchmarks.w1", *asked]
        generator += ["--seconds", str(seconds), "--rate", str(rate)]
        generator += ["--core", str(core(GENERATOR_CORE))]
        busy = cpu_seconds(pid)
        done = subprocess.run(generator, capture_output=True, check=False)
        busy = cpu_seconds(pid) - busy
    if done.returncode:
        raise SystemExit(done.stderr.decode())
    found = json.loads(done.stdout)
    return found | {"server_us": busy / found.pop("sent") * 1e6}


def cpu_seconds(pid: int) -> float:
    """User and system time of the process so far: steadier than the clock on a busy machine."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bare(folder: Path, number: int, *extra: str, durable: bool = True) -> tuple[list[str], Path]:
    prepared = folder / "bare.json"
    names = [f"u{n}" for n in range(2 * PAIRS)]
    users = [{"user": name, "token": name, "device": "bench"} for name in names]
    pairs = [[f"u{n}", f"u{n + PAIRS}", f"d:u{n}:u{n + PAIRS}"] for n in range(PAIRS)]
    prepared.write_text(json.dumps({"users": users, "pairs": pairs}))
    disk = ["--disk", str(folder / f"bare{number}.db")] if durable else []
    return ["benchmarks.bare_limit", *disk, *extra], prepared


def house(folder: Path, number: int) -> tuple[list[str], Path]:
    prepared = folder / "house.json"
    url = f"sqlite:///{folder / f'house{number}.db'}"
    return ["benchmarks.our_server", "--store", url, "--out", str(prepared)], prepared


def middle(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def run_all(seconds: float, rounds: int, carriages: bool) -> dict[str, dict[str, Any]]:
    found: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory(dir=HERE.parent) as name:
        folder = Path(name)
        for turn in range(rounds):
            for what, (command, prepared) in (
                (LIMIT, bare(folder, turn)),
                (HOUSE, house(folder, turn)),
            ):
                found.setdefault(what, []).append(measure(command, prepared, seconds))
        rate = middle(found[HOUSE])["per_s"] / 4
        for what, (command, prepared) in (
            (f"{LIMIT}, quarter load", bare(folder, rounds)),
            (f"{HOUSE}, quarter load", house(folder, rounds)),
        ):
            found[what] = [measure(command, prepared, seconds, rate)]
        for what, extra in CARRIAGES.items() if carriages else ():
            command, prepared = bare(folder, 0, *extra, durable=False)
            found[what] = [measure(command, prepared, seconds)]
    return {what: middle(runs) for what, runs in found.items()}


def table(found: dict[str, dict[str, Any]]) -> str:
    limit, quarter = found[LIMIT], found[f"{LIMIT}, quarter load"]
    lines = [
        "| server | messages/s | of the limit | p50 ms | p99 ms | µs/message | generator busy |",
        "|---|---|---|---|---|---|---|",
    ]
    for what, run in found.items():
        if "quarter" in what:
            ratio = f"p50 ×{run['p50_ms'] / quarter['p50_ms']:.2f}"
            ratio += f", p99 ×{run['p99_ms'] / quarter['p99_ms']:.2f}"
        elif "memory" in what:
            ratio = f"{run['per_s'] / found['memory, picows']['per_s']:.2f} (of memory, picows)"
        else:
            ratio = f"{run['per_s'] / limit['per_s']:.2f}"
        figures = f"{run['p50_ms']:.2f} | {run['p99_ms']:.2f} | {run['server_us']:.1f}"
        figures += f" | {run['generator_busy']:.0%}"
        lines.append(f"| {what} | {run['per_s']:,.0f} | {ratio} | {figures} |")
    return "\n".join(lines)


def machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    libraries = ("picows", "uvicorn", "uvloop", "msgspec", "websockets")
    versions = ", ".join(f"{name} {version(name)}" for name in libraries)
    load = os.getloadavg()[0]
    return (
        f"{model}, {os.cpu_count()} cores, load {load:.1f} at the end; {platform.platform()};"
        f" Python {platform.python_version()}; {versions}"
    )


def main() -> None:
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--seconds", type=float, default=4.0)
    asks.add_argument("--rounds", type=int, default=1)
    asks.add_argument("--carriages", action="store_true", help="compare ways to carry the socket")
    told = asks.parse_args()
    written = table(run_all(told.seconds, told.rounds, told.carriages))
    now = datetime.now(UTC)
    command = " ".join(["python -m benchmarks.run", *sys.argv[1:]])
    text = (
        f"# W1 and W4, {now:%Y-%m-%d %H:%M} UTC\n\n`{command}`\n\n{machine()}\n\n"
        f"W1: {PAIRS} pairs, window 8, 200-byte texts, delivered and acked after fsync."
        f" Quarter load (W4): a quarter of the house's W1, from send to both.\n\n{written}\n"
    )
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    (results / f"w1-{now:%Y%m%d-%H%M%S}.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
