"""What every store does alike with the recipients of campaigns: pure steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from chat_server.domain.accounts.campaigns import Recipient
from chat_server.domain.accounts.progress import Mark, Step, is_first, stepped
from chat_server.domain.facts import Fact

HOUR_MS = 3_600_000
STEP_TIMES = {"sent": "at_ms", **{step.value: f"{step.value}_ms" for step in Step}}

Key = tuple[str, str]


def key_of(one: Recipient | Mark) -> Key:
    return one.campaign, one.customer


def given(former: Recipient, to: Recipient) -> Recipient:
    """What `move` changes of a row; what was marked stays."""
    return replace(
        former, variant=to.variant, state=to.state, reason=to.reason, seq=to.seq, at_ms=to.at_ms
    )


def walked(
    rows: Mapping[Key, Recipient], marks: Sequence[Mark]
) -> tuple[Sequence[Recipient], Sequence[Fact]]:
    """The rows that the marks change, and the facts of those that are the first of their step."""
    now, facts = dict(rows), []
    for mark in marks:
        before = now.get(key_of(mark))
        if before is None:
            continue
        now[key_of(mark)] = after = stepped(before, mark)
        if mark.fact is not None and is_first(before, after, mark.step):
            facts.append(mark.fact)
    return [one for key, one in now.items() if one is not rows[key]], facts
