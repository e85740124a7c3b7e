"""What HTTP says of the bank to its own staff: business days."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class DayStepItem(msgspec.Struct, frozen=True):
    """`finished_at`: milliseconds since 1970."""

    step: str
    finished_at: int


class BusinessDayItem(msgspec.Struct, frozen=True):
    """A date whose day-end has begun; `sealed_at` none: it is not closed yet.

    `head` is the journal's hash at its end, SHA-256 in hex.
    """

    day: str
    frozen_at: int
    sealed_at: int | None
    head_seq: int
    head: str
    steps: Sequence[DayStepItem]


class BusinessDayList(msgspec.Struct, frozen=True):
    """The newest first. `closes_here`: this server closes dates by itself."""

    items: Sequence[BusinessDayItem]
    closes_here: bool
