"""The front door of funds, beside `contract.py`: fund products of 融e行 (bank-services §2.4).

A core that sells them implements `Funds`, for its own officers `FundDesk`; callers ask with
`isinstance`. Shares are hundredths of a share, values of a share ten-thousandths of a yuan.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec

from bank_bridge.contract import Instruction, Money


class Fund(msgspec.Struct, frozen=True):
    """A fund on sale. `risk` 1 (low) to 5; `nav` 0 and no day: none was published yet."""

    fund: str
    name: str
    risk: int
    least: Money
    nav: int
    nav_day: date | None


class NewFund(msgspec.Struct, frozen=True):
    fund: str
    name: str
    risk: int
    least: Money


class RiskQuestion(msgspec.Struct, frozen=True):
    """One question of the assessment; its answers are counted from 0."""

    question_zh: str
    question_en: str
    answers_zh: Sequence[str]
    answers_en: Sequence[str]


class RiskProfile(msgspec.Struct, frozen=True):
    """How much risk a customer can bear, 1 to 5, until which day that holds."""

    level: int
    assessed_on: date
    valid_until: date


class FundOrder(msgspec.Struct, frozen=True):
    """To subscribe for an amount."""

    customer: str
    device: str
    fund: str
    amount: Money
    payer_number: str | None = None


class FundRedemption(msgspec.Struct, frozen=True):
    """To sell shares; none: all that are held."""

    customer: str
    device: str
    fund: str
    shares: int | None = None


class FundSide(StrEnum):
    BUY = "buy"
    SELL = "sell"


class FundOrderState(StrEnum):
    PLACED = "PLACED"  # waits for the value of its trade day
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class PlacedFundOrder(msgspec.Struct, frozen=True):
    """`shares` of a purchase, and `amount` of a sale, are 0 until it is CONFIRMED."""

    order: str
    fund: str
    name: str
    side: FundSide
    amount: Money
    shares: int
    trade_day: date
    state: FundOrderState


class Holding(msgspec.Struct, frozen=True):
    """What a customer holds of a fund, at its newest value. `selling`: already ordered away."""

    fund: str
    name: str
    shares: int
    selling: int
    value: Money
    nav: int
    nav_day: date


@runtime_checkable
class Funds(Protocol):
    """Orders until 15:00 of a working day have that day's value, later ones the next one's."""

    async def funds(self) -> Sequence[Fund]:
        """Those on sale, the least risky first."""

    async def risk_questions(self) -> Sequence[RiskQuestion]: ...

    async def assess_risk(self, customer: str, answers: Sequence[int]) -> RiskProfile:
        """Rate the answers, one to each question; the newest assessment counts.

        Raises INVALID_REQUEST, NOT_FOUND for a stranger.
        """

    async def risk_profile(self, customer: str) -> RiskProfile | None:
        """The assessment that counts; none when there was none, or it is over."""

    async def create_fund_order(self, order: FundOrder, idempotency_key: str) -> Instruction:
        """Quote a purchase, as `create_transfer` does; kind `fund_buy`.

        SUITABILITY_REFUSED (details: `risk`, `level`; `level` 0: to be assessed first) where
        the fund is riskier than the customer can bear, again when it is carried out.
        """

    async def create_fund_redemption(
        self, order: FundRedemption, idempotency_key: str
    ) -> Instruction:
        """Kind `fund_sell_agreement`; its amount is an estimate.

        More shares than are held and free: INVALID_AMOUNT, with `shares`.
        """

    async def fund_orders(self, customer: str, limit: int) -> Sequence[PlacedFundOrder]:
        """The newest 1 to 100 first."""

    async def cancel_fund_order(self, order: str, customer: str) -> PlacedFundOrder:
        """Until its trade day's cut-off; the money of a purchase comes back at once.

        Again: the same. Later: ILLEGAL_TRANSITION.
        """

    async def holdings(self, customer: str) -> Sequence[Holding]:
        """By name."""


@runtime_checkable
class FundDesk(Protocol):
    """What the bank's own officers do; two of them for every fund (A4)."""

    async def propose_fund(self, new: NewFund, maker: str) -> None: ...

    async def approve_fund(self, fund: str, checker: str) -> None:
        """Raises ILLEGAL_TRANSITION when the checker is the maker."""

    async def publish_nav(self, fund: str, day: date, nav: int) -> None:
        """A trade day's value; once. The same again: nothing; another: IDEMPOTENCY_CONFLICT."""
