"""Bills are paid from the conversation, with a confirm card, a code and a receipt."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bank_bridge.contract import BankEvent, Money
from bank_bridge.gateways.embedded import EmbeddedBank
from bank_bridge.product_contract import BillMode, BillOrder, NewBiller, NewItem, UploadedBill
from bots.contract import Card, Language
from bots.phrasing.herald import PhrasedHerald
from bots.understanding.bills import BillReading, BillWish, read_bill

from .conftest import Clock, Customer, Phone, balance_of, said, shown
from .test_cards_and_words import check_card

KINDS = (
    "debit_soon",
    "reminder",
    "over_cap",
    "autodebit_failed",
    "autodebit_stopped",
    "refunded",
)
POWER, NUMBER = "beijing-power", "3101234567"


@pytest.fixture
async def billers(bank: EmbeddedBank) -> EmbeddedBank:
    """A power company, a water company and a phone company, and one bill of power."""
    for biller, item, name, category, mode, part in (
        ("power", POWER, "居民电费", 2, BillMode.BILL, False),
        ("water", "beijing-water", "居民水费", 2, BillMode.BILL, True),
        ("mobile", "mobile-topup", "话费充值", 1, BillMode.INSTANT, False),
    ):
        await bank.propose_biller(NewBiller(biller, f"{name}公司", "1", "2", "3", "4"), "maker")
        await bank.approve_biller(biller, "checker")
        await bank.propose_item(NewItem(item, biller, name, category, mode, part), "maker")
        await bank.approve_item(item, "checker")
    await owes(bank, 128_60)
    return bank


async def owes(bank: EmbeddedBank, fen: int, period: str = "2026-11", item: str = POWER) -> None:
    due = date(2026, 11, 30)
    await bank.upload_bills(item, [UploadedBill(NUMBER, period, "张伟", Money(fen), due)])


async def pays(customer: Customer, phone: Phone) -> str:
    """Confirms and types the code; the words of the receipt."""
    await customer.presses("confirm")
    replies = await customer.presses("code.submit", code=phone.code)
    return shown(next(reply for reply in replies if isinstance(reply, Card)))


async def test_electricity_is_paid_by_naming_it_and_the_number(
    billers: EmbeddedBank, customer: Customer, phone: Phone
) -> None:
    assert "户号" in said(await customer.writes("交电费"))
    (card,) = await customer.writes(NUMBER)
    assert isinstance(card, Card)
    for word in (
        "确认缴费",
        "128.60元",
        "壹佰贰拾捌元陆角整",
        "居民电费",
        NUMBER,
        "2026-11",
        "•伟",
    ):
        assert word in shown(card)
    receipt = await pays(customer, phone)
    assert "缴费成功" in receipt
    assert NUMBER in receipt
    assert "缴费" in phone.texts[-1]
    assert await balance_of(billers, "zhangwei") == 20_000_00 - 128_60
    await owes(billers, 99_00, "2026-12")
    (again,) = await customer.writes("电费")  # the number is known by now
    assert "99.00元" in shown(again)


async def test_a_phone_is_topped_up_in_one_sentence(
    billers: EmbeddedBank, customer: Customer, phone: Phone
) -> None:
    (card,) = await customer.writes("帮我交这个月的话费 13800000000 100元")
    assert "话费充值" in shown(card)
    assert "13800000000" in shown(card)
    assert "100.00元" in shown(card)
    assert "缴费成功" in await pays(customer, phone)
    assert await balance_of(billers, "zhangwei") == 19_900_00
    (history,) = await customer.writes("缴费记录")
    assert "话费充值 13800000000" in shown(history)


async def test_what_is_missing_is_asked_for_and_a_digression_comes_back(
    billers: EmbeddedBank, customer: Customer, phone: Phone
) -> None:
    assert "号码" in said(await customer.writes("充话费"))
    (balance,) = await customer.writes("查余额")
    assert "可用" in shown(balance)
    assert "缴多少" in said(await customer.writes("13800000000"))
    assert "金额" in said(await customer.writes("一百多块"))
    (card,) = await customer.writes("50")
    assert "50.00元" in shown(card)
    assert "缴费成功" in await pays(customer, phone)


async def test_the_menu_shows_what_can_be_paid_and_several_bills_are_chosen_from(
    billers: EmbeddedBank, customer: Customer, phone: Phone
) -> None:
    await owes(billers, 70_00, "2026-10")
    (menu,) = await customer.opens_menu("bills")
    assert all(name in shown(menu) for name in ("居民电费", "居民水费", "话费充值"))
    await customer.presses(f"bill.item:{POWER}")
    (owed,) = [r for r in await customer.writes(NUMBER) if isinstance(r, Card)]
    assert "128.60元" in shown(owed)
    assert "70.00元" in shown(owed)
    (october,) = [a["data"]["action"] for a in owed.card["actions"] if "2026-10" in a["title"]]
    await customer.presses(october)
    await pays(customer, phone)
    assert await balance_of(billers, "zhangwei") == 19_930_00


async def test_a_bill_paid_elsewhere_is_said_with_channel_and_time_and_not_debited_again(
    billers: EmbeddedBank, customer: Customer, phone: Phone
) -> None:
    (bill,) = await billers.query_bills(POWER, NUMBER)
    elsewhere = await billers.create_bill_payment(
        BillOrder("lina", "kiosk", "terminal", bill_id=bill.bill_id), "kiosk-1"
    )
    await billers.confirm(elsewhere.instruction_id, "lina", "kiosk")
    await billers.challenge(elsewhere.instruction_id, "lina")
    await billers.authorise(elsewhere.instruction_id, "lina", "kiosk", phone.code)
    told = said(await customer.writes(f"缴 电费 {NUMBER}"))
    assert "自助终端" in told
    assert "2026-11-23" in told
    assert await balance_of(billers, "zhangwei") == 20_000_00


async def test_a_part_is_paid_where_the_biller_allows_it(
    billers: EmbeddedBank, customer: Customer, phone: Phone
) -> None:
    await owes(billers, 100_00, item="beijing-water")
    (card,) = await customer.writes(f"缴水费 {NUMBER} 40元")
    assert "40.00元" in shown(card)
    await pays(customer, phone)
    (bill,) = await billers.query_bills("beijing-water", NUMBER)
    assert bill.open == Money(60_00)


async def test_a_debit_is_agreed_by_card_and_code_and_stopped_by_a_word(
    billers: EmbeddedBank, customer: Customer, phone: Phone
) -> None:
    assert "最多" in said(await customer.writes(f"开通电费代扣 {NUMBER}"))
    (card,) = await customer.writes("300元")
    assert "每次上限" in shown(card)
    assert "代扣已开通" in await pays(customer, phone)
    assert await balance_of(billers, "zhangwei") == 20_000_00
    (agreed,) = await billers.debit_agreements("zhangwei")
    assert (agreed.cap, agreed.active) == (Money(300_00), True)
    assert "已关闭" in said(await customer.writes("关闭代扣"))
    assert not (await billers.debit_agreements("zhangwei"))[0].active


async def test_a_transfer_after_a_bill_cancels_the_bill_and_the_other_way_round(
    billers: EmbeddedBank, customer: Customer
) -> None:
    await customer.writes(f"交电费 {NUMBER}")
    await customer.writes("给李娜转500块")
    assert "replaced" in customer.closed.values()
    replies = await customer.writes(f"交电费 {NUMBER}")
    assert "已取消" in said(replies)
    assert len([c for c in customer.cards.values() if c.card_id not in customer.closed]) == 1


@pytest.mark.parametrize("language", Language)
async def test_every_card_of_a_bill_is_valid(
    billers: EmbeddedBank, customer: Customer, phone: Phone, language: Language
) -> None:
    customer.language = language
    await owes(billers, 70_00, "2026-10")
    await customer.opens_menu("bills")
    english = language is Language.EN
    await customer.writes(f"pay electricity bill {NUMBER}" if english else f"交电费 {NUMBER}")
    await customer.writes(
        f"auto-pay electricity {NUMBER} 300 yuan" if english else "电费代扣 300元"
    )
    await customer.writes("bill history" if english else "缴费记录")
    for card in customer.cards.values():
        check_card(card)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("给我充50块话费", BillReading(BillWish.PAY, "话费", 1, amount="50")),
        (
            "定时缴话费 13800000000 每月8日 50元",
            BillReading(BillWish.DEBIT, "话费", 1, "13800000000", 8, "50"),
        ),
        ("提醒我交水费", BillReading(BillWish.REMIND, "水费", 2)),
        ("生活缴费", BillReading(BillWish.PAY)),
        ("电费为什么这么高", None),
        ("账单分期", None),
        ("信用卡账单", None),
        ("给李娜转500", None),
        ("取消", None),
    ],
)
def test_sentences_about_bills_are_told_from_others(
    sentence: str, expected: BillReading | None
) -> None:
    assert read_bill(sentence) == expected


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "kind",
    ["debit_soon", "reminder", "over_cap", "autodebit_failed", "autodebit_stopped", "refunded"],
)
def test_whatever_happens_to_a_bill_is_told_with_its_amount(language: Language, kind: str) -> None:
    event = BankEvent(
        position=1,
        event_id="e",
        type=f"bill.{kind}",
        customer="zhangwei",
        occurred_at=datetime(2026, 11, 23, tzinfo=UTC),
        business_date="2026-11-23",
        product="bill",
        channel="bank",
        amount_band="100-499",
        trace_id="t",
        counterparty=f"电费 {NUMBER} 2026-11",
        amount=Money(128_60),
    )
    told = PhrasedHerald().product_notice(event, language)
    assert "128.60" in told
    assert NUMBER in told


async def test_a_form_left_for_long_is_no_context_any_more(
    billers: EmbeddedBank, customer: Customer, clock: Clock
) -> None:
    await customer.writes("交电费")
    clock.at += timedelta(minutes=20)
    assert not any(isinstance(reply, Card) for reply in await customer.writes(NUMBER))


async def test_little_to_a_number_paid_for_just_now_needs_no_second_code(
    billers: EmbeddedBank, customer: Customer, phone: Phone
) -> None:
    await customer.writes("充话费 13800000000 100元")
    await pays(customer, phone)
    await customer.writes("充话费 50元")
    (_, receipt) = await customer.presses("confirm")
    assert "缴费成功" in shown(receipt)
    assert len(phone.texts) == 1
    assert await balance_of(billers, "zhangwei") == 19_850_00
