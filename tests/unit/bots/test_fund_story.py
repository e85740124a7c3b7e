"""Funds by a sentence: assessed on the way, bought, looked at, sold, taken back."""

from __future__ import annotations

from datetime import date

import pytest

from bank_bridge.contract import Money
from bank_bridge.fund_contract import NewFund
from bank_bridge.gateways.embedded import EmbeddedBank
from bots.contract import Card, Language
from bots.understanding.funds import FundReading, FundWish, read_fund, read_fund_shares

from .conftest import Clock, Customer, Phone, balance_of, said, shown
from .test_cards_and_words import check_card

DAY = date(2026, 11, 23)
BOLD = (3, 3, 3, 3, 3, 3)


@pytest.fixture
async def shelf(bank: EmbeddedBank) -> EmbeddedBank:
    for fund, name, risk in (("steady", "稳健债券", 2), ("growth", "成长股票", 4)):
        await bank.propose_fund(NewFund(fund, name, risk, Money(10_00)), "maker")
        await bank.approve_fund(fund, "checker")
    return bank


async def proves(customer: Customer, phone: Phone) -> str:
    await customer.presses("confirm")
    replies = await customer.presses("code.submit", code=phone.code)
    return shown(next(reply for reply in replies if isinstance(reply, Card)))


@pytest.mark.parametrize(
    ("sentence", "reading"),
    [
        ("买基金", FundReading(FundWish.BUY)),
        ("买稳健债券基金1000元", FundReading(FundWish.BUY, "1000")),
        ("赎回基金100份", FundReading(FundWish.SELL)),
        ("我的基金", FundReading(FundWish.LOOK)),
        ("撤销基金申购", FundReading(FundWish.CANCEL)),
        ("重新测评", FundReading(FundWish.ASSESS)),
        ("buy a fund", FundReading(FundWish.BUY)),
        ("基金怎么买", None),
        ("公积金查询", None),
        ("给李娜转500", None),
    ],
)
def test_what_is_wanted_of_funds(sentence: str, reading: FundReading | None) -> None:
    assert read_fund(sentence) == reading


@pytest.mark.parametrize(
    ("sentence", "shares"),
    [("100份", "10000"), ("100.5份", "10050"), ("全部", "all"), ("100", ""), ("1份或2份", "")],
)
def test_how_many_shares_are_meant(sentence: str, shares: str) -> None:
    assert read_fund_shares(sentence) == shares


async def test_the_assessment_is_asked_on_the_way_and_what_does_not_suit_is_refused(
    shelf: EmbeddedBank, customer: Customer
) -> None:
    (question,) = await customer.writes("买成长股票基金1000元")
    for number in range(6):
        assert f"风险测评 {number + 1}/6" in shown(question)
        replies = await customer.presses(f"choice:{number}-1")
        question = replies[-1]
    assert "风险等级高于" in said(replies)
    profile = await shelf.risk_profile("zhangwei")
    assert profile is not None
    assert profile.level == 2
    assert await balance_of(shelf, "zhangwei") == 20_000_00


async def test_a_fund_is_bought_looked_at_and_sold(
    shelf: EmbeddedBank, customer: Customer, phone: Phone, clock: Clock
) -> None:
    await shelf.assess_risk("zhangwei", BOLD)
    (which,) = await customer.writes("买基金")
    assert "稳健债券（风险R2" in shown(which)
    assert "申购多少" in said(await customer.writes("稳健债券"))
    (card,) = await customer.writes("1000")
    for word in ("确认申购基金", "R2 2026-11-23", "我已了解风险", "1,000.00元"):
        assert word in shown(card)
    assert "申购已受理" in await proves(customer, phone)
    assert "按 2026-11-23 净值确认" in said(await customer.writes("我的基金"))
    await shelf.publish_nav("steady", DAY, 12_345)
    await shelf.run_due()
    assert "810.04 份，市值 999.99 元" in said(await customer.writes("我的基金"))
    clock.pass_(days=1)
    replies = await customer.writes("赎回稳健债券基金")
    assert "多少份" in said(replies)
    card = (await customer.writes("全部"))[-1]
    assert "810.04" in shown(card)
    assert "赎回已受理" in await proves(customer, phone)
    await shelf.publish_nav("steady", date(2026, 11, 24), 13_000)
    await shelf.run_due()
    assert await balance_of(shelf, "zhangwei") == 20_000_00 - 1_000_00 + 1_053_05


async def test_a_purchase_is_taken_back_by_a_sentence_until_the_cut_off(
    shelf: EmbeddedBank, customer: Customer, phone: Phone, clock: Clock
) -> None:
    await shelf.assess_risk("zhangwei", BOLD)
    await customer.writes("买稳健债券基金1000元")
    await proves(customer, phone)
    assert "已撤销" in said(await customer.writes("撤销基金申购"))
    assert await balance_of(shelf, "zhangwei") == 20_000_00
    assert "没有可以撤销" in said(await customer.writes("撤销基金申购"))
    await customer.writes("买稳健债券基金1000元")
    await proves(customer, phone)
    clock.pass_(hours=4)
    assert "15:00" in said(await customer.writes("撤销基金申购"))


@pytest.mark.parametrize("language", Language)
async def test_every_card_of_a_fund_is_valid(
    shelf: EmbeddedBank, customer: Customer, phone: Phone, language: Language
) -> None:
    customer.language = language
    english = language is Language.EN
    await customer.writes("risk assessment" if english else "风险测评")
    for number in range(6):
        await customer.presses(f"choice:{number}-3")
    await customer.presses("choice:steady")
    await customer.writes("1000")
    await proves(customer, phone)
    for card in customer.cards.values():
        check_card(card)
