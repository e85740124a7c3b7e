"""Killed, out of disk, and beside other processes: what was acknowledged is there, gapless."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.domain.message import Draft, EventKind
from chat_server.ports.store import Store

PROGRAM = Path(__file__).with_name("appending_process.py")
Acked = dict[tuple[str, int], tuple[str, str]]  # (conv, seq) -> (sender, mid)


def start(path: Path, sender: str, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), str(path), sender, *more],
        stdout=subprocess.PIPE,
        text=True,
    )


def let_run_then_kill(processes: Sequence[subprocess.Popen[str]], seconds: float) -> list[str]:
    """The first line of each is waited for; what each printed until it was killed."""
    first = [process.stdout.readline() for process in processes if process.stdout]
    reader_ends = time.monotonic() + seconds
    printed = [[line] for line in first]
    for process, lines in zip(processes, printed, strict=True):
        assert process.stdout is not None
        while time.monotonic() < reader_ends:
            lines.append(process.stdout.readline())
    for process in processes:
        process.kill()
    outputs = []
    for process, lines in zip(processes, printed, strict=True):
        rest, _ = process.communicate()
        outputs.append("".join(lines) + rest)
    return outputs


def acked(output: str, sender: str) -> Acked:
    """The lines that are whole; the last one may be cut by the kill."""
    lines = [line.split() for line in output.splitlines(keepends=True) if line.endswith("\n")]
    return {
        (conv, int(seq)): (sender, mid) for conv, seq, mid in filter(lambda w: len(w) == 3, lines)
    }


async def check(store: Store, promised: Acked) -> None:
    """Every acked event is there under its seq; no seq is missing or doubled."""
    stored: Acked = {}
    seqs = defaultdict(list)
    position = 0
    while changes := await store.changes.changes(position, 1000):
        for change in changes:
            assert change.position > position
            position = change.position
            assert change.event is not None
            seqs[change.event.conv].append(change.event.seq)
            stored[change.event.conv, change.event.seq] = (change.event.sender, change.event.mid)
    for conv, found in seqs.items():
        assert found == list(range(1, len(found) + 1))
        assert (await store.messages.head(conv)).seq == len(found)
    assert promised.items() <= stored.items()


@pytest.mark.crash
async def test_a_killed_process_loses_no_acked_event(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    promised: Acked = {}
    for turn in range(3):
        sender = f"sender-{turn}"
        (output,) = let_run_then_kill([start(path, sender)], random.uniform(0.05, 0.6))
        promised |= acked(output, sender)
        async with open_store(f"sqlite:///{path}", clock=SystemClock()) as store:
            await check(store, promised)
    assert len(promised) > 100


@pytest.mark.crash
async def test_processes_writing_and_dying_at_once_leave_one_gapless_log(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    processes = [start(path, "one"), start(path, "two")]
    outputs = let_run_then_kill(processes, 1.5)
    promised = acked(outputs[0], "one") | acked(outputs[1], "two")
    assert {sender for sender, _ in promised.values()} == {"one", "two"}
    assert len(promised) == sum(output.count("\n") for output in outputs)
    async with open_store(f"sqlite:///{path}", clock=SystemClock()) as store:
        await check(store, promised)


async def test_a_full_disk_refuses_and_afterwards_all_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    process = start(path, "ann", str(1024 * 1024))
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or lines[-1] != "refused\n":
        lines.append(process.stdout.readline())
    while len(lines) < 200 or lines[-1] == "refused\n" or len(lines) < 2 * lines.index("refused\n"):
        lines.append(process.stdout.readline())
    process.kill()
    rest, _ = process.communicate()
    promised = acked("".join(lines) + rest, "ann")
    async with open_store(f"sqlite:///{path}", clock=SystemClock()) as store:
        await check(store, promised)
        again = Draft("d:0", "bob", "m", EventKind.MESSAGE, b"", b"", 0)
        assert not (await store.messages.append(again)).duplicate
