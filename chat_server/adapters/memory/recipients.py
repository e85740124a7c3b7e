"""The recipient ledger in memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from chat_server.adapters.memory.log import MemoryLog
from chat_server.adapters.rules_recipients import HOUR_MS, STEP_TIMES, given, key_of, walked
from chat_server.domain.accounts.campaigns import (
    REACHED,
    HourTally,
    Recipient,
    RecipientState,
    Tally,
)
from chat_server.domain.accounts.progress import Mark


class MemoryRecipientLedger:
    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._rows: dict[tuple[str, str], Recipient] = {}

    async def enrol(self, recipients: Sequence[Recipient]) -> int:
        before = len(self._rows)
        for each in recipients:
            self._rows.setdefault(key_of(each), each)
        return len(self._rows) - before

    async def move(self, former: RecipientState, recipients: Sequence[Recipient]) -> int:
        moved = 0
        for each in recipients:
            found = self._rows.get(key_of(each))
            if found is not None and found.state is former:
                self._rows[key_of(each)] = given(found, each)
                moved += 1
        return moved

    async def mark(self, marks: Sequence[Mark]) -> int:
        named = {key_of(each) for each in marks}
        rows = {key: row for key in named if (row := self._rows.get(key)) is not None}
        changed, facts = walked(rows, marks)
        self._rows.update((key_of(each), each) for each in changed)
        for fact in facts:
            self._log.note(fact)
        return len(changed)

    async def in_state(
        self, campaign: str, state: RecipientState, *, after: str = "", limit: int
    ) -> Sequence[Recipient]:
        found = [
            each
            for (of, customer), each in sorted(self._rows.items())
            if of == campaign and customer > after and each.state is state
        ]
        return found[: max(limit, 0)]

    async def of_customer(self, customer: str, since_ms: int) -> Sequence[Recipient]:
        found = [
            each
            for each in self._rows.values()
            if each.customer == customer and each.at_ms >= since_ms
        ]
        return sorted(found, key=lambda each: (-each.at_ms, each.campaign))

    async def tallies(self, campaign: str) -> Sequence[Tally]:
        groups = defaultdict(list)
        for each in self._of(campaign):
            key = each.variant, each.state, each.reason, each.language, each.branch
            groups[key].append(each)
        return [
            Tally(
                *key[:3],
                len(group),
                *key[3:],
                sum(each.delivered_ms > 0 for each in group),
                sum(each.read_ms > 0 for each in group),
                sum(each.clicked_ms > 0 for each in group),
                sum(each.converted_ms > 0 for each in group),
                sum(each.left_ms > 0 for each in group),
                sum(each.revenue for each in group),
            )
            for key, group in sorted(groups.items())
        ]

    async def hours(self, campaign: str) -> Sequence[HourTally]:
        people: Counter[tuple[int, str]] = Counter()
        revenue: Counter[tuple[int, str]] = Counter()
        for each in self._of(campaign):
            for step, field in STEP_TIMES.items():
                at_ms = getattr(each, field)
                if at_ms and each.state in REACHED:
                    hour = at_ms // HOUR_MS * HOUR_MS, step
                    people[hour] += 1
                    revenue[hour] += each.revenue if step == "converted" else 0
        return [HourTally(*hour, people[hour], revenue[hour]) for hour in sorted(people)]

    async def reached(self, customers: Iterable[str], since_ms: int) -> Mapping[str, int]:
        wanted = set(customers)
        return Counter(
            each.customer
            for each in self._rows.values()
            if each.customer in wanted and each.state in REACHED and each.at_ms >= since_ms
        )

    def _of(self, campaign: str) -> list[Recipient]:
        return [each for (of, _), each in self._rows.items() if of == campaign]
