"""Transfers on days to come by a sentence: agreed upon, looked at, ended; and which 张三."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from bank_bridge.contract import Money
from bank_bridge.gateways.embedded import EmbeddedBank
from bots.contract import Card, Language, Place
from bots.open import open_bots
from bots.understanding.standing import Due, StandingWish, read_due, read_standing

from .conftest import Clock, Customer, Phone, balance_of, said, shown
from .test_cards_and_words import check_card

MONDAY = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


async def proves(customer: Customer, phone: Phone) -> str:
    await customer.presses("confirm")
    replies = await customer.presses("code.submit", code=phone.code)
    return shown(next(reply for reply in replies if isinstance(reply, Card)))


@pytest.mark.parametrize(
    ("sentence", "due"),
    [
        ("下周三给李娜转500块", Due(date(2026, 12, 2))),
        ("明天转500给李娜", Due(date(2026, 11, 24))),
        ("每月15号给李娜转500元", Due(date(2026, 12, 15), "monthly", 15)),
        ("每月31号给李娜转500元", Due(date(2026, 11, 30), "monthly", 31)),
        ("每周五给李娜转500元", Due(date(2026, 11, 27), "weekly")),
        ("每周一给李娜转500元", Due(date(2026, 11, 30), "weekly")),
        ("send 500 to 李娜 every friday", Due(date(2026, 11, 27), "weekly")),
        ("今天给李娜转500块", None),
        ("把昨天的饭钱50元转给李娜", None),
        ("给李娜转上个月的房租3000元", None),
        ("每天给李娜转5元", Due(problem="rhythm")),
        ("2月30日给李娜转500", Due(problem="no_such_day")),
        ("下个月给李娜转500", Due(problem="not_a_day")),
    ],
)
def test_on_which_day_a_sentence_wants_it_paid(sentence: str, due: Due | None) -> None:
    assert read_due(sentence, MONDAY) == due


@pytest.mark.parametrize(
    ("sentence", "wish"),
    [
        ("我的预约转账", StandingWish.LOOK),
        ("取消预约转账", StandingWish.CLOSE),
        ("预约转账", StandingWish.MAKE),
        ("show my scheduled transfers", StandingWish.LOOK),
        ("预约转账怎么没成功", None),
        ("给李娜转500", None),
    ],
)
def test_what_is_wanted_of_standing_transfers(sentence: str, wish: StandingWish | None) -> None:
    assert read_standing(sentence) is wish


async def test_a_monthly_transfer_is_agreed_upon_paid_and_ended(
    bank: EmbeddedBank, customer: Customer, phone: Phone, clock: Clock
) -> None:
    (card,) = await customer.writes("每月15号给李娜转500元")
    for word in ("确认预约转账", "2026-12-15起，每月一次", "李娜", "500.00元"):
        assert word in shown(card)
    assert "预约转账已设定" in await proves(customer, phone)
    assert await balance_of(bank, "zhangwei") == 20_000_00
    clock.at = datetime(2026, 12, 15, 4, tzinfo=UTC)
    await bank.run_due()
    assert await balance_of(bank, "zhangwei") == 19_500_00
    (listed,) = await customer.writes("我的预约转账")
    assert "2027-01-15" in shown(listed)
    (standing,) = await bank.standing_transfers("zhangwei")
    assert "已取消" in said(await customer.presses(f"standing.stop:{standing.standing}"))
    again = await customer.presses(f"standing.stop:{standing.standing}", listed)
    assert "已经结束" in said(again)
    assert not await bank.standing_transfers("zhangwei")


async def test_the_day_is_asked_for_and_may_be_corrected(customer: Customer) -> None:
    assert "哪一天" in said(await customer.writes("预约转账给李娜500元"))
    card = [one for one in await customer.writes("后天") if isinstance(one, Card)][-1]
    assert "2026-11-25，一次" in shown(card)
    card = [one for one in await customer.writes("改成每周五") if isinstance(one, Card)][-1]
    assert "2026-11-27起，每周一次" in shown(card)
    card = [one for one in await customer.writes("现在转") if isinstance(one, Card)][-1]
    assert "确认转账" in shown(card)


async def test_one_of_several_is_ended_by_its_name(
    bank: EmbeddedBank, customer: Customer, phone: Phone
) -> None:
    for name in ("李娜", "王五"):
        await customer.writes(f"明天给{name}转50元")
        await proves(customer, phone)
    assert "取消：李娜" in shown((await customer.writes("取消预约转账"))[0])
    assert "王五" in said(await customer.writes("取消给王五的预约转账"))
    (left,) = await bank.standing_transfers("zhangwei")
    assert left.payee_name == "李娜"


@pytest.mark.parametrize("language", Language)
async def test_every_card_of_a_standing_transfer_is_valid(
    customer: Customer, phone: Phone, language: Language
) -> None:
    customer.language = language
    english = language is Language.EN
    await customer.writes("transfer 500 to 李娜 next Friday" if english else "下周五给李娜转500元")
    await proves(customer, phone)
    await customer.writes("my scheduled transfers" if english else "我的预约转账")
    for card in customer.cards.values():
        check_card(card)


class Chats:
    """Zhang Wei's friends: one who is a saved payee, and two others, one of her name."""

    async def places(self, _: str) -> Sequence[Place]:
        return [
            Place("d:lina:zhangwei", "李娜", "lina"),
            Place("d:lina2:zhangwei", "李娜", "lina2"),
            Place("d:sunli:zhangwei", "孙丽", "sunli"),
        ]


@pytest.fixture
def sociable(bank: EmbeddedBank, clock: Clock) -> Customer:
    return Customer(open_bots(bank, Chats()).bot, clock)


async def test_a_friend_of_a_payees_name_is_offered_beside_the_payee(
    bank: EmbeddedBank, sociable: Customer, phone: Phone
) -> None:
    await bank.enrol("lina2", "李娜", "13800000009")
    await bank.open_account("lina2", Money(100), "open-lina2")
    (which,) = await sociable.writes("给李娜转300元")
    assert shown(which).count("李娜（") == 2  # the payee who is a friend too is there once
    assert "不止一位" in shown(which)
    await sociable.writes("取消")
    await sociable.writes("开通e支付")
    await proves(sociable, phone)
    await sociable.writes("给李娜转300元")
    replies = await sociable.presses("payee:friend:d:lina2:zhangwei")
    assert "确认转账给好友" in shown(replies[-1])
    assert "300.00元" in shown(replies[-1])


async def test_on_another_day_only_saved_payees_can_be_meant(sociable: Customer) -> None:
    (card,) = await sociable.writes("明天给李娜转300元")
    assert "确认预约转账" in shown(card)
    replies = await sociable.writes("明天给孙丽转300元")
    assert "没有“孙丽”" in shown(replies[-1])


async def test_whom_to_pay_may_be_a_friend_on_the_card(sociable: Customer) -> None:
    (which,) = await sociable.writes("转账")
    assert "孙丽（融e联好友" in shown(which)
