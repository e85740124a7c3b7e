"""Fixed deposits: check 4 of bank-services §2.4 to the fen, terms, parts, and paying out once."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_bridge.contract import InstructionState, Money, RefusalCode
from bank_bridge.products.savings.figures import SHIPPED, for_days, for_term, months_on
from bank_bridge.saving_contract import DepositOrder, Savings, WithdrawalOrder
from tests.contracts.bank_samples import DEVICE, Clock, refusal

from .conftest import BillTeller

DAY_S = 86_400


async def put_away(teller: BillTeller, fen: int = 10_000_00, months: int = 12) -> str:
    order = DepositOrder("zhangwei", DEVICE, Money(fen), months)
    opened = await teller.prove(await teller.bank.create_deposit(order, f"d-{fen}-{months}"))
    assert opened.state is InstructionState.SUCCEEDED
    return opened.instruction_id


async def break_off(teller: BillTeller, deposit: str, fen: int | None = None) -> None:
    order = WithdrawalOrder("zhangwei", DEVICE, deposit, None if fen is None else Money(fen))
    done = await teller.prove(await teller.bank.create_withdrawal(order, f"w-{fen}"))
    assert done.state is InstructionState.SUCCEEDED


def test_check_4_ten_thousand_at_the_current_rate_for_ninety_days_earn_8_75() -> None:
    assert for_days(10_000_00, SHIPPED.current, 90) == 8_75


async def test_check_4_ten_thousand_for_a_year_earn_175_and_are_paid_out_once(
    teller: BillTeller, clock: Clock
) -> None:
    await put_away(teller)
    assert (await teller.balances())[0] == 0
    (deposit,) = await teller.bank.deposits("zhangwei")
    assert (deposit.matures, deposit.interest) == (date(2027, 3, 2), Money(175_00))
    clock.forward(364 * DAY_S)
    assert await teller.bank.run_due() == 0
    clock.forward(DAY_S)
    assert await asyncio.gather(teller.bank.run_due(), teller.bank.run_due()) != [0, 0]
    assert await teller.bank.run_due() == 0
    assert (await teller.balances())[0] == 10_175_00
    assert not (await teller.bank.deposits("zhangwei"))[0].active


async def test_check_4_broken_on_day_90_it_earns_the_current_rate(
    teller: BillTeller, clock: Clock
) -> None:
    deposit = await put_away(teller)
    clock.forward(90 * DAY_S)
    await break_off(teller, deposit)
    assert (await teller.balances())[0] == 10_008_75
    clock.forward(400 * DAY_S)
    assert await teller.bank.run_due() == 0


async def test_the_part_taken_earns_the_current_rate_and_the_rest_its_own(
    teller: BillTeller, clock: Clock
) -> None:
    deposit = await put_away(teller)
    clock.forward(90 * DAY_S)
    await break_off(teller, deposit, 4_000_00)
    assert (await teller.balances())[0] == 4_003_50
    clock.forward(275 * DAY_S)
    await teller.bank.run_due()
    assert (await teller.balances())[0] == 4_003_50 + 6_000_00 + 105_00


@pytest.mark.parametrize(
    ("fen", "months", "code"),
    [
        (49_99, 12, RefusalCode.INVALID_AMOUNT),
        (0, 12, RefusalCode.INVALID_AMOUNT),
        (100_00, 7, RefusalCode.INVALID_REQUEST),
        (10_000_01, 12, RefusalCode.INSUFFICIENT_FUNDS),
    ],
)
async def test_a_deposit_that_makes_no_sense_is_refused(
    teller: BillTeller, fen: int, months: int, code: RefusalCode
) -> None:
    with refusal(code):
        await put_away(teller, fen, months)
    assert await teller.bank.deposits("zhangwei") == []


async def test_more_than_there_is_or_too_little_left_is_refused(teller: BillTeller) -> None:
    deposit = await put_away(teller, 1_000_00)
    for fen in (1_000_01, 999_00):
        with refusal(RefusalCode.INVALID_AMOUNT) as refused:
            await break_off(teller, deposit, fen)
        assert refused.value.details["left"] == 1_000_00
    with refusal(RefusalCode.NOT_FOUND):
        order = WithdrawalOrder("lina", DEVICE, deposit)
        await teller.bank.create_withdrawal(order, "hers")


async def test_two_withdrawals_of_all_pay_one(teller: BillTeller) -> None:
    deposit = await put_away(teller, 1_000_00)
    order = WithdrawalOrder("zhangwei", DEVICE, deposit)
    quoted = [await teller.bank.create_withdrawal(order, key) for key in ("a", "b")]
    ended = [await teller.prove(each) for each in quoted]
    assert [each.state for each in ended] == [InstructionState.SUCCEEDED, InstructionState.FAILED]
    assert (await teller.balances())[0] == 10_000_00
    assert isinstance(teller.bank, Savings)
    assert [term.months for term in await teller.bank.deposit_terms()] == [3, 6, 12, 24, 36]


@given(st.integers(1, 10**12), st.integers(1, 400))
def test_interest_is_half_up_to_the_fen(principal: int, days: int) -> None:
    exact = principal * SHIPPED.current * days
    paid = for_days(principal, SHIPPED.current, days) * 360_000_000
    assert -180_000_000 < paid - exact <= 180_000_000
    assert for_term(principal, 10_000, 12) * 100 - principal in range(-49, 51)


def test_a_term_ends_on_its_day_or_on_the_last_of_a_shorter_month() -> None:
    assert months_on(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert months_on(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_on(date(2026, 12, 31), 36) == date(2029, 12, 31)
