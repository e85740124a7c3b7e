"""What happens to a house of which too much is asked; each names what must hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.serving import house, prepare

Found = dict[str, Any]
SILENT, TALKING = 1_000, 10  # devices that never read; pairs that talk meanwhile
SENDERS, TIMES = 200, 3  # pairs; how much more than the house can do
SLOWEST_S = 4.0  # twice what a send should wait at most


def ratio(ours: Found, before: Found, key: str) -> float:
    return round(ours[key] / before[key], 2)


def silent(folder: Path, seconds: float, beside: Mapping[str, Any] | None = None) -> Found:
    """Devices that never read: the server's memory and the others, before and meanwhile."""
    del beside
    data, users = folder / "silent", 2 * (SILENT + TALKING + 1)
    prepared = prepare(data, users=users, pairs=users // 2, group=SILENT + 1)
    with house(data, prepared) as server:
        ours = server.load("silent", seconds)
    before, meanwhile = ours["others_without"], ours["others_meanwhile"]
    return {
        "ours": ours,
        "limit": {},
        "ratios": {
            "others_p50": ratio(meanwhile, before, "p50_ms"),
            "others_p99": ratio(meanwhile, before, "p99_ms"),
            "memory": round(ours["most_kb"] / ours["full_kb"], 3),
        },
        "must": {"holes": 0, "short": 0},
    }


def overload(folder: Path, seconds: float, beside: Mapping[str, Any] | None = None) -> Found:
    """Sends at several times what the house can do, by people without a limit of their own."""
    del beside
    data = folder / "overload"
    prepared = prepare(data, users=2 * SENDERS, pairs=SENDERS)
    with house(data, prepared) as server:
        able = server.load("w1", seconds)["per_s"]
        ours = server.load("overload", seconds, "--rate", str(TIMES * able))
    flood, after = ours["meanwhile"], ours["after"]
    return {
        "ours": {"able_per_s": able} | ours,
        "limit": {},
        "ratios": {"acked_of_able": round(flood["acked_per_s"] / able, 2)},
        "must": {"max_ms": SLOWEST_S * 1000, "lost": 0, "refused_after": after["refused"] == 0},
    }


STRAIN = {"silent": silent, "overload": overload}
