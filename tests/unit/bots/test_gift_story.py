"""Red packets and transfers to friends: opened, sent by card and code, never by words alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bank_bridge.contract import Money
from bank_bridge.gateways.embedded import EmbeddedBank
from bank_bridge.product_contract import GiftKind, GiftState
from bots.contract import Card, Language, Place
from bots.open import open_bots
from bots.understanding.gifts import GiftReading, GiftWish, read_gift

from .conftest import Clock, Customer, Phone, balance_of, said, shown
from .test_cards_and_words import check_card


class Friends:
    """Zhang Wei's family group, and two friends; only one of them is a saved payee."""

    async def places(self, customer: str) -> Sequence[Place]:
        return (
            Place("g:family", "一家人"),
            Place("d:lina:zhangwei", "李娜", "lina"),
            Place("d:sunli:zhangwei", "孙丽", "sunli"),
        )


@pytest.fixture
async def giver(bank: EmbeddedBank, clock: Clock, phone: Phone) -> Customer:
    """A customer who has opened e-payment in the conversation."""
    await bank.enrol("sunli", "孙丽", "13800000009")
    await bank.open_account("sunli", Money(0), "open-sunli")
    customer = Customer(open_bots(bank, Friends()).bot, clock)
    (card,) = await customer.writes("开通e支付")
    assert "5,000.00元" in shown(card)
    assert "工银e支付已开通" in await sends(customer, phone)
    assert await balance_of(bank, "zhangwei") == 20_000_00
    return customer


async def sends(customer: Customer, phone: Phone) -> str:
    """Confirms and types the code; the words of the receipt."""
    await customer.presses("confirm")
    replies = await customer.presses("code.submit", code=phone.code)
    return shown(next(reply for reply in replies if isinstance(reply, Card)))


async def newest_gift(bank: EmbeddedBank) -> str:
    events = await bank.events(0, 1_000)
    return [event.trace_id for event in events if event.type == "gift.sent"][-1]


async def test_a_packet_goes_to_a_group_for_as_many_as_said(
    bank: EmbeddedBank, giver: Customer, phone: Phone
) -> None:
    (card,) = await giver.writes("在一家人群里发红包 100元 10个")
    for word in ("确认发红包", "一家人", "100.00元", "壹佰元整", "塞钱进红包"):
        assert word in shown(card)
    assert "红包已发出" in await sends(giver, phone)
    gift = await bank.gift(await newest_gift(bank))
    assert (gift.place, gift.shares, gift.random, gift.amount) == (
        "g:family",
        10,
        True,
        Money(100_00),
    )


async def test_what_is_not_said_is_asked_for_one_thing_after_the_other(
    bank: EmbeddedBank, giver: Customer, phone: Phone
) -> None:
    (where,) = await giver.writes("发红包")
    assert all(name in shown(where) for name in ("一家人", "李娜", "孙丽"))
    replies = await giver.presses("choice:g:family")
    assert "几个人领" in said(replies)
    assert "一共多少钱" in said(await giver.writes("5"))
    (card,) = await giver.writes("88.80")
    assert "88.80元" in shown(card)
    await sends(giver, phone)
    gift = await bank.gift(await newest_gift(bank))
    assert (gift.shares, gift.amount) == (5, Money(88_80))


async def test_a_packet_to_one_friend_needs_no_number_of_people(
    bank: EmbeddedBank, giver: Customer, phone: Phone
) -> None:
    (card,) = await giver.writes("给孙丽发个66元的红包")
    assert "孙丽" in shown(card)
    await sends(giver, phone)
    gift = await bank.gift(await newest_gift(bank))
    assert (gift.kind, gift.taker, gift.shares) == (GiftKind.RED_PACKET, "sunli", 1)
    taken = await bank.take_gift(gift.gift, "sunli")
    assert taken.state is GiftState.TAKEN
    assert await balance_of(bank, "sunli") == 66_00


async def test_a_transfer_to_a_friend_who_is_no_saved_payee_waits_to_be_taken(
    bank: EmbeddedBank, giver: Customer, phone: Phone
) -> None:
    (card,) = await giver.writes("转账给孙丽 300元")
    assert "转账给好友" in shown(card)
    assert "待对方收款" in await sends(giver, phone)
    gift = await bank.gift(await newest_gift(bank))
    assert (gift.kind, gift.taker) == (GiftKind.P2P, "sunli")
    (saved,) = await giver.writes("给李娜转300块")  # a saved payee is paid as ever
    assert "行内转账" in shown(saved)


async def test_without_the_agreement_nothing_is_sent(bank: EmbeddedBank, clock: Clock) -> None:
    customer = Customer(open_bots(bank, Friends()).bot, clock)
    assert "开通e支付" in said(await customer.writes("给李娜发个66元的红包"))
    assert "还没有开通" in said(await customer.writes("e支付限额"))


async def test_limits_are_told_and_closing_ends_it(giver: Customer) -> None:
    assert "5,000.00" in said(await giver.writes("e支付限额"))
    assert "已关闭" in said(await giver.writes("关闭e支付"))
    assert "开通e支付" in said(await giver.writes("给李娜发个66元的红包"))


async def test_over_the_limit_another_amount_is_asked_for(giver: Customer) -> None:
    replies = await giver.writes("给李娜发个5001元的红包")
    assert "超过单笔限额" in said(replies)
    (card,) = await giver.writes("50元")
    assert "50.00元" in shown(card)


async def test_the_button_of_a_conversation_begins_a_packet_for_it(giver: Customer) -> None:
    assert "一家人" in said(await giver.opens_menu("gift:g:family"))


@pytest.mark.parametrize("language", Language)
async def test_every_card_of_a_gift_is_valid(giver: Customer, phone: Phone, language) -> None:
    giver.language = language
    english = language is Language.EN
    await giver.writes("send a red packet" if english else "发红包")
    await giver.writes("send 李娜 a red packet of 66 yuan" if english else "给李娜发个66元的红包")
    await giver.writes("open e-payment" if english else "开通e支付")
    for card in giver.cards.values():
        check_card(card)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "发红包 100元 5个 平分 祝福语：新年快乐",
            GiftReading(GiftWish.SEND, "100", 5, equal=True, greeting="新年快乐"),
        ),
        ("发个红包", GiftReading(GiftWish.SEND)),
        ("开通工银e支付 限额3000元", GiftReading(GiftWish.OPEN, "3000")),
        ("红包没收到怎么退", None),
        ("谁领了我的红包", None),
        ("不要发红包了，取消", None),
        ("给李娜转500", None),
    ],
)
def test_sentences_about_gifts_are_told_from_others(
    sentence: str, expected: GiftReading | None
) -> None:
    assert read_gift(sentence) == expected
