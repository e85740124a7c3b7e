"""The recipient ledger: one row for each campaign and customer, whatever is repeated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from chat_server.domain.accounts.campaigns import Recipient, RecipientState, Tally


class RecipientLedger(Protocol):
    """Every mutating method is one atomic, durable commit."""

    async def enrol(self, recipients: Sequence[Recipient]) -> int:
        """Add those who are not there yet; how many that are."""

    async def move(self, former: RecipientState, recipients: Sequence[Recipient]) -> int:
        """Replace the rows of those who are in that state; how many that are."""

    async def in_state(
        self, campaign: str, state: RecipientState, *, after: str = "", limit: int
    ) -> Sequence[Recipient]:
        """By customer, from `after`."""

    async def tallies(self, campaign: str) -> Sequence[Tally]:
        """How many there are of each variant, state and reason, in that order."""

    async def reached(self, customers: Iterable[str], since_ms: int) -> Mapping[str, int]:
        """How many campaigns were sent to each of them since then; those with none left out."""
