"""A server is a tree of processes: what all of it has worked, what it holds, and its end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

LOOK_S, QUIET, SETTLE_S = 0.25, 0.15, 5.0


def tree(pid: int) -> Iterator[int]:
    """The process and all that it started, by its threads as well."""
    left = [pid]
    while left:
        one = left.pop()
        yield one
        with suppress(OSError):
            for thread in Path(f"/proc/{one}/task").iterdir():
                left += map(int, (thread / "children").read_text().split())


def cpu_of(pid: int) -> float:
    """Seconds of work so far: steadier than the clock."""
    ticks = 0
    for one in tree(pid):
        with suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_kb(pid: int) -> int:
    """Resident; what is shared is counted for each that shares it."""
    held = 0
    for one in tree(pid):
        with suppress(OSError):
            lines = Path(f"/proc/{one}/status").read_text().splitlines()
            held += next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)
    return held


def settle(pid: int) -> None:
    """Wait until it has worked off what it left undone; the machine itself may be busy."""
    give_up = time.monotonic() + SETTLE_S
    quiet = False
    while not quiet and time.monotonic() < give_up:
        before = cpu_of(pid)
        time.sleep(LOOK_S)
        quiet = cpu_of(pid) - before < LOOK_S * QUIET


def end(pid: int) -> None:
    """With all it started, which would otherwise be nobody's."""
    for one in list(tree(pid)):
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
