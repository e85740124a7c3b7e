"""The front door of savings, beside `contract.py`: fixed deposits of 融e行 (bank-services §2.4).

A core that sells them implements `Savings`; callers ask with `isinstance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol, runtime_checkable

import msgspec

from bank_bridge.contract import Instruction, Money


class Term(msgspec.Struct, frozen=True):
    """A term on offer: whole months, and the yearly rate in millionths (17,500 is 1.75 %)."""

    months: int
    rate: int


class DepositOrder(msgspec.Struct, frozen=True):
    customer: str
    device: str
    amount: Money
    months: int
    payer_number: str | None = None


class WithdrawalOrder(msgspec.Struct, frozen=True):
    """To break a deposit before its day; `amount` none: all of it."""

    customer: str
    device: str
    deposit: str
    amount: Money | None = None


class Deposit(msgspec.Struct, frozen=True):
    """A fixed deposit as it stands. `interest`: what it will have earned on its day."""

    deposit: str
    principal: Money
    months: int
    rate: int
    opened: date
    matures: date
    interest: Money
    account_tail: str
    active: bool


@runtime_checkable
class Savings(Protocol):
    """Fixed deposits; a matured one is paid out, with its interest, by `run_due`."""

    async def deposit_terms(self) -> Sequence[Term]:
        """By length."""

    async def deposits(self, customer: str) -> Sequence[Deposit]:
        """The newest first; paid-out ones too."""

    async def create_deposit(self, order: DepositOrder, idempotency_key: str) -> Instruction:
        """Quote it, as `create_transfer` does; kind `deposit`. Under the least: INVALID_AMOUNT."""

    async def create_withdrawal(self, order: WithdrawalOrder, idempotency_key: str) -> Instruction:
        """An instruction of kind `deposit_withdrawal`: the part taken earns the current rate.

        More than there is, or a rest under the least: INVALID_AMOUNT, with `left`.
        """
