"""What needs no confirmation: balance, statement, help, a person, offers."""

from __future__ import annotations

import pytest

from bank_bridge.contract import Money
from bots.contract import (
    CallPerson,
    Card,
    CardClosed,
    IntentSeen,
    OfferFeedback,
    SetConsent,
)
from bots.phrasing.elements import adaptive_card
from bots.phrasing.words import words_in

from .conftest import said, shown


def offer(customer) -> Card:
    card = Card("offer:o-1", adaptive_card(words_in(customer.language), (), (), "x"), "x")
    customer.cards[card.card_id] = card
    return card


async def test_balance_by_text_and_by_menu(customer):
    for replies in (await customer.writes("查余额"), await customer.opens_menu("balance")):
        assert "20,000.00" in shown(replies[0])
        assert "尾号" in shown(replies[0])
        assert replies[0].card.get("actions") is None
    (english,) = await customer.writes("check my balance")
    assert "Available 20,000.00 yuan" in shown(english)


async def test_the_account_number_is_never_shown(customer, bank):
    (account,) = await bank.list_accounts("zhangwei")
    for sentence in ("查余额", "查明细", "给李娜转1块"):
        (card,) = await customer.writes(sentence)
        assert account.number not in str(card)


async def test_the_statement_shows_the_last_ten_newest_first(customer, bank, phone):
    for place in range(12):
        await bank.purchase("zhangwei", f"商户{place}", Money(100 + place), f"p-{place}")
    (card,) = await customer.writes("查明细")
    text = shown(card)
    assert "商户11" in text
    assert "商户2 " in text + " "
    assert "商户1 " not in text
    assert text.index("商户11") < text.index("商户9")
    assert "-1.11" in text


async def test_statement_of_a_named_account(customer, bank):
    number = await bank.open_account("zhangwei", Money(123), "second")
    (card,) = await customer.writes(f"尾号{number[-4:]}的明细")
    assert "+1.23" in shown(card)
    assert "没有尾号0000" in said(await customer.writes("尾号0000的明细"))


async def test_a_person_is_told_where_the_command_stands_but_no_details(customer, phone):
    replies = await customer.writes("人工")
    tell, seen = customer.results[-1].effects
    assert "客户经理" in said(replies)
    assert isinstance(tell, CallPerson)
    assert isinstance(seen, IntentSeen)
    await customer.writes("给李娜转500块")
    await customer.presses("confirm")
    await customer.opens_menu("human")
    tell, step = customer.results[-1].effects
    assert "等待短信验证码" in tell.text
    assert step.steps[-1] == "person"
    assert phone.code not in tell.text
    assert customer.results[-1].wake_at is not None


@pytest.mark.parametrize("key", ["help", "no-such-key", ""])
async def test_any_unknown_menu_key_explains_what_works(customer, key):
    assert "转账" in said(await customer.opens_menu(key))


async def test_the_transfer_menu_asks_who(customer):
    (card,) = await customer.opens_menu("transfer")
    assert "转给谁" in shown(card)


async def test_greeting_by_name_and_thanks(customer):
    assert "张伟" in said(await customer.writes("你好"))
    assert "不客气" in said(await customer.writes("谢谢"))
    assert "Hello 张伟" in said(await customer.writes("hello"))


async def test_what_is_not_understood_gets_a_hint_and_the_second_time_a_person(customer):
    assert "没有听懂" in said(await customer.writes("今天天气怎么样"))
    assert "人工" in said(await customer.writes("给我讲个笑话"))
    assert customer.results[-1].effects == ()
    await customer.writes("查余额")
    assert "查余额" in said(await customer.writes("今天天气怎么样"))


async def test_where_there_is_a_desk_it_speaks_for_itself(customer):
    customer.person = "free"
    assert await customer.writes("人工") == []
    assert isinstance(customer.results[-1].effects[0], CallPerson)
    customer.person = "waiting"
    assert "已在人工队列中" in said(await customer.writes("人工"))
    assert await customer.writes("今天天气怎么样") == []
    assert not any(isinstance(each, CallPerson) for each in customer.results[-1].effects)
    assert shown((await customer.writes("查余额"))[0])


async def test_the_third_time_not_understood_a_person_is_called(customer):
    customer.person = "free"
    odd = ["今天天气怎么样", "给我讲个笑话", "宇宙有多大"]
    replies = [await customer.writes(text) for text in odd]
    assert [bool(each) for each in replies] == [True, True, False]
    assert CallPerson("", "not_understood") in customer.results[-1].effects


async def test_soon_after_a_person_what_the_bot_does_not_take_goes_back_to_them(customer):
    customer.person = "recent"
    assert await customer.writes("今天天气怎么样") == []
    assert customer.results[-1].effects == (CallPerson("", "reopened"),)


@pytest.mark.parametrize("text", ["", " ", "。。。", "\x00", "🙂", "长" * 5_000, "1" * 5_000])
async def test_odd_texts_are_answered(customer, text):
    (reply,) = await customer.writes(text)
    assert reply.text


async def test_figures_alone_keep_the_language(customer):
    await customer.writes("transfer money to 李娜")
    await customer.writes("send money please")
    assert "Who is it for" in shown(customer.card)
    await customer.writes("123")
    assert "Who is it for" in shown(customer.card)


async def test_interest_in_an_offer_is_told_to_the_manager_by_product(customer):
    closed, text = await customer.presses("offer.interested", offer(customer), product="easy_loan")
    tell, feedback = customer.results[-1].effects
    assert closed == CardClosed("offer:o-1", "done")
    assert "客户经理" in text.text
    assert "逸贷" in tell.text
    assert feedback == OfferFeedback("o-1", "interested")


@pytest.mark.parametrize("values", [{}, {"product": "no_such"}, {"product": "x.y{z}"}])
async def test_interest_without_a_known_product_names_the_offer(customer, values):
    await customer.presses("offer.interested", offer(customer), **values)
    tell, _ = customer.results[-1].effects
    assert "o-1" in tell.text


async def test_refusing_an_offer_withdraws_the_consent(customer):
    closed, text = await customer.presses("offer.refuse", offer(customer))
    assert closed == CardClosed("offer:o-1", "refused")
    assert "不再发送" in text.text
    assert customer.results[-1].effects == (
        SetConsent("personalised_offers", granted=False),
        OfferFeedback("o-1", "dismissed"),
    )


async def test_dismissing_an_offer_is_only_feedback(customer):
    closed, _ = await customer.presses("offer.dismiss", offer(customer))
    assert closed.card_id == "offer:o-1"
    assert customer.results[-1].effects == (OfferFeedback("o-1", "dismissed"),)


async def test_an_offer_leaves_an_open_confirm_card_alone(customer, phone):
    (card,) = await customer.writes("给李娜转500块")
    await customer.presses("offer.dismiss", offer(customer))
    _, code_card = await customer.presses("confirm", card)
    assert code_card.secret_inputs == ("code",)


async def test_offers_are_stopped_by_a_sentence(customer):
    assert "不再发送" in said(await customer.writes("不要再推荐"))
    assert SetConsent("personalised_offers", granted=False) in customer.results[-1].effects
    assert "同意" in said(await customer.opens_menu("offers"))


async def test_a_press_that_fits_no_card_is_stale(customer):
    await customer.writes("给李娜转500块")
    card = customer.card
    assert "已失效" in said(await customer.presses("no.such.action", card))
    assert customer.card == card
    ghost = Card("mystery:1", card.card, "x")
    assert "已失效" in said(await customer.presses("confirm", ghost))
    ghost = Card("confirm:id-999999:1", card.card, "x")
    customer.state = b""
    assert "没有找到" in said(await customer.presses("confirm", ghost))


async def test_a_statement_of_named_days_holds_those_days_and_their_sums(customer, bank, clock):
    for day in range(3):
        await bank.purchase("zhangwei", "书店", Money(1_000 + day), f"purchase-{day}")
        clock.pass_(days=1)
    (card,) = await customer.writes("查一下昨天的明细")
    assert "2026-11-25 至 2026-11-25" in shown(card)
    assert "共 1 笔，收入 0.00 元，支出 10.02 元" in shown(card)
    (card,) = await customer.writes("查一下近3天的流水")
    assert "共 2 笔" in shown(card)
    assert "共 0 笔" in shown((await customer.writes("查一下上个月的流水"))[0])
    assert "还没有到" in said(await customer.writes("查一下下个月的流水"))
    assert "没有看懂是哪一天" in said(await customer.writes("查一下2月30日的流水"))


async def test_a_statement_says_where_it_begins_when_the_bank_gives_no_more(customer, bank):
    for number in range(201):
        await bank.purchase("zhangwei", "书店", Money(100), f"purchase-{number}")
    (card,) = await customer.writes("查一下今天的明细")
    assert "共 200 笔" in shown(card)
    assert "只列出最近 20 笔" in shown(card)
    assert "更早的未计入" in shown(card)
