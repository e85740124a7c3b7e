"""What a run found, as a value and as a page in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not run"


class Finding(msgspec.Struct, frozen=True):
    """One check. `detail` says what was seen instead, or why it was not run."""

    check: str
    rule: str
    outcome: Outcome
    detail: str
    took_ms: int


class Certificate(msgspec.Struct, frozen=True):
    """A whole run. A gateway may go live when every check was run and passed."""

    gateway: str
    began_at: datetime
    findings: Sequence[Finding]

    def count(self, outcome: Outcome) -> int:
        return sum(finding.outcome is outcome for finding in self.findings)

    @property
    def may_go_live(self) -> bool:
        return self.count(Outcome.PASSED) == len(self.findings) > 0

    @property
    def failed(self) -> bool:
        return self.count(Outcome.FAILED) > 0

    def page(self) -> str:
        """For people."""
        verdict = "MAY GO LIVE" if self.may_go_live else "NOTHING FAILED, BUT NOT ALL WAS RUN"
        verdict = "MAY NOT GO LIVE" if self.failed else verdict
        counts = ", ".join(f"{self.count(outcome)} {outcome}" for outcome in Outcome)
        lines = [
            f"# Gateway {self.gateway}: {verdict}",
            "",
            f"{self.began_at:%Y-%m-%d %H:%M:%S} UTC · {counts}",
            "",
            "| check | rule | outcome | ms | what was seen |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {f.check} | {f.rule} | {_shown(f.outcome)} | {f.took_ms} | {_cell(f.detail)} |"
            for f in self.findings
        ]
        return "\n".join(lines)


def _shown(outcome: Outcome) -> str:
    return f"**{outcome.upper()}**" if outcome is Outcome.FAILED else outcome.value


def _cell(text: str) -> str:
    """On one line, and no end of a cell."""
    return " ".join(text.split()).replace("|", "\\|")
