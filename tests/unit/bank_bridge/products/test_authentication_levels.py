"""Which proof is asked (bank-services §1.7): the matrix as data."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bank_bridge.contract import InstructionState, Money, RefusalCode
from bank_bridge.gateways.embedded import open_embedded
from bank_bridge.product_contract import BillOrder, EpayOrder, GiftKind, GiftOrder
from tests.contracts.bank_core_contract_devices import SigningTeller
from tests.contracts.bank_samples import (
    DEVICE,
    QUICK_HASH,
    Clock,
    Inbox,
    Teller,
    counting_ids,
    refusal,
)
from tests.soft_key import SoftKey

from .conftest import BillTeller

PHONE = "13800000000"


def top_up(fen: int, number: str = PHONE) -> BillOrder:
    return BillOrder("zhangwei", DEVICE, item="mobile-topup", number=number, amount=Money(fen))


@pytest.mark.parametrize(
    ("fen", "number", "device", "later_s", "state"),
    [
        (200_00, PHONE, DEVICE, 300, InstructionState.SUCCEEDED),
        (200_01, PHONE, DEVICE, 300, InstructionState.REQUIRES_AUTH),  # too much
        (200_00, "13900000000", DEVICE, 300, InstructionState.REQUIRES_AUTH),  # never paid for
        (200_00, PHONE, "phone-2", 300, InstructionState.REQUIRES_AUTH),  # no code typed there
        (200_00, PHONE, DEVICE, 301, InstructionState.REQUIRES_AUTH),  # too long ago
    ],
)
async def test_a_tap_is_enough_for_little_to_a_saved_biller_minutes_after_a_code(
    teller: BillTeller,
    clock: Clock,
    fen: int,
    number: str,
    device: str,
    later_s: int,
    state: InstructionState,
) -> None:
    await teller.prove(await teller.quote(top_up(50_00), "first"))
    clock.forward(later_s)
    quoted = await teller.quote(top_up(fen, number), "next")
    ended = await teller.bank.confirm(quoted.instruction_id, "zhangwei", device)
    assert ended.state is state
    again = await teller.bank.confirm(quoted.instruction_id, "zhangwei", device)
    assert again == ended
    paid = 50_00 + (fen if state is InstructionState.SUCCEEDED else 0)
    assert (await teller.balances())[0] == 10_000_00 - paid


async def test_a_tap_does_not_stand_for_a_code_so_that_taps_end(
    teller: BillTeller, clock: Clock
) -> None:
    await teller.prove(await teller.quote(top_up(50_00), "first"))
    for key, state in (("a", "SUCCEEDED"), ("b", "REQUIRES_AUTH")):
        clock.forward(200)
        quoted = await teller.quote(top_up(10_00), key)
        ended = await teller.bank.confirm(quoted.instruction_id, "zhangwei", DEVICE)
        assert ended.state == state


async def test_a_first_payment_a_gift_and_a_transfer_need_a_code(teller: BillTeller) -> None:
    opened = await teller.bank.create_epay_agreement(EpayOrder("zhangwei", DEVICE), "open")
    await teller.prove(opened)
    gift = GiftOrder("zhangwei", DEVICE, GiftKind.P2P, Money(1), "d:1", "李娜", "lina")
    for quoted in (
        await teller.quote(top_up(1), "bill"),
        await teller.bank.create_gift(gift, "gift"),
        await teller.quoted(1, "transfer"),
    ):
        confirmed = await teller.bank.confirm(quoted.instruction_id, "zhangwei", DEVICE)
        assert confirmed.state is InstructionState.REQUIRES_AUTH


async def test_a_higher_limit_and_another_device_s_key_are_signed(teller: BillTeller) -> None:
    desk = SigningTeller(teller)
    key = await desk.with_key()
    raised = EpayOrder("zhangwei", DEVICE, Money(10_000_00))
    asked = await teller.bank.create_epay_agreement(raised, "raise")
    confirmed = await teller.bank.confirm(asked.instruction_id, "zhangwei", DEVICE)
    assert confirmed.level == "A3"
    assert (await desk.signed(confirmed, key)).state is InstructionState.SUCCEEDED
    await desk.new_key("phone-2")
    approval = await teller.bank.create_key_approval("zhangwei", DEVICE, "approve")
    confirmed = await teller.bank.confirm(approval.instruction_id, "zhangwei", DEVICE)
    assert confirmed.level == "A3"


async def test_without_codes_the_signature_is_the_only_way(tmp_path: Path, clock: Clock) -> None:
    inbox, rules = Inbox(), msgspec.structs.replace(QUICK_HASH, sms_enabled=False)
    async with open_embedded(
        tmp_path / "bank.db", now=clock, new_id=counting_ids(), send_sms=inbox, rules=rules
    ) as bank:
        desk = SigningTeller(await Teller(bank, inbox).open_doors())
        key = await desk.with_key()
        confirmed = await desk.confirmed(1_00, "small")
        assert confirmed.level == "A3"
        with refusal(RefusalCode.STRONGER_PROOF_NEEDED):
            await bank.challenge(confirmed.instruction_id, "zhangwei")
        assert (await desk.signed(confirmed, key)).state is InstructionState.SUCCEEDED


async def test_keys_are_bound_to_the_host_that_the_server_is_known_by(
    tmp_path: Path, clock: Clock
) -> None:
    inbox, rules = Inbox(), msgspec.structs.replace(QUICK_HASH, site="https://bank.example/app")
    async with open_embedded(
        tmp_path / "bank.db", now=clock, new_id=counting_ids(), send_sms=inbox, rules=rules
    ) as bank:
        desk = SigningTeller(await Teller(bank, inbox).open_doors())
        await bank.grant_device_key("zhangwei")
        at_home = SoftKey()
        with refusal(RefusalCode.INVALID_REQUEST):
            await desk.new_key(DEVICE, at_home)
        await desk.new_key("phone-2", SoftKey("bank.example", "https://bank.example"))
        assert [key.device for key in await bank.device_keys("zhangwei")] == ["phone-2"]


async def test_gifts_and_transfers_together_end_at_the_day_s_limit_for_a_code(
    teller: BillTeller,
) -> None:
    await teller.bank.open_account("zhangwei", Money(60_000_00), "more")
    rich = (await teller.bank.list_accounts("zhangwei"))[1].number
    opened = await teller.bank.create_epay_agreement(EpayOrder("zhangwei", DEVICE), "open")
    await teller.prove(opened)
    gift = GiftOrder(
        "zhangwei", DEVICE, GiftKind.P2P, Money(5_000_00), "d:1", "李娜", "lina", payer_number=rich
    )
    await teller.prove(await teller.bank.create_gift(gift, "gift"))
    with refusal(RefusalCode.STRONGER_PROOF_NEEDED) as refused:
        await teller.bank.create_transfer(teller.order(45_000_01, payer_number=rich), "t")
    assert refused.value.details["left"] == 45_000_00
