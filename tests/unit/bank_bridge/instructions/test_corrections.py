"""What a shop took is given back once, never more than it was, and the original says so."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bank_bridge.contract import Instruction, InstructionState, Money, RefusalCode
from bank_bridge.gateways.embedded import EmbeddedBank
from bank_bridge.ledger.auditor import audit
from tests.contracts.bank_samples import Clock, Teller, refusal


@pytest.fixture
def shop(teller: Teller) -> EmbeddedBank:
    assert isinstance(teller.bank, EmbeddedBank)
    return teller.bank


async def bought(shop: EmbeddedBank, fen: int = 100_00, key: str = "buy") -> Instruction:
    return await shop.purchase("zhangwei", "京东", Money(fen), key)


async def state_of(shop: EmbeddedBank, instruction: Instruction) -> InstructionState:
    return (await shop.get(instruction.instruction_id, "zhangwei")).state


async def test_a_purchase_is_refunded_in_parts_up_to_its_amount(
    teller: Teller, shop: EmbeddedBank, clock: Clock, bank_file: Path
) -> None:
    original = (await bought(shop)).instruction_id
    clock.forward(5 * 86_400)
    one = await shop.refund(original, Money(30_00), "r-1")
    assert (one.state, one.kind) == (InstructionState.SUCCEEDED, "refund")
    assert (await shop.get(original, "zhangwei")).state is InstructionState.PARTLY_REVERSED
    await shop.refund(original, Money(20_00), "r-2")
    with refusal(RefusalCode.INVALID_AMOUNT) as refused:
        await shop.refund(original, Money(50_01), "r-3")
    assert refused.value.details == {"left": 50_00}
    await shop.refund(original, Money(50_00), "r-3")
    assert (await shop.get(original, "zhangwei")).state is InstructionState.REVERSED
    with refusal(RefusalCode.ILLEGAL_TRANSITION):
        await shop.refund(original, Money(1), "r-4")
    assert await teller.balances() == (10_000_00, 100_00)
    (line, *_) = await shop.statement("zhangwei", teller.zhangwei, 1)
    assert (line.summary, line.amount, line.counterparty) == ("refund", Money(50_00), "京东")
    assert audit(bank_file).clean


async def test_a_refund_sent_again_is_one_and_with_another_amount_a_conflict(
    teller: Teller, shop: EmbeddedBank
) -> None:
    original = (await bought(shop)).instruction_id
    first, again = [await shop.refund(original, Money(30_00), "r-1") for _ in range(2)]
    assert first == again
    with refusal(RefusalCode.IDEMPOTENCY_CONFLICT):
        await shop.refund(original, Money(30_01), "r-1")
    assert (await teller.balances())[0] == 9_930_00


async def test_a_hundred_refunds_at_once_give_back_the_purchase_once(
    teller: Teller, shop: EmbeddedBank
) -> None:
    original = (await bought(shop)).instruction_id
    results = await asyncio.gather(
        *(shop.refund(original, Money(60_00), f"r-{n}") for n in range(100)),
        return_exceptions=True,
    )
    assert sum(isinstance(r, Instruction) for r in results) == 1
    assert await teller.balances() == (9_960_00, 100_00)


async def test_a_purchase_is_voided_on_its_own_day_only(
    teller: Teller, shop: EmbeddedBank, clock: Clock
) -> None:
    today, later = await bought(shop), await bought(shop, key="buy-2")
    voided = await shop.void(today.instruction_id, "v-1")
    assert voided.kind == "void"
    assert await state_of(shop, today) is InstructionState.REVERSED
    clock.forward(11 * 3600)  # 23:00 in Shanghai
    with refusal(RefusalCode.EXPIRED):
        await shop.void(later.instruction_id, "v-2")
    assert (await teller.balances())[0] == 9_900_00


async def test_what_was_refunded_in_part_cannot_be_voided(shop: EmbeddedBank) -> None:
    original = await bought(shop)
    await shop.refund(original.instruction_id, Money(1), "r-1")
    with refusal(RefusalCode.ILLEGAL_TRANSITION):
        await shop.void(original.instruction_id, "v-1")


async def test_a_reversal_undoes_the_purchase_of_its_key_once(
    teller: Teller, shop: EmbeddedBank, bank_file: Path
) -> None:
    original = await bought(shop)
    with refusal(RefusalCode.INVALID_AMOUNT):
        await shop.reverse("buy", Money(99_99))
    undone = await shop.reverse("buy", Money(100_00))
    assert undone is not None
    assert undone.kind == "reversal"
    assert await shop.reverse("buy", Money(100_00)) == undone
    assert await state_of(shop, original) is InstructionState.REVERSED
    again = await bought(shop)  # the shop's late repetition meets what became of it
    assert again.state is InstructionState.REVERSED
    assert await teller.balances() == (10_000_00, 100_00)
    assert audit(bank_file).clean


async def test_a_reversal_before_its_original_makes_that_fail(
    teller: Teller, shop: EmbeddedBank
) -> None:
    assert await shop.reverse("buy", Money(100_00)) is None
    assert await shop.reverse("buy", Money(100_00)) is None
    with refusal(RefusalCode.EXPIRED):
        await bought(shop)
    assert await teller.balances() == (10_000_00, 100_00)


async def test_after_its_business_date_a_purchase_is_refunded_and_not_reversed(
    shop: EmbeddedBank, clock: Clock
) -> None:
    await bought(shop)
    clock.forward(86_400)
    with refusal(RefusalCode.EXPIRED):
        await shop.reverse("buy", Money(100_00))


async def test_a_customers_transfer_is_nothing_that_a_shop_may_take_back(
    teller: Teller, shop: EmbeddedBank
) -> None:
    done = await teller.done()
    with refusal(RefusalCode.ILLEGAL_TRANSITION):
        await shop.refund(done.instruction_id, Money(1), "r-1")
    with refusal(RefusalCode.NOT_FOUND):
        await shop.refund("nothing", Money(1), "r-2")
    with refusal(RefusalCode.INVALID_AMOUNT):
        await shop.refund(done.instruction_id, Money(0), "r-3")


async def test_what_counted_the_purchase_hears_of_its_return_under_the_same_trace(
    shop: EmbeddedBank,
) -> None:
    original = await bought(shop)
    await shop.refund(original.instruction_id, Money(100_00), "r-1")
    (bought_event,) = (e for e in await shop.events(0, 99) if e.type == "purchase")
    (returned,) = (e for e in await shop.events(0, 99) if e.type == "refund")
    assert returned.trace_id == bought_event.trace_id == original.instruction_id
    assert (returned.customer, returned.amount) == ("zhangwei", None)
