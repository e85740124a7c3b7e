"""The verdict: which promises were broken, by what lines that is shown, and what was judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import msgspec

Invariant = Literal["I1", "I2", "I3", "I4", "I5", "I6", "I7"]
INVARIANTS: Sequence[Invariant] = ("I1", "I2", "I3", "I4", "I5", "I6", "I7")
MOST_SHOWN = 20  # of one invariant: all are counted
Place = tuple[int, int]  # the file's number, the line's from 1


class Sought(msgspec.Struct, frozen=True):
    """Lines that are looked for once a promise turned out to be broken."""

    file: int
    conv: str
    seq: int


class At(msgspec.Struct, frozen=True):
    """Where a promise was broken; what is empty does not matter to it."""

    conv: str = ""
    seq: int = 0
    client: str = ""


class Violation(msgspec.Struct, frozen=True):
    """`places` are the lines that prove it, and `sought` where the rest are found."""

    invariant: Invariant
    what: str
    at: At
    places: Sequence[Place] = ()
    sought: Sequence[Sought] = ()


class Quoted(msgspec.Struct, frozen=True):
    """One line of a history."""

    file: str
    line: int
    text: str


class Shown(msgspec.Struct, frozen=True, omit_defaults=True):
    """A violation with its proof."""

    invariant: Invariant
    what: str
    conv: str = ""
    seq: int = 0
    client: str = ""
    proof: Sequence[Quoted] = ()


class Counts(msgspec.Struct):
    """What was judged. `unread_acks`: in no conversation's final reading, so nobody knows."""

    clients: int = 0
    finished: int = 0
    cut_lines: int = 0  # last lines that a killed client did not finish
    lines: int = 0
    connections: int = 0
    conversations: int = 0
    events: int = 0
    sends: int = 0
    resends: int = 0
    acks: int = 0
    duplicates: int = 0
    refused: int = 0
    pushes: int = 0
    pages: int = 0
    paged_events: int = 0
    positions: int = 0
    lagging: int = 0
    joined: int = 0
    left: int = 0
    acked_events: int = 0
    unread_acks: int = 0


class Verdict(msgspec.Struct, frozen=True):
    held: bool
    counts: Counts
    broken: dict[str, int]
    violations: Sequence[Shown]


class Docket:
    """Violations as they are found: all counted, the first of each invariant kept."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()
        self.kept: list[Violation] = []

    def add(
        self,
        invariant: Invariant,
        what: str,
        at: At,
        places: Sequence[Place] = (),
        sought: Sequence[Sought] = (),
    ) -> None:
        self.counted[invariant] += 1
        if self.counted[invariant] <= MOST_SHOWN:
            self.kept.append(Violation(invariant, what, at, places, sought))


def in_words(verdict: Verdict) -> str:
    c = verdict.counts
    broken = ", ".join(sorted(verdict.broken))
    said = f"""{"held: I1 to I7" if verdict.held else f"VIOLATED: {broken}"}
  {c.clients} clients ({c.finished} to the end), {c.connections} connections, \
{c.conversations} conversations, {c.lines} lines
  {c.sends} sends ({c.resends} of them again), {c.acks} acks ({c.duplicates} duplicates), \
{c.refused} refused
  {c.events} events, {c.pushes} pushes, {c.pages} pages with {c.paged_events} events, \
{c.lagging} times lagging
  {c.joined} joined, {c.left} left, {c.positions} positions told
  {c.acked_events - c.unread_acks} of {c.acked_events} acked events were read back"""
    lines = [said]
    for shown in verdict.violations:
        where = [shown.conv, f"#{shown.seq}" if shown.seq else "", shown.client]
        lines += ["", f"{shown.invariant} {shown.what} ({' '.join(filter(None, where))})"]
        lines += [f"    {quoted.file}:{quoted.line}: {quoted.text}" for quoted in shown.proof]
    for invariant, count in sorted(verdict.broken.items()):
        if count > MOST_SHOWN:
            lines += ["", f"{invariant}: {count - MOST_SHOWN} more"]
    return "\n".join(lines)
