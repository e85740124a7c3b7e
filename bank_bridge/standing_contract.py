"""The front door of standing transfers, beside `contract.py`: 预约转账 (bank-services §1.9, §2.4).

Agreed upon once, by card and code; carried out by the bank when the day comes. A core that
offers them implements `StandingTransfers`; callers ask with `isinstance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec

from bank_bridge.contract import Instruction, Money


class Rhythm(StrEnum):
    ONCE = "once"
    WEEKLY = "weekly"
    MONTHLY = "monthly"  # on a month's last day where it has no such day


class StandingOrder(msgspec.Struct, frozen=True):
    """To pay a saved payee on a day to come, once or again and again.

    `first`: a calendar date in China, tomorrow at the earliest. `day`, 1 to 31: of each month;
    0: that of `first`.
    """

    customer: str
    device: str
    payee_id: str
    amount: Money
    first: date
    rhythm: Rhythm = Rhythm.ONCE
    day: int = 0
    payer_number: str | None = None


class Standing(msgspec.Struct, frozen=True):
    """A standing transfer as it stands; `next_on` none: nothing more will be paid."""

    standing: str
    payee_name: str
    payee_tail: str
    payer_tail: str
    amount: Money
    rhythm: Rhythm
    next_on: date | None


@runtime_checkable
class StandingTransfers(Protocol):
    """Each day is paid at most once, whatever is repeated or restarted; see `run_due`."""

    async def create_standing_transfer(
        self, order: StandingOrder, idempotency_key: str
    ) -> Instruction:
        """An instruction of kind `standing_agreement` whose amount is each payment's.

        It moves nothing itself. A day that is not to come: INVALID_REQUEST; more than a code
        may prove in a day: STRONGER_PROOF_NEEDED; too many that are active: LIMIT_SINGLE.
        """

    async def standing_transfers(self, customer: str) -> Sequence[Standing]:
        """Those that are active, the next one due first."""

    async def close_standing_transfer(self, standing: str, customer: str) -> None:
        """No further payment; needs no proof. Again: nothing. Raises NOT_FOUND."""
