"""A transfer to another bank by a sentence: three arrivals, calling it back, and not knowing."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator

import pytest

from bank_bridge.contract import BankCore, Money
from bank_bridge.open import open_bank
from bots.contract import CardClosed
from bots.open import open_bots

from .conftest import FAST, Customer, balance_of, said, shown

START = 2_000_000
NUMBER = "6217000010001234569"


async def with_zhaomin(bank: BankCore) -> None:
    await bank.save_outside_payee("zhangwei", "赵敏", NUMBER, "中国建设银行")


async def pays(customer, phone, sentence):
    (confirm,) = await customer.writes(sentence)
    await customer.presses("confirm")
    return confirm, await customer.presses("code.submit", code=phone.code)


async def test_the_cards_name_the_other_bank_and_the_arrival(customer, bank, phone):
    await with_zhaomin(bank)
    confirm, (_, receipt) = await pays(customer, phone, "给赵敏转500块")
    for word in ("赵敏", "中国建设银行", "实时到账", NUMBER[-4:]):
        assert word in shown(confirm)
    assert "转账成功" in shown(receipt)
    assert "中国建设银行" in shown(receipt)
    assert "不是实时" not in shown(receipt)
    assert await balance_of(bank, "zhangwei") == START - 50_000


async def test_an_ordinary_transfer_leaves_later_and_its_receipt_says_so(
    customer, bank, phone, clock
):
    await with_zhaomin(bank)
    confirm, (_, scheduled) = await pays(customer, phone, "给赵敏转500块，普通到账")
    assert "11月23日14:00发出" in shown(confirm)
    assert "发出前可以撤销" in shown(scheduled)
    assert await balance_of(bank, "zhangwei") == START
    clock.pass_(hours=2)
    await bank.run_due()
    (receipt,) = await customer.is_woken()
    assert "转账成功" in shown(receipt)
    assert "不是实时到账" in shown(receipt)
    assert await balance_of(bank, "zhangwei") == START - 50_000


async def test_until_it_leaves_it_is_called_back_by_its_button(customer, bank, phone, clock):
    await with_zhaomin(bank)
    _, (_, scheduled) = await pays(customer, phone, "给赵敏转500块，次日到账")
    (other,) = await customer.writes("给李娜转100块")
    closed, text = await customer.presses("cancel", scheduled)
    assert closed == CardClosed(scheduled.card_id, "cancelled")
    assert "取消" in text.text
    assert customer.card.card_id == other.card_id  # what else is open stays so
    clock.pass_(days=1)
    await bank.run_due()
    assert await balance_of(bank, "zhangwei") == START


async def test_after_it_left_the_button_tells_that_it_is_done(customer, bank, phone, clock):
    await with_zhaomin(bank)
    _, (_, scheduled) = await pays(customer, phone, "给赵敏转500块，普通到账")
    clock.pass_(hours=2)
    await bank.run_due()
    told = await customer.presses("cancel", scheduled)
    assert told[0] == CardClosed(scheduled.card_id, "done")
    assert "转账成功" in shown(told[1])
    assert await balance_of(bank, "zhangwei") == START - 50_000


async def test_too_much_for_now_names_when_and_which_way_it_can_go(bank, customer, clock):
    await with_zhaomin(bank)
    clock.pass_(hours=6)  # 18:00, HVPS opens again at 20:30
    answered = said(await customer.writes("给赵敏转60000块"))
    assert "11月23日20:30起" in answered
    assert "普通到账" in answered


@pytest.fixture
async def silent_bank(tmp_path, clock, phone) -> AsyncIterator[BankCore]:
    """Its clearing house takes every payment and never answers."""
    ids = itertools.count(1)
    async with open_bank(
        f"embedded://{tmp_path}/silent.db?seed=7&lose_answer=1",
        now=clock.now,
        new_id=lambda: f"id-{next(ids):06d}",
        send_sms=phone,
        rules=FAST,
    ) as core:
        await core.enrol("zhangwei", "张伟", "13800000000")
        await core.open_account("zhangwei", Money(START), "open")
        await with_zhaomin(core)
        yield core


async def test_what_is_not_known_is_told_as_that_and_once_it_is_known_once(
    silent_bank, clock, phone
):
    customer = Customer(open_bots(silent_bank).bot, clock)
    _, replies = await pays(customer, phone, "给赵敏转500块")
    assert "处理中，请勿重复操作" in said(replies)
    again = said(await customer.writes("给赵敏转500块"))
    assert "还在处理中" in again
    for _ in range(8):
        await silent_bank.run_due()
        assert await customer.is_woken() == []
    clock.pass_(days=1)
    await silent_bank.run_due()  # the day's file is there
    (receipt,) = await customer.is_woken()
    assert "转账成功" in shown(receipt)
    assert customer.results[-1].wake_at is None
    assert await balance_of(silent_bank, "zhangwei") == START - 50_000
