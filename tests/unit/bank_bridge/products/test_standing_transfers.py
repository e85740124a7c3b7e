"""Standing transfers: agreed upon once, paid on their days, each day at most once, and told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from bank_bridge.contract import InstructionState, Money, RefusalCode
from bank_bridge.products.standing.figures import following
from bank_bridge.standing_contract import Rhythm, StandingOrder
from tests.contracts.bank_samples import DEVICE, Clock, refusal

from .conftest import BillTeller

TODAY = date(2026, 3, 2)  # as the clock of these tests begins, at noon in China
DAY_S = 86_400


@pytest.fixture
def order(teller: BillTeller) -> Callable[..., StandingOrder]:
    def made(
        first: date = TODAY + timedelta(days=1), fen: int = 100_00, **more: object
    ) -> StandingOrder:
        payee = teller.payee.payee_id
        return StandingOrder("zhangwei", DEVICE, payee, Money(fen), first, **more)

    return made


async def agree(teller: BillTeller, order: StandingOrder, key: str = "s-1") -> str:
    quoted = await teller.bank.create_standing_transfer(order, key)
    agreed = await teller.prove(quoted)
    assert agreed.state is InstructionState.SUCCEEDED
    return agreed.instruction_id


async def told(teller: BillTeller) -> list[str]:
    events = await teller.bank.events(0, 1000)
    return [event.type for event in events if event.type.startswith("standing.")]


async def test_it_is_paid_on_its_day_after_nine_and_only_once(
    teller: BillTeller, clock: Clock, order: Callable[..., StandingOrder]
) -> None:
    before = await teller.balances()
    await agree(teller, order())
    clock.moment = datetime(2026, 3, 3, 0, 59, tzinfo=UTC)  # 8:59 in China
    await teller.bank.run_due()
    assert await teller.balances() == before
    clock.forward(60)
    await asyncio.gather(*(teller.bank.run_due() for _ in range(8)))
    clock.forward(DAY_S)
    await teller.bank.run_due()
    assert await teller.balances() == (before[0] - 100_00, before[1] + 100_00)
    assert await told(teller) == ["standing.paid"]
    assert not await teller.bank.standing_transfers("zhangwei")


async def test_every_month_on_the_31st_is_the_last_day_of_shorter_ones(
    teller: BillTeller, clock: Clock, order: Callable[..., StandingOrder]
) -> None:
    await agree(teller, order(date(2026, 3, 31), rhythm=Rhythm.MONTHLY, day=31))
    paid = []
    for day in (date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)):
        (standing,) = await teller.bank.standing_transfers("zhangwei")
        paid.append(standing.next_on)
        clock.moment = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        await teller.bank.run_due()
    assert paid == [date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]
    assert await told(teller) == ["standing.paid"] * 3
    assert following(date(2026, 12, 31), Rhythm.MONTHLY, 31) == date(2027, 1, 31)


async def test_without_the_money_it_is_tried_on_three_days_and_then_given_up(
    teller: BillTeller, clock: Clock, order: Callable[..., StandingOrder]
) -> None:
    await agree(teller, order(fen=20_000_00, rhythm=Rhythm.WEEKLY))
    before = await teller.balances()
    for _ in range(4):
        clock.forward(DAY_S)
        await teller.bank.run_due()
        await teller.bank.run_due()
    assert await told(teller) == ["standing.failed", "standing.failed", "standing.stopped"]
    assert await teller.balances() == before
    (standing,) = await teller.bank.standing_transfers("zhangwei")
    assert standing.next_on == TODAY + timedelta(days=8)  # the week after


async def test_what_was_missed_for_days_is_told_and_not_made_up_for(
    teller: BillTeller, clock: Clock, order: Callable[..., StandingOrder]
) -> None:
    await agree(teller, order())
    before = await teller.balances()
    clock.forward(6 * DAY_S)
    await teller.bank.run_due()
    assert await told(teller) == ["standing.missed"]
    assert await teller.balances() == before


async def test_a_payment_to_another_bank_is_told_when_that_bank_has_answered(
    teller: BillTeller, clock: Clock, order: Callable[..., StandingOrder]
) -> None:
    await teller.bank.save_outside_payee("zhangwei", "王五", "6217000010000000003", "建设银行")
    payees = await teller.bank.list_payees("zhangwei")
    outside = next(payee for payee in payees if payee.bank == "建设银行")
    assert outside.holder == ""
    asked = StandingOrder(
        "zhangwei", DEVICE, outside.payee_id, Money(300_00), TODAY + timedelta(days=1)
    )
    standing = await agree(teller, asked)
    clock.forward(DAY_S)
    while await teller.bank.run_due():
        pass
    assert await told(teller) == ["standing.paid"]
    (account,) = await teller.bank.list_accounts("zhangwei")
    assert account.available == account.posted
    await teller.bank.close_standing_transfer(standing, "zhangwei")  # over, and again: nothing


async def test_one_that_was_ended_pays_nothing(
    teller: BillTeller, clock: Clock, order: Callable[..., StandingOrder]
) -> None:
    standing = await agree(teller, order())
    with refusal(RefusalCode.NOT_FOUND):
        await teller.bank.close_standing_transfer(standing, "lina")
    await teller.bank.close_standing_transfer(standing, "zhangwei")
    before = await teller.balances()
    clock.forward(DAY_S)
    await teller.bank.run_due()
    assert await teller.balances() == before


@pytest.mark.parametrize(
    ("first", "fen", "code"),
    [
        (TODAY, 100_00, RefusalCode.INVALID_REQUEST),
        (TODAY + timedelta(days=400), 100_00, RefusalCode.INVALID_REQUEST),
        (TODAY + timedelta(days=1), 50_000_01, RefusalCode.STRONGER_PROOF_NEEDED),
        (TODAY + timedelta(days=1), 0, RefusalCode.INVALID_AMOUNT),
    ],
)
async def test_what_cannot_be_agreed_upon(
    teller: BillTeller,
    order: Callable[..., StandingOrder],
    first: date,
    fen: int,
    code: RefusalCode,
) -> None:
    with refusal(code):
        await teller.bank.create_standing_transfer(order(first, fen), "s-1")


async def test_the_same_key_with_another_day_is_a_conflict(
    teller: BillTeller, order: Callable[..., StandingOrder]
) -> None:
    made = await teller.bank.create_standing_transfer(order(), "s-1")
    assert await teller.bank.create_standing_transfer(order(), "s-1") == made
    with refusal(RefusalCode.IDEMPOTENCY_CONFLICT):
        await teller.bank.create_standing_transfer(order(TODAY + timedelta(days=2)), "s-1")
