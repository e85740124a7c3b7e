"""Bills that pay themselves, and reminders (bank-services §2.6)."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from bank_bridge.contract import InstructionState, Money, RefusalCode
from bank_bridge.product_contract import BillState, DebitOrder
from tests.contracts.bank_samples import DEVICE, Clock, refusal

from .conftest import NUMBER, BillTeller

DAY_S = 86_400
ORDER = DebitOrder("zhangwei", DEVICE, "power-home", NUMBER, Money(300_00))


async def agreed(teller: BillTeller, key: str = "agree", **change: object) -> str:
    order = msgspec.structs.replace(ORDER, **change)
    signed = await teller.prove(await teller.bank.create_debit_agreement(order, key))
    assert signed.state is InstructionState.SUCCEEDED
    return signed.instruction_id


async def happened(teller: BillTeller) -> list[str]:
    """What the customer was told of bills, in order."""
    events = await teller.bank.events(0, 1_000)
    return [each.type for each in events if each.type.startswith("bill.")]


async def next_day(teller: BillTeller, clock: Clock, days: int = 1) -> None:
    for _ in range(days):
        clock.forward(DAY_S)
        await teller.bank.run_due()


async def test_signing_moves_nothing_and_a_bill_is_debited_on_its_day_after_three_days_notice(
    teller: BillTeller, clock: Clock
) -> None:
    await agreed(teller)
    assert await teller.balances() == (10_000_00, 100_00)
    bill = await teller.bill(120_00, due=date(2026, 3, 8))
    await next_day(teller, clock, 2)  # 4 March
    assert await happened(teller) == []
    await next_day(teller, clock)
    assert await happened(teller) == ["bill.debit_soon"]
    await next_day(teller, clock, 2)
    assert await teller.balances() == (10_000_00, 100_00)
    await next_day(teller, clock)  # 8 March
    assert await teller.balances() == (9_880_00, 100_00)
    await next_day(teller, clock, 3)
    assert await teller.balances() == (9_880_00, 100_00)
    (payment,) = await teller.bank.bill_payments("zhangwei", 5)
    assert (payment.channel, payment.state) == ("agreement", BillState.NOTIFIED)
    assert (await teller.bank.bill(bill)).open == Money(0)
    assert await happened(teller) == ["bill.debit_soon"]


async def test_check_4_a_bill_over_the_cap_is_not_debited_and_the_customer_is_asked(
    teller: BillTeller, clock: Clock
) -> None:
    await agreed(teller)
    await teller.bill(300_01, due=date(2026, 3, 8))
    await teller.bill(300_00, period="2026-04", due=date(2026, 3, 8))
    await next_day(teller, clock, 8)
    assert sorted(await happened(teller)) == ["bill.debit_soon", "bill.over_cap"]
    assert await teller.balances() == (9_700_00, 100_00)


async def test_three_attempts_on_three_days_then_it_stops_and_says_so(
    teller: BillTeller, clock: Clock
) -> None:
    await agreed(teller)
    await teller.bill(200_00, due=date(2026, 3, 6))
    await teller.done(9_900_00, "empty the account")
    await next_day(teller, clock, 8)
    assert await happened(teller) == [
        "bill.debit_soon",
        "bill.autodebit_failed",
        "bill.autodebit_failed",
        "bill.autodebit_stopped",
    ]
    assert (await teller.balances())[0] == 100_00


async def test_a_top_up_is_made_on_its_day_each_month(teller: BillTeller, clock: Clock) -> None:
    await agreed(teller, item="mobile-topup", number="13800000000", cap=Money(50_00), day=10)
    await next_day(teller, clock, 62)  # to 3 May
    paid = await teller.bank.bill_payments("zhangwei", 9)
    assert [each.paid_at.date() for each in paid] == [date(2026, 4, 10), date(2026, 3, 10)]
    assert (await teller.balances())[0] == 9_900_00


async def test_a_newer_agreement_replaces_the_older_and_a_closed_one_debits_nothing(
    teller: BillTeller, clock: Clock
) -> None:
    first = await agreed(teller)
    clock.forward(120)
    second = await agreed(teller, "again", cap=Money(500_00))
    (old, new) = sorted(
        await teller.bank.debit_agreements("zhangwei"), key=lambda each: each.cap.fen
    )
    assert (old.agreement, old.active, new.agreement, new.active) == (first, False, second, True)
    await teller.bank.close_debit_agreement(second, "zhangwei")
    await teller.bank.close_debit_agreement(second, "zhangwei")
    with refusal(RefusalCode.NOT_FOUND):
        await teller.bank.close_debit_agreement(second, "lina")
    await teller.bill(100_00, due=date(2026, 3, 6))
    await next_day(teller, clock, 6)
    assert await teller.balances() == (10_000_00, 100_00)


async def test_who_wished_for_it_is_reminded_once_three_days_before(
    teller: BillTeller, clock: Clock
) -> None:
    await teller.bank.set_bill_reminder("zhangwei", "power-home", NUMBER, on=True)
    await teller.bill(due=date(2026, 3, 8))
    await next_day(teller, clock, 5)
    assert await happened(teller) == ["bill.reminder"]
    await teller.bank.set_bill_reminder("zhangwei", "power-home", NUMBER, on=False)
    await teller.bill(period="2026-04", due=date(2026, 3, 9))
    await next_day(teller, clock, 5)
    assert await happened(teller) == ["bill.reminder"]
    assert await teller.balances() == (10_000_00, 100_00)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"day": 29}, RefusalCode.INVALID_REQUEST),
        ({"cap": Money(0)}, RefusalCode.INVALID_AMOUNT),
        ({"item": "nothing"}, RefusalCode.NOT_FOUND),
        ({"number": "x"}, RefusalCode.INVALID_REQUEST),
        ({"item": "mobile-topup", "number": "13800000000"}, RefusalCode.INVALID_REQUEST),
    ],
    ids=str,
)
async def test_an_agreement_that_makes_no_sense_is_refused(
    teller: BillTeller, change: dict[str, object], code: RefusalCode
) -> None:
    with refusal(code):
        await agreed(teller, **change)
