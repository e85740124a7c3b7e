"""Words of fraud, loss and complaint freeze at once (bank-services §2.11)."""

from __future__ import annotations

import asyncio

import pytest

from bank_bridge.contract import Money, RefusalCode
from bank_bridge.freeze_contract import Freeze, FreezeReason
from bank_bridge.gateways.embedded import EmbeddedBank
from bank_bridge.product_contract import EpayOrder
from bots.contract import CallPerson, Language
from bots.dialogue import emergency
from tests.contracts.bank_samples import refusal

from .conftest import Customer, Phone, balance_of, said


@pytest.mark.parametrize(
    ("words", "reason"),
    [("我被骗了", "fraud"), ("我的卡丢了，快冻结", "freeze"), ("我要投诉", "complaint")],
)
async def test_urgent_words_freeze_tell_the_case_and_call_a_person(
    bank: EmbeddedBank, customer: Customer, words: str, reason: str
) -> None:
    told = said(await customer.writes(words))
    case = await bank.frozen("zhangwei")
    assert case is not None
    assert case.reason == reason
    assert case.case in told
    assert "解冻须本人到网点" in told
    (call,) = [e for e in customer.results[-1].effects if isinstance(e, CallPerson)]
    assert case.case in call.text


async def test_the_debit_is_refused_after_it_and_the_customer_hears_why(
    bank: EmbeddedBank, customer: Customer, phone: Phone
) -> None:
    await customer.writes("给李娜转500块")
    await customer.presses("confirm")
    card = customer.card
    await customer.writes("等等，我被骗了")
    await customer.presses("code.submit", card, code=phone.code)
    assert await balance_of(bank, "zhangwei") == 20_000_00
    assert "您的账户已冻结" in said(await customer.writes("给李娜转500块"))
    with refusal(RefusalCode.FROZEN):
        await bank.purchase("zhangwei", "京东", Money(1), "till")


async def test_e_payment_is_suspended_until_two_people_lift_it(
    bank: EmbeddedBank, customer: Customer, phone: Phone
) -> None:
    made = await bank.create_epay_agreement(EpayOrder("zhangwei", "phone-1"), "open")
    await bank.confirm(made.instruction_id, "zhangwei", "phone-1")
    await bank.challenge(made.instruction_id, "zhangwei")
    await bank.authorise(made.instruction_id, "zhangwei", "phone-1", phone.code)
    await customer.writes("我的卡被盗刷了")
    suspended, case = await bank.epay("zhangwei"), await bank.frozen("zhangwei")
    assert suspended is not None
    assert case is not None
    assert suspended.state == "SUSPENDED"
    await bank.propose_unfreeze(case.case, "wanghong")
    await bank.approve_unfreeze(case.case, "lijun")
    again = await bank.epay("zhangwei")
    assert again is not None
    assert again.state == "ACTIVE"
    await customer.writes("给李娜转500块")
    assert customer.card.card_id.startswith("confirm:")


async def test_a_bank_that_does_not_answer_in_time_is_not_said_to_have_frozen(
    bank: EmbeddedBank, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(customer: str, reason: FreezeReason) -> Freeze:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(bank, "freeze", never)
    monkeypatch.setattr(emergency, "WITHIN_S", 0.0)
    told = said(await customer.writes("我被骗了"))
    assert "没能冻结" in told
    assert "95588" in told
    assert any(isinstance(e, CallPerson) for e in customer.results[-1].effects)


async def test_it_is_all_said_in_english(bank: EmbeddedBank, customer: Customer) -> None:
    customer.language = Language.EN
    told = said(await customer.writes("I was scammed, help"))
    assert "frozen now" in told
