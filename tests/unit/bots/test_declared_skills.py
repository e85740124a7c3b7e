"""A declared skill has the whole conversation: repeat, digression, choice, a person's view."""

from __future__ import annotations

import msgspec
import pytest

from bank_bridge.contract import Money, TransferOrder
from bots.contract import CallPerson, Card
from bots.dialogue.forms import FormTalk
from bots.dialogue.skills import MoneySkill
from bots.dialogue.slots import AmountSlot, ChoiceSlot, DaySlot, Option
from bots.dialogue.state import DialogueState, Draft
from bots.dialogue.talk import Talk
from bots.phrasing.words import words_in
from bots.transactions.script import MoneyScript
from tests.unit.bots.conftest import said, shown


async def _pays(customer, phone, sentence):
    (card,) = await customer.writes(sentence)
    await customer.presses("confirm", card)
    await customer.presses("code.submit", code=phone.code)


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        ("再转一次", "李娜 500.00"),
        ("再给李娜转一次", "李娜 500.00"),
        ("再转一次，这次转八百", "李娜 800.00"),
        ("再给他转300", "李娜 300.00"),
        ("给他转300块", "李娜 300.00"),
        ("跟上次一样", "李娜 500.00"),
        ("same again", "李娜 500.00"),
    ],
)
async def test_what_was_done_can_be_asked_for_again_and_asks_for_confirmation(
    customer, bank, phone, sentence, figures
):
    await _pays(customer, phone, "给李娜转500块")
    before = (await bank.list_accounts("zhangwei"))[0].posted
    (card,) = await customer.writes(sentence)
    name, amount = figures.split()
    assert name in shown(card)
    assert amount in shown(card)
    assert "confirm" in str(card.card)
    assert (await bank.list_accounts("zhangwei"))[0].posted == before


@pytest.mark.parametrize(
    "sentence", ["为什么重复上一笔扣款", "怎么又给李娜转了一次", "why was it sent again"]
)
async def test_a_question_about_what_was_done_repeats_nothing(customer, phone, sentence):
    await _pays(customer, phone, "给李娜转500块")
    assert not any(isinstance(reply, Card) for reply in await customer.writes(sentence))


async def test_nothing_is_repeated_when_nothing_succeeded(customer):
    await customer.writes("给李娜转500块")
    await customer.writes("取消")
    assert "没有可以重复的操作" in said(await customer.writes("再转一次"))


async def test_after_a_digression_the_open_question_is_asked_again(customer):
    await customer.writes("转500块")
    replies = await customer.writes("查一下余额")
    assert "刚才的业务还没有办完" in said(replies)
    assert "转给谁" in said(replies)
    (card,) = [reply for reply in await customer.writes("李娜") if isinstance(reply, Card)]
    assert "500.00" in shown(card)


async def test_a_person_who_takes_over_sees_what_was_filled_in_and_never_a_code(customer, phone):
    (card,) = await customer.writes("给李娜转500块")
    await customer.presses("confirm", card)
    code = phone.code
    await customer.writes("人工")
    (call,) = [one for one in customer.results[-1].effects if isinstance(one, CallPerson)]
    assert "李娜" in call.text
    assert "500.00" in call.text
    assert code not in call.text


async def test_a_skill_is_declared_in_a_few_lines(customer, bank):
    """A deposit of a kind to choose, an amount and a day: nothing but its slots is written."""
    made = []

    async def kinds(_talk):
        return [Option("3m", "三个月定期"), Option("1y", "一年定期")]

    async def order(talk, draft):
        made.append(dict(draft.values))
        payee = (await bank.list_payees("zhangwei"))[0]
        return await bank.create_transfer(
            TransferOrder("zhangwei", "phone-1", payee.payee_id, Money(50_000)), talk.turn.key
        )

    skill = MoneySkill(
        "deposit",
        ("deposit",),
        (ChoiceSlot("kind", "stage.choice", kinds), AmountSlot(), DaySlot("day.when")),
        order,
        is_same=lambda _draft, _known: False,
    )
    forms = FormTalk(bank, MoneyScript(bank), (skill,))
    await customer.writes("你好")
    turn, state = customer.turns[-1], DialogueState()
    reader = customer.bot._default._understanding

    async def says(text, state):
        words = words_in(turn.language)
        told = Talk(_turn(turn, text, state), words, state, reader.understand(text))
        if state.draft is None:
            return await forms.begin(told, "deposit")
        assert await forms.fits(told)
        return await forms.answer(told)

    answer = await says("存五百块", state)
    (card,) = answer.replies
    assert "一年定期" in shown(card)
    answer = await says("一年定期", answer.state)
    assert "哪一天" in said(answer.replies)
    answer = await says("下个月5号", answer.state)
    assert made == [{"kind": "1y", "amount": "500", "day": "2026-12-05"}]
    assert answer.state.draft == Draft("deposit", made[0])
    assert answer.state.card.instruction_id


def _turn(turn, text, state):
    return msgspec.structs.replace(turn, text=text, state=state.encode())


@pytest.mark.parametrize(
    ("written", "answered"),
    [
        ("/余额", "可用"),
        ("／余额", "可用"),
        ("/balance", "Available"),
        (" /明细 ", "明细"),
        ("/转账", "转给谁"),
    ],
)
async def test_a_slash_command_is_the_menus_entry(customer, written, answered):
    replies = await customer.writes(written)
    assert answered in said(replies) + "".join(
        shown(reply) for reply in replies if isinstance(reply, Card)
    )


async def test_a_slash_command_with_details_is_read_as_a_sentence(customer):
    (card,) = await customer.writes("/转账给李娜500")
    assert "500.00" in shown(card)
    (card,) = [one for one in await customer.writes("/转账 给王五600") if isinstance(one, Card)]
    assert "600.00" in shown(card)


async def test_an_unknown_slash_command_names_those_there_are(customer):
    assert "/余额" in said(await customer.writes("/没有的"))


@pytest.mark.parametrize(
    "sentence",
    [
        "下周三给李娜转500块",
        "明天转500给李娜",
        "每月15号给李娜转500元",
        "transfer 500 to 李娜 next Friday",
    ],
)
async def test_what_is_wanted_on_another_day_is_not_done_at_once(customer, sentence):
    (card,) = await customer.writes(sentence)
    assert "预约" in shown(card) or "cheduled" in shown(card)
    await customer.writes("查余额")
    (card,) = [one for one in await customer.writes("现在转") if isinstance(one, Card)]
    assert "预约" not in shown(card)
    assert "李娜" in shown(card)
    assert "500.00" in shown(card)


async def test_what_is_wanted_today_is_done_at_once(customer):
    (card,) = await customer.writes("今天给李娜转500块")
    assert "500.00" in shown(card)
