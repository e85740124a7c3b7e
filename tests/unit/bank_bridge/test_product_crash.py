"""Products of a bank that is killed: paid, sent, taken once or not at all, whatever is repeated."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from bank_bridge.contract import Instruction, InstructionState, Money
from bank_bridge.gateways.embedded import EmbeddedBank
from bank_bridge.ledger.auditor import audit
from bank_bridge.product_contract import (
    BillOrder,
    BillState,
    EpayOrder,
    GiftKind,
    GiftOrder,
    GiftState,
    NewBiller,
    NewItem,
    UploadedBill,
)
from bank_bridge.standing_contract import StandingOrder
from tests.contracts.bank_samples import DEVICE, NOON, Clock, Inbox, Teller

from .test_bank_crash import killed_at_every_statement, opened

NUMBER = "3101234567"


async def proven_but_for_the_code(bank: EmbeddedBank, quoted: Instruction) -> str:
    await bank.confirm(quoted.instruction_id, "zhangwei", DEVICE)
    await bank.challenge(quoted.instruction_id, "zhangwei")
    return quoted.instruction_id


async def proves(bank: EmbeddedBank, inbox: Inbox, quoted: Instruction) -> str:
    new = await proven_but_for_the_code(bank, quoted)
    done = await bank.authorise(new, "zhangwei", DEVICE, inbox.code)
    assert done.state is InstructionState.SUCCEEDED
    return new


async def sends(bank: EmbeddedBank, inbox: Inbox, shares: int) -> Instruction:
    agreed = await bank.create_epay_agreement(EpayOrder("zhangwei", DEVICE), "epay")
    await proves(bank, inbox, agreed)
    order = GiftOrder(
        "zhangwei", DEVICE, GiftKind.RED_PACKET, Money(88_00), "g:home", "一家人", shares=shares
    )
    return await bank.create_gift(order, "gift")


def clean(file: Path) -> None:
    report = audit(file)
    assert report.clean, report.page()


@pytest.mark.crash
async def test_a_bill_killed_at_any_statement_is_paid_once_or_open(
    tmp_path: Path, inbox: Inbox
) -> None:
    (tmp_path / "start").mkdir()
    async with opened(tmp_path / "start" / "bank.db", inbox) as bank:
        await Teller(bank, inbox).open_doors()
        await bank.propose_biller(NewBiller("power", "供电公司", "L", "P", "A", "C"), "maker")
        await bank.approve_biller("power", "checker")
        await bank.propose_item(NewItem("power-home", "power", "电费", 2), "maker")
        await bank.approve_item("power-home", "checker")
        due = date(2026, 3, 20)
        bill = UploadedBill(NUMBER, "2026-03", "王小明", Money(100_00), due)
        await bank.upload_bills("power-home", [bill])
        (found,) = await bank.query_bills("power-home", NUMBER)
        order = BillOrder("zhangwei", DEVICE, bill_id=found.bill_id)
        waiting = await proven_but_for_the_code(bank, await bank.create_bill_payment(order, "b"))
    files = killed_at_every_statement(tmp_path, "product", waiting, inbox.code)
    assert len(files) > 5
    for file in files:
        async with opened(file, inbox, "after-") as bank:
            state = (await bank.get(waiting, "zhangwei")).state
            paid = (await bank.bill(found.bill_id)).state is not BillState.OPEN
            assert paid == (state is InstructionState.SUCCEEDED)
            assert (await Teller(bank, inbox).balances())[0] == (9_900_00 if paid else 10_000_00)
            again = await bank.authorise(waiting, "zhangwei", DEVICE, inbox.code)
            assert again.state is InstructionState.SUCCEEDED
            assert (await Teller(bank, inbox).balances())[0] == 9_900_00
            assert len(await bank.bill_payments("zhangwei", 10)) == 1
        clean(file)


@pytest.mark.crash
async def test_a_red_packet_killed_at_any_statement_is_sent_once_or_not_at_all(
    tmp_path: Path, inbox: Inbox
) -> None:
    (tmp_path / "start").mkdir()
    async with opened(tmp_path / "start" / "bank.db", inbox) as bank:
        await Teller(bank, inbox).open_doors()
        waiting = await proven_but_for_the_code(bank, await sends(bank, inbox, 1))
    files = killed_at_every_statement(tmp_path, "product", waiting, inbox.code)
    assert len(files) > 5
    for file in files:
        async with opened(file, inbox, "after-") as bank:
            sent = (await bank.get(waiting, "zhangwei")).state is InstructionState.SUCCEEDED
            assert (await Teller(bank, inbox).balances())[0] == (9_912_00 if sent else 10_000_00)
            again = await bank.authorise(waiting, "zhangwei", DEVICE, inbox.code)
            assert again.state is InstructionState.SUCCEEDED
            assert (await bank.gift(waiting)).state is GiftState.OPEN
            assert await Teller(bank, inbox).balances() == (9_912_00, 100_00)
        clean(file)


@pytest.mark.crash
async def test_a_share_killed_at_any_statement_is_taken_once(tmp_path: Path, inbox: Inbox) -> None:
    (tmp_path / "start").mkdir()
    async with opened(tmp_path / "start" / "bank.db", inbox) as bank:
        await Teller(bank, inbox).open_doors()
        gift = await proves(bank, inbox, await sends(bank, inbox, 2))
    for file in killed_at_every_statement(tmp_path, "take", gift, "lina"):
        async with opened(file, inbox, "after-") as bank:
            await bank.take_gift(gift, "lina")
            await bank.take_gift(gift, "lina")
            assert await Teller(bank, inbox).balances() == (9_912_00, 144_00)
            assert len((await bank.gift(gift)).taken) == 1
        clean(file)


@pytest.mark.crash
async def test_a_scheduled_transfer_killed_at_any_statement_pays_its_day_once(
    tmp_path: Path, inbox: Inbox
) -> None:
    (tmp_path / "start").mkdir()
    day = NOON + timedelta(days=1)
    async with opened(tmp_path / "start" / "bank.db", inbox) as bank:
        teller = await Teller(bank, inbox).open_doors()
        order = StandingOrder("zhangwei", DEVICE, teller.payee.payee_id, Money(500_00), day.date())
        await proves(bank, inbox, await bank.create_standing_transfer(order, "s"))
    files = killed_at_every_statement(tmp_path, "run_due", moment=day)
    assert len(files) > 5
    for file in files:
        async with opened(file, inbox, "after-", Clock(day)) as bank:
            while await bank.run_due():
                pass
            assert await Teller(bank, inbox).balances() == (9_500_00, 600_00)
            told = [event.type for event in await bank.events(0, 100)]
            assert told.count("standing.paid") == 1
        clean(file)
