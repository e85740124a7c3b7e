"""Funds: only what suits is sold, at the value of the order's day, to the fen and the share."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime

import pytest

from bank_bridge.contract import Instruction, InstructionState, Money, RefusalCode
from bank_bridge.fund_contract import (
    FundOrder,
    FundOrderState,
    FundRedemption,
    NewFund,
)
from bank_bridge.products.funds.figures import (
    SHIPPED,
    level_of,
    shares_for,
    trade_day,
    value_of,
)
from tests.contracts.bank_samples import DEVICE, Clock, refusal

from .conftest import BillTeller

MONDAY = date(2026, 3, 2)
BOLD, CALM, WARY = (3, 3, 3, 3, 3, 3), (1, 1, 2, 1, 1, 1), (3, 3, 3, 3, 0, 3)
NAV = 12_345  # 1.2345


@pytest.fixture
async def officer(teller: BillTeller) -> BillTeller:
    """A calm fund and a bold one on sale; customers are assessed by the tests."""
    for fund, risk in (("steady", 2), ("growth", 4)):
        await teller.bank.propose_fund(NewFund(fund, f"{fund}基金", risk, Money(10_00)), "maker")
        with refusal(RefusalCode.ILLEGAL_TRANSITION):
            await teller.bank.approve_fund(fund, "maker")
        await teller.bank.approve_fund(fund, "checker")
    return teller


def buying(fund: str = "steady", fen: int = 1_000_00) -> FundOrder:
    return FundOrder("zhangwei", DEVICE, fund, Money(fen))


async def buy(officer: BillTeller, fund: str = "steady", key: str = "b-1") -> Instruction:
    bought = await officer.prove(await officer.bank.create_fund_order(buying(fund), key))
    assert bought.state is InstructionState.SUCCEEDED
    return bought


@pytest.mark.parametrize(
    ("answers", "level"),
    [(BOLD, 5), (CALM, 2), (WARY, 1), ((0,) * 6, 1), ((2, 2, 2, 2, 2, 2), 4)],
)
def test_how_much_risk_answers_can_bear(answers: tuple[int, ...], level: int) -> None:
    assert level_of(answers) == level


@pytest.mark.parametrize(
    ("china", "day"),
    [
        ("2026-03-02 14:59", "2026-03-02"),
        ("2026-03-02 15:00", "2026-03-03"),
        ("2026-03-06 15:00", "2026-03-09"),  # Friday: the next working day is Monday
        ("2026-10-02 10:00", "2026-10-08"),  # the national holidays
    ],
)
def test_the_day_whose_value_an_order_has(china: str, day: str) -> None:
    moment = datetime.fromisoformat(f"{china}+08:00")
    assert trade_day(moment, SHIPPED).isoformat() == day


def test_shares_are_rounded_down_and_values_half_up() -> None:
    assert shares_for(1_000_00, NAV) == 810_04  # 810.0445
    assert value_of(810_04, NAV) == 999_99  # 999.994
    assert value_of(1, 5_000) == 1


async def test_what_does_not_suit_is_refused_before_and_after_it_is_quoted(
    officer: BillTeller, clock: Clock
) -> None:
    bank = officer.bank
    with refusal(RefusalCode.SUITABILITY_REFUSED) as refused:
        await bank.create_fund_order(buying(), "b-1")
    assert refused.value.details == {"risk": 2, "level": 0}  # to be assessed first
    await bank.assess_risk("zhangwei", CALM)
    with refusal(RefusalCode.SUITABILITY_REFUSED):
        await bank.create_fund_order(buying("growth"), "b-1")
    await bank.assess_risk("zhangwei", BOLD)
    quoted = await bank.create_fund_order(buying("growth"), "b-1")
    clock.forward(1)
    await bank.assess_risk("zhangwei", WARY)  # and then they changed their mind
    ended = await officer.prove(quoted)
    assert (ended.state, ended.failure) == (
        InstructionState.FAILED,
        RefusalCode.SUITABILITY_REFUSED,
    )
    clock.forward(366 * 86_400)
    assert await bank.risk_profile("zhangwei") is None


async def test_bought_and_sold_at_the_value_of_its_day(officer: BillTeller, clock: Clock) -> None:
    bank = officer.bank
    before = (await officer.balances())[0]
    await bank.assess_risk("zhangwei", CALM)
    await buy(officer)
    assert (await officer.balances())[0] == before - 1_000_00
    assert await bank.holdings("zhangwei") == []  # no value yet
    await bank.publish_nav("steady", MONDAY, NAV)
    await asyncio.gather(*(bank.run_due() for _ in range(5)))
    (held,) = await bank.holdings("zhangwei")
    assert (held.shares, held.value) == (810_04, Money(999_99))

    clock.forward(86_400)
    sold = await officer.prove(
        await bank.create_fund_redemption(FundRedemption("zhangwei", DEVICE, "steady"), "r-1")
    )
    assert sold.state is InstructionState.SUCCEEDED
    with refusal(RefusalCode.INVALID_AMOUNT):  # the same shares are not sold twice
        await bank.create_fund_redemption(FundRedemption("zhangwei", DEVICE, "steady", 1), "r-2")
    await bank.publish_nav("steady", date(2026, 3, 3), 13_000)  # it rose
    await bank.run_due()
    await bank.run_due()
    assert (await officer.balances())[0] == before - 1_000_00 + 1_053_05
    assert await bank.holdings("zhangwei") == []
    told = [event.type for event in await bank.events(0, 1000) if event.type.startswith("ebank.")]
    assert told == ["ebank.product_bought", "ebank.product_sold"]


async def test_until_the_cut_off_a_purchase_can_be_taken_back(
    officer: BillTeller, clock: Clock
) -> None:
    bank = officer.bank
    before = await officer.balances()
    await bank.assess_risk("zhangwei", CALM)
    bought = await buy(officer)
    with refusal(RefusalCode.NOT_FOUND):
        await bank.cancel_fund_order(bought.instruction_id, "lina")
    cancelled = await bank.cancel_fund_order(bought.instruction_id, "zhangwei")
    assert cancelled.state is FundOrderState.CANCELLED
    assert await bank.cancel_fund_order(bought.instruction_id, "zhangwei") == cancelled
    assert await officer.balances() == before
    await bank.publish_nav("steady", MONDAY, NAV)
    await bank.run_due()
    assert await bank.holdings("zhangwei") == []
    late = await buy(officer, key="b-2")
    clock.moment = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)  # 15:00
    with refusal(RefusalCode.ILLEGAL_TRANSITION):
        await bank.cancel_fund_order(late.instruction_id, "zhangwei")


async def test_what_was_confirmed_for_one_day_is_not_bought_on_the_next(
    officer: BillTeller, clock: Clock
) -> None:
    clock.moment = datetime(2026, 3, 2, 6, 59, tzinfo=UTC)
    await officer.bank.assess_risk("zhangwei", CALM)
    quoted = await officer.bank.create_fund_order(buying(), "b-1")
    clock.forward(60)
    ended = await officer.prove(quoted)
    assert ended.failure is RefusalCode.EXPIRED


async def test_a_days_value_is_published_once(officer: BillTeller) -> None:
    await officer.bank.publish_nav("steady", MONDAY, NAV)
    await officer.bank.publish_nav("steady", MONDAY, NAV)
    with refusal(RefusalCode.IDEMPOTENCY_CONFLICT):
        await officer.bank.publish_nav("steady", MONDAY, NAV + 1)
    with refusal(RefusalCode.INVALID_REQUEST):
        await officer.bank.publish_nav("steady", date(2026, 3, 3), NAV)
