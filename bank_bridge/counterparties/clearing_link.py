"""The link to a clearing house: what a bank sends it, and what may come back.

A clearing house carries a payment out once for its id. Its answer may never come, come late,
come twice; then it is inquired for, and its daily file has the last word.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Protocol

import msgspec


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NOT_RECEIVED = "not_received"  # so far: it may still be on its way


class Payment(msgspec.Struct, frozen=True):
    """One credit transfer to another bank; `amount` in fen, `route` ibps, hvps or beps."""

    payment_id: str
    amount: int
    payer_name: str
    payee_name: str
    payee_number: str
    payee_bank: str
    route: str
    day: date  # on which it is to be settled; too late for that, it is declined


class Answer(msgspec.Struct, frozen=True):
    """`reason`, of a payment that was declined: no_such_account, name_mismatch, refused,
    too_late.
    """

    payment_id: str
    verdict: Verdict
    reason: str = ""


class FileLine(msgspec.Struct, frozen=True):
    """A payment that was settled on the file's day; `amount` in fen."""

    payment_id: str
    amount: int


class NoAnswer(Exception):
    """Nothing came back: it may have arrived, or not."""


class ClearingLink(Protocol):
    async def send(self, payment: Payment) -> Answer:
        """Raises NoAnswer. The same payment again is answered again, and done once."""

    async def inquire(self, payment_id: str) -> Answer:
        """Raises NoAnswer."""

    async def late_answers(self) -> Sequence[Answer]:
        """What came unasked since the last look: late ones, repeated ones, in any order."""

    async def day_file(self, day: date) -> Sequence[FileLine] | None:
        """All that was settled on that day, or none while the file is not there yet."""
