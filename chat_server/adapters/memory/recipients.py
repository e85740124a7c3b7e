"""The recipient ledger in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from chat_server.domain.accounts.campaigns import Recipient, RecipientState, Tally

REACHED = (RecipientState.SENT, RecipientState.READ, RecipientState.RECALLED)


class MemoryRecipientLedger:
    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], Recipient] = {}

    async def enrol(self, recipients: Sequence[Recipient]) -> int:
        before = len(self._rows)
        for each in recipients:
            self._rows.setdefault((each.campaign, each.customer), each)
        return len(self._rows) - before

    async def move(self, former: RecipientState, recipients: Sequence[Recipient]) -> int:
        moved = 0
        for each in recipients:
            found = self._rows.get((each.campaign, each.customer))
            if found is not None and found.state is former:
                self._rows[each.campaign, each.customer] = each
                moved += 1
        return moved

    async def in_state(
        self, campaign: str, state: RecipientState, *, after: str = "", limit: int
    ) -> Sequence[Recipient]:
        found = [
            each
            for (of, customer), each in sorted(self._rows.items())
            if of == campaign and customer > after and each.state is state
        ]
        return found[: max(limit, 0)]

    async def tallies(self, campaign: str) -> Sequence[Tally]:
        counted = Counter(
            (each.variant, each.state, each.reason)
            for (of, _), each in self._rows.items()
            if of == campaign
        )
        return [Tally(*key, count) for key, count in sorted(counted.items())]

    async def reached(self, customers: Iterable[str], since_ms: int) -> Mapping[str, int]:
        wanted = set(customers)
        return Counter(
            each.customer
            for each in self._rows.values()
            if each.customer in wanted and each.state in REACHED and each.at_ms >= since_ms
        )
