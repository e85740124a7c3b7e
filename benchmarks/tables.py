"""What was found, as the table that goes to `results/` and into `docs/performance.md`."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

Found = dict[str, Any]


def table(all_found: list[Found]) -> str:
    lines = ["| workload | figure | ours | limit | ratio |", "|---|---|---|---|---|"]
    for found in all_found:
        for name, cells in rows(found):
            lines.append(f"| {found['workload']} | {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def rows(found: Found) -> Iterator[tuple[str, list[str]]]:
    ours, limit = flat(found["ours"]), flat(found["limit"])
    for name, value in ours.items():
        bound = limit.get(name)
        both = isinstance(value, int | float) and isinstance(bound, int | float) and bound
        yield name, [shown(value), shown(bound), f"{value / bound:.2f}" if both else ""]
    for name, value in flat(found.get("peers", {})).items():
        yield name, [shown(value), "", ""]
    for name, value in found["ratios"].items():
        yield f"**{name}**", ["", "", f"**{value}**"]


def flat(figures: Found, before: str = "") -> Found:
    found: Found = {}
    for name, value in figures.items():
        if isinstance(value, dict):
            found |= flat(value, f"{before}{name}: ")
        else:
            found[f"{before}{name}"] = value
    return found


def shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    libraries = ("picows", "uvicorn", "uvloop", "msgspec")
    versions = ", ".join(f"{name} {version(name)}" for name in libraries)
    return (
        f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end;"
        f" {platform.platform()}; Python {platform.python_version()}; {versions}"
    )
