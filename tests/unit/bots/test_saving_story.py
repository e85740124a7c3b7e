"""Fixed deposits by a sentence: put away, looked at, taken out before their day."""

from __future__ import annotations

import pytest

from bank_bridge.gateways.embedded import EmbeddedBank
from bots.contract import Card, Language
from bots.understanding.savings import SavingReading, SavingWish, read_saving

from .conftest import Clock, Customer, Phone, balance_of, said, shown
from .test_cards_and_words import check_card


async def proves(customer: Customer, phone: Phone) -> str:
    """Confirms and types the code; the words of the receipt."""
    await customer.presses("confirm")
    replies = await customer.presses("code.submit", code=phone.code)
    return shown(next(reply for reply in replies if isinstance(reply, Card)))


async def test_a_sentence_puts_ten_thousand_away_for_a_year(
    bank: EmbeddedBank, customer: Customer, phone: Phone
) -> None:
    (card,) = await customer.writes("定期存1万 一年")
    for word in ("确认定期存款", "10,000.00元", "12 / 1.75% / 175.00"):
        assert word in shown(card)
    assert "定期存款成功" in await proves(customer, phone)
    assert await balance_of(bank, "zhangwei") == 10_000_00
    told = said(await customer.writes("我的定期"))
    assert "10,000.00元" in told
    assert "2027-11-23" in told


async def test_term_and_amount_are_asked_for(
    bank: EmbeddedBank, customer: Customer, phone: Phone
) -> None:
    (terms,) = await customer.writes("存定期")
    assert "36个月" in shown(terms)
    assert "存多少" in said(await customer.writes("三个月"))
    assert "新的金额" in said(await customer.writes("10元"))  # under the least
    (card,) = await customer.writes("5000")
    assert "3 / 1.10% / 13.75" in shown(card)


async def test_a_part_is_taken_out_at_the_current_rate(
    bank: EmbeddedBank, customer: Customer, phone: Phone, clock: Clock
) -> None:
    await customer.writes("定期存1万 一年")
    await proves(customer, phone)
    clock.pass_(days=90)
    (card,) = await customer.writes("提前支取定期4000元")
    assert "4,000.00元" in shown(card)
    assert "3.50" in shown(card)
    assert "支取成功" in await proves(customer, phone)
    assert await balance_of(bank, "zhangwei") == 14_003_50
    (deposit,) = await bank.deposits("zhangwei")
    assert deposit.principal.fen == 6_000_00


async def test_one_of_several_is_chosen_from_a_card(
    bank: EmbeddedBank, customer: Customer, phone: Phone
) -> None:
    for sentence in ("定期存1000 一年", "定期存2000 半年"):
        await customer.writes(sentence)
        await proves(customer, phone)
    (which,) = await customer.writes("支取定期")
    newest = (await bank.deposits("zhangwei"))[0].deposit
    assert "1,000.00元 12个月" in shown(which)
    await customer.presses(f"choice:{newest}")
    assert "支取成功" in await proves(customer, phone)


@pytest.mark.parametrize("language", Language)
async def test_every_card_of_a_deposit_is_valid(
    customer: Customer, phone: Phone, language: Language
) -> None:
    customer.language = language
    english = language is Language.EN
    await customer.writes("fixed deposit" if english else "存定期")
    await customer.writes("fixed deposit 5000 yuan 1 year" if english else "定期存5000一年")
    await proves(customer, phone)
    await customer.writes("withdraw my fixed deposit" if english else "支取定期")
    for card in customer.cards.values():
        check_card(card)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("存5000三个月", SavingReading(SavingWish.DEPOSIT, 3, "5000")),
        ("存一万一年", SavingReading(SavingWish.DEPOSIT, 12, "10000")),
        ("我想存定期", SavingReading(SavingWish.DEPOSIT)),
        ("把定期取出来，提前取", SavingReading(SavingWish.WITHDRAW)),
        ("我的定期有哪些", SavingReading(SavingWish.LOOK)),
        ("定期利率是多少", None),
        ("给李娜转500", None),
        ("定期缴电费", None),
    ],
)
def test_sentences_about_deposits_are_told_from_others(
    sentence: str, expected: SavingReading | None
) -> None:
    assert read_saving(sentence) == expected
