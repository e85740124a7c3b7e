"""Servers compared in short slices, in turn: whatever else the machine does meets all alike.

Each has its generator and its connections from the beginning, and its slice begins when who
was measured before has worked off what it left undone.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from tempfile import TemporaryFile
from typing import Any

from benchmarks.processes import settle
from benchmarks.serving import ROOT, Served

Found = dict[str, Any]
Opening = Callable[[], AbstractContextManager[Served]]
FEWEST = 3  # slices of each


class _Turn:
    """One server and the generator that loads it."""

    def __init__(self, server: Served, generator: subprocess.Popen[bytes]) -> None:
        self._server, self._generator = server, generator
        self.slices: list[Found] = []

    def connect(self) -> None:
        self._line()
        settle(self._server.pid)

    def slice(self) -> None:
        self._generator.stdin.write(b"\n")
        self._generator.stdin.flush()
        self.slices.append(self._line())
        settle(self._server.pid)

    def _line(self) -> Found:
        line = self._generator.stdout.readline()
        if not line:
            raise SystemExit(f"{self._generator.args}: ended")
        return json.loads(line)


@contextmanager
def _loaded(server: Served, generator: str, seconds: float, *extra: str) -> Iterator[_Turn]:
    command = server.command(generator, seconds, *extra)
    with TemporaryFile() as told:
        running = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=told, cwd=ROOT
        )
        try:
            turn = _Turn(server, running)
            turn.connect()
            yield turn
        except SystemExit:
            told.seek(0)
            sys.stderr.write(told.read().decode()[-4000:])
            raise
        finally:
            running.kill()
            running.communicate()


def in_turn(
    servers: Mapping[str, Opening],
    generator: str,
    *extra: str,
    seconds: float,
    slice_s: float = 1.0,
    needed: Sequence[str] = ("ours", "limit"),
) -> dict[str, list[Found]]:
    """Slices of each, in rounds; every second round in the other order.

    One that is not `needed` and does not start is left out.
    """
    with ExitStack() as stack:
        turns: dict[str, _Turn] = {}
        for name, opening in servers.items():
            try:
                server = stack.enter_context(opening())
                turns[name] = stack.enter_context(_loaded(server, generator, slice_s, *extra))
            except (SystemExit, OSError, subprocess.SubprocessError) as exc:
                if name in needed:
                    raise
                print(f"{name} is left out: {exc}", file=sys.stderr)
        order = list(turns.values())
        for _ in range(max(round(seconds / slice_s), FEWEST)):
            for turn in order:
                turn.slice()
            order.reverse()
        return {name: turn.slices for name, turn in turns.items()}


def middle(slices: Sequence[Found]) -> Found:
    return {key: round(statistics.median(one[key] for one in slices), 2) for key in slices[0]}


def paired(some: Sequence[Found], others: Sequence[Found], key: str) -> float:
    """The median of the rounds' own ratios."""
    return round(
        statistics.median(
            one[key] / max(other[key], 1e-9) for one, other in zip(some, others, strict=True)
        ),
        2,
    )
