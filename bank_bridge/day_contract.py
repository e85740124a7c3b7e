"""The front door to the bank's business days, beside `contract.py`: how each was closed.

A core that closes its dates by itself implements `DayEnds`; callers ask with `isinstance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol, runtime_checkable

import msgspec


class DayStep(msgspec.Struct, frozen=True):
    """One step of a day-end, and when it was finished."""

    step: str
    finished_at: datetime


class BusinessDay(msgspec.Struct, frozen=True):
    """A date that is being closed, or was: sealed with the journal's head."""

    day: date
    frozen_at: datetime
    sealed_at: datetime | None
    head_seq: int  # the last entry of the journal then; 0 until it is sealed
    head: str  # its hash, SHA-256 in hex
    steps: Sequence[DayStep]  # finished ones, in their order


@runtime_checkable
class BusinessDays(Protocol):
    async def business_days(self, limit: int) -> Sequence[BusinessDay]:
        """The newest 1 to 100 that a day-end has begun on, newest first."""


@runtime_checkable
class DayEnds(Protocol):
    """What closes dates; safe to call at any time, and by several processes at once."""

    async def run_day_end(self) -> int:
        """Close every date whose day-end is due by the clock, oldest first; how many.

        Raises BankError when a date's figures are not right: it stays open until a person
        has looked.
        """
