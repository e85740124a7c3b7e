"""The front door of account tiers, beside `contract.py`: Type II and III (bank-services §2.4).

Such an account is bound to the customer's own Type I account. What goes to and fro between the
two is free; everything else is limited by day, year and balance. A core that keeps them
implements `Tiers`; callers ask with `isinstance`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec

from bank_bridge.contract import Money


class TierKind(StrEnum):
    TYPE_2 = "type_2"
    TYPE_3 = "type_3"


class Tier(msgspec.Struct, frozen=True):
    """An account of a tier as it stands today. `most_balance` none: no cap.

    `known_in_person`: identity was confirmed face to face, so that money may come in from
    elsewhere (Type II). `takes_incoming`: the customer agreed to that (Type III).
    """

    number: str
    kind: TierKind
    bound_tail: str
    day_left: Money
    year_left: Money
    most_balance: Money | None
    known_in_person: bool
    takes_incoming: bool


@runtime_checkable
class Tiers(Protocol):
    """Opening and keeping them."""

    async def open_tier_account(
        self, customer: str, kind: TierKind, bound_number: str, idempotency_key: str
    ) -> Tier:
        """Open one, bound to a Type I account of the same customer; each may then pay the other.

        Raises LIMIT_SINGLE when the customer has as many as may be, NOT_FOUND,
        ACCOUNT_TIER_BLOCKED when the bound account is not of Type I.
        """

    async def tier(self, customer: str, number: str) -> Tier:
        """Raises NOT_FOUND, also for an account of Type I."""

    async def confirm_in_person(self, customer: str, number: str) -> Tier:
        """What a branch does once it has seen the customer. Again: nothing."""

    async def set_incoming(self, customer: str, number: str, *, taken: bool) -> Tier:
        """The customer's consent to money from elsewhere, or its end."""
