"""The recipient ledger: one row for each campaign and customer, whatever is repeated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from chat_server.domain.accounts.campaigns import HourTally, Recipient, RecipientState, Tally
from chat_server.domain.accounts.progress import Mark


class RecipientLedger(Protocol):
    """Every mutating method is one atomic, durable commit."""

    async def enrol(self, recipients: Sequence[Recipient]) -> int:
        """Add those who are not there yet; how many that are."""

    async def move(self, former: RecipientState, recipients: Sequence[Recipient]) -> int:
        """Give those who are in that state another, with reason, seq and time; how many that are.

        What was marked stays.
        """

    async def mark(self, marks: Sequence[Mark]) -> int:
        """Take each row on by `progress.stepped`, with the fact of a first step; how many changed.

        Marks of people without a row change nothing.
        """

    async def in_state(
        self, campaign: str, state: RecipientState, *, after: str = "", limit: int
    ) -> Sequence[Recipient]:
        """By customer, from `after`."""

    async def of_customer(self, customer: str, since_ms: int) -> Sequence[Recipient]:
        """The customer's rows whose `at_ms` is not before, the latest first."""

    async def tallies(self, campaign: str) -> Sequence[Tally]:
        """How many there are of each variant, state, reason, language and branch, so ordered."""

    async def hours(self, campaign: str) -> Sequence[HourTally]:
        """How many took which step when, of those it was sent to; by hour and step."""

    async def reached(self, customers: Iterable[str], since_ms: int) -> Mapping[str, int]:
        """How many campaigns were sent to each of them since then; those with none left out."""
