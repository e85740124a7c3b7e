"""The front door of the emergency path, beside `contract.py`: freezing (bank-services §2.11).

A freeze needs no proof and works at once; ending it needs two people of the bank, who have seen
the customer. A core that offers it implements `Freezing`; callers ask with `isinstance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec


class FreezeReason(StrEnum):
    FRAUD = "fraud"
    FREEZE = "freeze"  # lost, stolen, or the customer's wish
    COMPLAINT = "complaint"


class Freeze(msgspec.Struct, frozen=True):
    """One case, open until it is lifted. `called_back`: transfers that had not left yet."""

    case: str
    customer: str
    reason: FreezeReason
    frozen_at: datetime
    account_tails: Sequence[str]
    called_back: int
    maker: str = ""  # who proposed to lift it
    checker: str = ""
    lifted_at: datetime | None = None


@runtime_checkable
class Freezing(Protocol):
    """From here on nothing leaves the customer's accounts, by whatever way; money still comes."""

    async def freeze(self, customer: str, reason: FreezeReason) -> Freeze:
        """Freeze every account and 工银e支付, and call back what has not left yet.

        While it is frozen the same case is returned. Raises NOT_FOUND.
        """

    async def frozen(self, customer: str) -> Freeze | None:
        """The customer's open case, if there is one."""

    async def freezes(self, limit: int) -> Sequence[Freeze]:
        """Open cases, the oldest first; at most `limit` (1 to 1000)."""

    async def propose_unfreeze(self, case: str, maker: str) -> Freeze:
        """A person of the bank has seen the customer. By the same one again: nothing.

        Raises NOT_FOUND, ILLEGAL_TRANSITION when it is lifted or another proposed it.
        """

    async def approve_unfreeze(self, case: str, checker: str) -> Freeze:
        """Another person agrees: accounts and 工银e支付 work again. Again: nothing.

        Raises NOT_FOUND; ILLEGAL_TRANSITION when nobody proposed it; STRONGER_PROOF_NEEDED
        when the maker is the checker.
        """
