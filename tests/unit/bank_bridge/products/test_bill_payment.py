"""工银e缴费: the acceptance checks of bank-services §2.6 by number, and what borders them."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import date
from pathlib import Path

import msgspec
import pytest

from bank_bridge.contract import InstructionState, Money, RefusalCode
from bank_bridge.product_contract import (
    BillerDesk,
    BillerLine,
    Billing,
    BillOrder,
    BillState,
    Chores,
    NewBiller,
    NewItem,
    UploadedBill,
)
from tests.contracts.bank_samples import DEVICE, Clock, refusal

from .conftest import NUMBER, BillTeller


async def test_check_1_a_bill_paid_at_once_from_chat_and_terminal_is_paid_once(
    teller: BillTeller,
) -> None:
    bill = await teller.bill()
    chat = await teller.quote(BillOrder("zhangwei", DEVICE, "chat", bill_id=bill), "a")
    terminal = await teller.quote(BillOrder("zhangwei", DEVICE, "terminal", bill_id=bill), "b")
    codes = []
    for quoted in (chat, terminal):
        await teller.bank.confirm(quoted.instruction_id, "zhangwei", DEVICE)
        await teller.bank.challenge(quoted.instruction_id, "zhangwei")
        codes.append((quoted.instruction_id, teller.inbox.code))
    ended = await asyncio.gather(*(teller.type_code(*each) for each in codes))
    states = sorted(each.state for each in ended)
    assert states == [InstructionState.FAILED, InstructionState.SUCCEEDED]
    (failed,) = (each for each in ended if each.state is InstructionState.FAILED)
    assert failed.failure is RefusalCode.DUPLICATE
    assert (await teller.balances())[0] == 10_000_00 - 100_00
    with refusal(RefusalCode.DUPLICATE) as refused:
        await teller.quote(BillOrder("zhangwei", DEVICE, bill_id=bill), "c")
    details = refused.value.details
    assert details["channel"] in ("chat", "terminal")
    assert str(details["paid_at"]).startswith("2026-03-02T04:00")


async def test_check_2_a_biller_down_for_two_hours_hears_of_thirty_payments_once_each_in_order(
    teller: BillTeller, clock: Clock
) -> None:
    bills = [
        await teller.bill(period=f"{at:02d}", number=f"31012345{at % 3:02d}") for at in range(30)
    ]
    teller.biller.down = True
    for at, bill in enumerate(bills):
        await teller.pay(bill, f"pay-{at}")
        clock.forward(240)  # codes to one number have a limit an hour
        if at % 4 == 3:
            clock.forward(3_600)
        if at % 10 == 9:
            clock.forward(86_400)
        assert await teller.bank.run_due() == 0
    assert teller.biller.heard == []
    with refusal(RefusalCode.BILLER_OFFLINE):
        await teller.bank.query_bills("power-home", NUMBER)
    clock.forward(7_200)
    teller.biller.down, teller.biller.deaf = False, True  # the first answers are lost
    assert await teller.bank.run_due() == 0
    clock.forward(7_200)
    teller.biller.deaf = False
    assert await teller.bank.run_due() == 30
    heard = teller.biller.heard
    assert len(heard) == len({notice.reference for notice in heard}) == 30
    for number in {notice.number for notice in heard}:
        periods = [notice.period for notice in heard if notice.number == number]
        assert periods == sorted(periods)
    assert await teller.bank.run_due() == 0
    states = {payment.state for payment in await teller.bank.bill_payments("zhangwei", 50)}
    assert states == {BillState.NOTIFIED}


async def test_check_3_a_payment_the_biller_does_not_know_waits_on_suspense_with_a_case(
    teller: BillTeller, books: Path, clock: Clock
) -> None:
    day = date(2026, 3, 2)
    bills = [await teller.bill(period=f"{at:02d}") for at in range(4)]
    for at, bill in enumerate(bills):
        await teller.pay(bill, f"pay-{at}")
    ours = await teller.bank.biller_file("power", day)
    assert (len(ours), sum(line.amount.fen for line in ours)) == (4, 400_00)
    report = await teller.bank.reconcile_biller("power", day, ours[:-1])
    assert (report.matched, report.settled) == (3, Money(300_00))
    (missing,) = report.exceptions
    assert (missing.kind, missing.reference, missing.ours) == (
        "ours_only",
        ours[-1].reference,
        Money(100_00),
    )
    assert await teller.bank.reconcile_biller("power", day, ours) == report  # once for a day
    with sqlite3.connect(books) as conn:
        balances = dict(
            conn.execute(
                "SELECT number, credits_posted - debits_posted FROM accounts WHERE customer IS NULL"
            )
        )
    conn.close()
    assert balances["suspense/billers"] == 100_00
    assert (balances["settled/power"], balances["biller/power"]) == (300_00, 0)
    paid = await teller.bank.bill_payments("zhangwei", 10)
    assert [payment.state for payment in paid] == ["PAID", *["RECONCILED"] * 3]


async def test_what_only_the_biller_knows_or_knows_otherwise_is_a_case_too(
    teller: BillTeller,
) -> None:
    await teller.pay(await teller.bill())
    day = date(2026, 3, 2)
    (ours,) = await teller.bank.biller_file("power", day)
    theirs = [BillerLine(ours.reference, Money(99_00)), BillerLine("2026030299", Money(1))]
    report = await teller.bank.reconcile_biller("power", day, theirs)
    assert [(one.kind, one.ours.fen, one.theirs.fen) for one in report.exceptions] == [
        ("amount_differs", 100_00, 99_00),
        ("theirs_only", 0, 1),
    ]
    assert report.settled == Money(0)


async def test_check_5_nine_categories_eight_channels_and_receipts_that_differ_in_nothing_else(
    teller: BillTeller, clock: Clock
) -> None:
    categories = await teller.bank.bill_categories()
    channels = await teller.bank.bill_channels()
    assert [each.category for each in categories] == list(range(1, 10))
    assert len({each.channel for each in channels}) == 8
    for channel in channels:
        order = BillOrder(
            "zhangwei",
            DEVICE,
            channel.channel,
            item="mobile-topup",
            number="13800000000",
            amount=Money(50_00),
        )
        await teller.prove(await teller.quote(order, channel.channel))
        clock.forward(1_300)
    receipts = await teller.bank.bill_payments("zhangwei", 8)
    assert {receipt.channel for receipt in receipts} == {each.channel for each in channels}
    assert len({receipt.reference for receipt in receipts}) == 8
    alike = {
        msgspec.json.encode(
            msgspec.structs.replace(
                each, channel="", reference="", instruction_id="", paid_at=receipts[0].paid_at
            )
        )
        for each in receipts
    }
    assert len(alike) == 1


async def test_check_6_what_a_second_officer_has_not_approved_cannot_be_queried(
    teller: BillTeller,
) -> None:
    bank = teller.bank
    await bank.propose_biller(NewBiller("gas", "燃气公司", "1", "2", "3", "4"), "maker")
    await bank.propose_item(NewItem("gas-home", "gas", "燃气费", 2), "maker")
    await bank.upload_bills(
        "gas-home", [UploadedBill(NUMBER, "1", "王五", Money(1), date(2026, 3, 9))]
    )
    await bank.approve_item("gas-home", "checker")
    with refusal(RefusalCode.NOT_FOUND):
        await bank.query_bills("gas-home", NUMBER)
    with refusal(RefusalCode.ILLEGAL_TRANSITION):
        await bank.approve_biller("gas", "maker")
    assert "gas-home" not in {item.item for item in await bank.bill_items()}
    await bank.approve_biller("gas", "checker")
    await bank.approve_biller("gas", "checker")
    (bill,) = await bank.query_bills("gas-home", NUMBER)
    assert bill.owner_masked == "*五"


async def test_check_7_a_part_is_paid_where_allowed_and_refused_elsewhere_before_any_hold(
    teller: BillTeller,
) -> None:
    water = await teller.bill(item="water-home")
    await teller.pay(water, amount=Money(40_00))
    left = await teller.bank.bill(water)
    assert (left.open, left.state) == (Money(60_00), BillState.OPEN)
    for key, item in (("p", "power-home"), ("t", "tax-car")):  # a tax is never parted
        bill = await teller.bill(item=item)
        with refusal(RefusalCode.INVALID_AMOUNT):
            await teller.quote(
                BillOrder("zhangwei", DEVICE, bill_id=bill, amount=Money(40_00)), key
            )
    await teller.pay(water, "rest")
    assert (await teller.bank.bill(water)).state is BillState.PAID
    assert await teller.balances() == (9_900_00, 100_00)


async def test_a_bill_that_changed_after_it_was_confirmed_is_not_paid(teller: BillTeller) -> None:
    bill = await teller.bill(100_00)
    quoted = await teller.quote(BillOrder("zhangwei", DEVICE, bill_id=bill), "k")
    await teller.bill(120_00)
    ended = await teller.prove(quoted)
    assert (ended.state, ended.failure) == (InstructionState.FAILED, RefusalCode.BILL_CHANGED)
    assert await teller.balances() == (10_000_00, 100_00)


async def test_a_payment_the_biller_rejects_goes_back_once_and_the_bill_is_open_again(
    teller: BillTeller,
) -> None:
    bill = await teller.bill()
    paid = await teller.pay(bill)
    teller.biller.rejects = True
    assert await teller.bank.run_due() == 1
    assert await teller.bank.run_due() == 0
    assert await teller.balances() == (10_000_00, 100_00)
    now = await teller.bank.get(paid.instruction_id, "zhangwei")
    assert now.state is InstructionState.REVERSED
    assert (await teller.bank.bill(bill)).state is BillState.OPEN
    events = await teller.bank.events(0, 100)
    assert [each.amount for each in events if each.type == "bill.refunded"] == [Money(100_00)]


async def test_the_same_key_pays_one_bill_and_another_order_under_it_is_a_conflict(
    teller: BillTeller,
) -> None:
    bill = await teller.bill()
    done = await teller.pay(bill, "k")
    order = BillOrder("zhangwei", DEVICE, bill_id=bill)
    assert await teller.quote(order, "k") == done
    with refusal(RefusalCode.IDEMPOTENCY_CONFLICT):
        await teller.quote(msgspec.structs.replace(order, channel="app"), "k")


async def test_a_hundred_confirms_of_one_payment_debit_once(teller: BillTeller) -> None:
    quoted = await teller.quote(BillOrder("zhangwei", DEVICE, bill_id=await teller.bill()), "k")
    await teller.bank.confirm(quoted.instruction_id, "zhangwei", DEVICE)
    await teller.bank.challenge(quoted.instruction_id, "zhangwei")
    code = teller.inbox.code
    ended = await asyncio.gather(
        *(teller.type_code(quoted.instruction_id, code) for _ in range(100))
    )
    assert {each.state for each in ended} == {InstructionState.SUCCEEDED}
    assert (await teller.balances())[0] == 9_900_00


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"channel": "pigeon"}, RefusalCode.INVALID_REQUEST),
        ({"number": "x"}, RefusalCode.INVALID_REQUEST),
        ({"item": "nothing"}, RefusalCode.NOT_FOUND),
        ({"amount": None}, RefusalCode.INVALID_REQUEST),
        ({"amount": Money(0)}, RefusalCode.INVALID_AMOUNT),
        ({"amount": Money(10_000_01)}, RefusalCode.INSUFFICIENT_FUNDS),
        ({"customer": "nobody"}, RefusalCode.NOT_FOUND),
        ({"bill_id": "nothing"}, RefusalCode.NOT_FOUND),
    ],
    ids=str,
)
async def test_an_order_that_makes_no_sense_is_refused(
    teller: BillTeller, change: dict[str, object], code: RefusalCode
) -> None:
    order = BillOrder(
        "zhangwei", DEVICE, item="mobile-topup", number="13800000000", amount=Money(50_00)
    )
    with refusal(code):
        await teller.quote(msgspec.structs.replace(order, **change), "k")


async def test_the_bank_is_each_of_the_ports_that_sell_bills(teller: BillTeller) -> None:
    assert isinstance(teller.bank, Billing)
    assert isinstance(teller.bank, BillerDesk)
    assert isinstance(teller.bank, Chores)
    saved = await teller.bank.saved_bills("zhangwei")
    assert saved == []


async def test_the_code_names_the_purpose_the_amount_and_the_biller(teller: BillTeller) -> None:
    await teller.pay(await teller.bill(88_50))
    (_, text) = teller.inbox.texts[-1]
    assert all(word in text for word in ("缴费", "88.50", "power费", "工作人员不会索要"))
