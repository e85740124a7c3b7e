"""What an audit found, as a value and as a page to read. Names rows by id, never by number."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

SHOWN = 50
_MEANINGS = {
    "L1": "every entry balances",
    "L2": "everything together is zero",
    "L3": "stored balances are the journal's",
    "L4": "no customer is overdrawn",
    "L5": "what is written cannot be changed",
    "L6": "one entry per instruction, one end per hold",
    "L7": "posted totals only grow",
    "L8": "entries are whole",
    "L9": "the journal has no gaps",
    "L10": "the chain of hashes holds",
    "L11": "nothing was posted on a closed date",
    "L12": "assets are exchanged over trading accounts only",
    "L13": "every item in suspense has an open case",
    "L14": "no more is given back than was paid",
    "L15": "limit counters are the journal's",
}


class Violation(msgspec.Struct, frozen=True, order=True):
    """One thing that is not as it must be."""

    invariant: str
    detail: str


class AuditReport(msgspec.Struct, frozen=True):
    """The books at one moment."""

    entries: int
    postings: int
    accounts: int
    instructions: int
    head_hash: str
    writes_stopped: str | None
    violations: Sequence[Violation]

    @property
    def clean(self) -> bool:
        return not self.violations

    def page(self) -> str:
        """The report for a person."""
        counts = (
            f"{self.entries} entries, {self.postings} postings, {self.accounts} accounts,"
            f" {self.instructions} instructions"
        )
        lines = [
            counts,
            f"head of the journal: {self.head_hash}",
        ]
        if self.writes_stopped is not None:
            lines.append(f"WRITES ARE STOPPED: {self.writes_stopped}")
        for invariant, meaning in _MEANINGS.items():
            found = [v for v in self.violations if v.invariant == invariant]
            lines.append(f"{'FAULT' if found else 'ok':<6}{invariant:<4}{meaning}")
            lines.extend(f"          {v.detail}" for v in found[:SHOWN])
            if len(found) > SHOWN:
                lines.append(f"          and {len(found) - SHOWN} more")
        lines.append("the books are right" if self.clean else f"{len(self.violations)} faults")
        return "\n".join(lines)


class ChainReport(msgspec.Struct, frozen=True):
    """The journal's chain: `last_seq` is `entries` unless there are gaps."""

    entries: int
    last_seq: int
    head_hash: str
    exported_heads: int
    violations: Sequence[Violation]

    @property
    def clean(self) -> bool:
        return not self.violations

    def page(self) -> str:
        """The report for a person."""
        lines = [
            f"{self.entries} entries, {self.exported_heads} exported heads",
            f"head of the journal: {self.head_hash}",
            *(f"FAULT {v.invariant:<4}{v.detail}" for v in self.violations[:SHOWN]),
        ]
        if len(self.violations) > SHOWN:
            lines.append(f"and {len(self.violations) - SHOWN} more")
        lines.append("the chain holds" if self.clean else f"{len(self.violations)} faults")
        return "\n".join(lines)
