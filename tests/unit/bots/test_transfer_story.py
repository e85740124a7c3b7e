"""A transfer by a sentence, as the customer lives it, on a real embedded bank."""

from __future__ import annotations

import pytest

from bank_bridge.contract import Money
from bots.contract import Card, CardClosed, IntentSeen

from .conftest import balance_of, said, shown

START = 2_000_000


async def test_a_sentence_a_press_and_a_code_move_the_money_once(customer, bank, phone):
    (card,) = await customer.writes("给李娜转500块")
    for word in ("500.00", "伍佰元整", "李娜", "确认转账", "取消", "0.00元", "实时到账", "尾号"):
        assert word in shown(card)
    assert card.expires_at is not None
    assert phone.texts == []

    closed, code_card = await customer.presses("confirm")
    assert closed == CardClosed(card.card_id, "confirmed")
    assert code_card.secret_inputs == ("code",)
    assert "138" in shown(code_card)
    assert await balance_of(bank, "lina") == START

    closed, receipt = await customer.presses("code.submit", code=phone.code)
    assert closed == CardClosed(code_card.card_id, "done")
    assert "转账成功" in shown(receipt)
    assert "95588" in shown(receipt)
    assert await balance_of(bank, "lina") == START + 50_000
    assert await balance_of(bank, "zhangwei") == START - 50_000
    assert customer.results[-1].wake_at is None


async def test_english_is_answered_in_english(customer):
    (card,) = await customer.writes("transfer 500 to 李娜 please")
    assert "Confirm transfer" not in shown(card)  # any Chinese word makes it Chinese
    await customer.writes("cancel")
    (card,) = await customer.writes("transfer 500 to Li Na")
    assert "not among your saved payees" in shown(card)
    payee = next(a for a in card.card["actions"] if "李娜" in a["title"])
    _, confirm = await customer.presses(payee["data"]["action"])
    assert "Confirm transfer" in shown(confirm)
    assert "500.00 yuan" in shown(confirm)


async def test_missing_details_are_asked_one_after_the_other(customer):
    (who,) = await customer.writes("我要转账")
    assert "转给谁" in shown(who)
    closed, how_much = await customer.writes("李娜")
    assert closed == CardClosed(who.card_id, "replaced")
    assert "多少" in how_much.text
    (confirm,) = await customer.writes("五百块五")
    assert "500.50" in shown(confirm)
    assert "伍佰元伍角整" in shown(confirm)


async def test_the_payee_can_be_chosen_on_the_card(customer):
    (who,) = await customer.writes("转300块")
    titles = [action["title"] for action in who.card["actions"]]
    assert [title[:3] for title in titles[:-1]] == sorted(title[:3] for title in titles[:-1])
    wangwu = next(a for a in who.card["actions"] if "王五" in a["title"])
    closed, confirm = await customer.presses(wangwu["data"]["action"])
    assert closed == CardClosed(who.card_id, "confirmed")
    assert "王五" in shown(confirm)
    assert "300.00" in shown(confirm)


async def test_a_name_that_looks_like_a_number_is_a_name(customer):
    (card,) = await customer.writes("给李万千转三百")
    assert "李万千" in shown(card)
    assert "300.00" in shown(card)
    _, _, card = await customer.writes("转账给王五2000.50元")
    assert "王五" in shown(card)
    assert "2,000.50" in shown(card)


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("给李娜转三五百", "不止一种读法"),
        ("给李娜转一万多", "准确的数字"),
        ("给李娜转大约500", "准确的数字"),
        ("给李娜转500.123", "两位小数"),
        ("给李娜转0元", "大于 0"),
        ("给李娜转-500", "负数"),
        ("给李娜转500或者600", "准确的数字"),
        ("给李娜转1e3", "不止一种读法"),
        ("给李娜转100美元", "人民币"),
    ],
)
async def test_an_unsure_amount_is_asked_back_and_never_guessed(customer, sentence, why):
    replies = await customer.writes(sentence)
    assert why in said(replies)
    assert not any(isinstance(reply, Card) for reply in replies)
    (confirm,) = await customer.writes("500")
    assert "500.00" in shown(confirm)
    assert "李娜" in shown(confirm)


async def test_a_correction_replaces_the_card_and_cancels_the_first_instruction(customer, bank):
    (first,) = await customer.writes("给李娜转500块")
    closed, text, second = await customer.writes("不对,是五千")
    assert closed == CardClosed(first.card_id, "replaced")
    assert "已取消" in text.text
    assert "500.00" in text.text
    assert "5,000.00" in shown(second)
    old = await bank.get(first.card_id.split(":")[1], "zhangwei")
    assert old.state == "CANCELLED"


@pytest.mark.parametrize(
    ("correction", "name", "amount"),
    [
        ("六百", "李娜", "600.00"),
        ("改成800", "李娜", "800.00"),
        ("转900", "李娜", "900.00"),
        ("不是给李娜,给王五", "王五", "500.00"),
        ("王五", "王五", "500.00"),
        ("收款人改成王五", "王五", "500.00"),
        ("给王五转1块", "王五", "1.00"),
    ],
)
async def test_an_open_card_can_be_changed_in_many_words(customer, correction, name, amount):
    await customer.writes("给李娜转500块")
    *_, card = await customer.writes(correction)
    assert name in shown(card)
    assert amount in shown(card)
    assert len([c for c in customer.cards if c not in customer.closed]) == 1


async def test_yes_in_plain_text_moves_nothing(customer, bank, phone):
    await customer.writes("给李娜转500块")
    for word in ("确认", "是的", "yes", "确认转账", "ok"):
        assert not any(isinstance(r, Card) for r in await customer.writes(word))
    assert phone.texts == []
    assert await balance_of(bank, "lina") == START


async def test_a_code_in_plain_text_authorises_nothing(customer, bank, phone):
    await customer.writes("给李娜转500块")
    await customer.presses("confirm")
    replies = await customer.writes(f" {phone.code} ")
    assert "安全输入框" in said(replies)
    assert await balance_of(bank, "lina") == START


@pytest.mark.parametrize("how", ["button", "word"])
@pytest.mark.parametrize("stage", ["confirm", "code"])
async def test_cancel_at_any_stage(customer, bank, how, stage):
    await customer.writes("给李娜转500块")
    if stage == "code":
        await customer.presses("confirm")
    card = customer.card
    closed, text = await (
        customer.presses("cancel") if how == "button" else customer.writes("取消")
    )
    assert closed == CardClosed(card.card_id, "cancelled")
    assert "没有动用任何资金" in text.text
    assert await balance_of(bank, "zhangwei") == START
    assert "没有进行中" in said(await customer.writes("取消"))


async def test_wrong_codes_are_counted_and_a_dead_code_can_be_sent_again(customer, phone, clock):
    await customer.writes("给李娜转500块")
    await customer.presses("confirm")
    wrong = "000000" if phone.code != "000000" else "111111"
    assert "还可尝试 2 次" in said(await customer.presses("code.submit", code=wrong))
    assert "还可尝试 1 次" in said(await customer.presses("code.submit", code=wrong))
    assert "重新获取" in said(await customer.presses("code.submit", code=wrong))
    assert "请等" in said(await customer.presses("code.resend"))
    clock.pass_(seconds=61)
    old = customer.card
    closed, text, fresh = await customer.presses("code.resend")
    assert closed == CardClosed(old.card_id, "replaced")
    assert "新的验证码" in text.text
    assert fresh.card_id != old.card_id
    *_, receipt = await customer.presses("code.submit", code=phone.code)
    assert "转账成功" in shown(receipt)


async def test_five_wrong_codes_pause_money_commands(customer, phone, clock):
    await customer.writes("给李娜转500块")
    await customer.presses("confirm")
    for attempt in range(5):
        wrong = "000000" if phone.code != "000000" else "111111"
        replies = await customer.presses("code.submit", code=wrong)
        if attempt == 2:
            clock.pass_(seconds=61)
            await customer.presses("code.resend")
    assert "24小时后恢复" in said(replies)
    assert [r.state for r in replies if isinstance(r, CardClosed)] == ["failed"]
    assert "24小时后恢复" in said(await customer.writes("给李娜转500块"))


async def test_an_expired_code_is_told_like_a_wrong_one(customer, bank, phone, clock):
    await customer.writes("给李娜转500块")
    await customer.presses("confirm")
    clock.pass_(seconds=181)
    replies = await customer.presses("code.submit", code=phone.code)
    assert "验证未通过" in said(replies)
    assert await balance_of(bank, "lina") == START
    await customer.presses("code.resend")
    *_, receipt = await customer.presses("code.submit", code=phone.code)
    assert "转账成功" in shown(receipt)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２"])
async def test_what_is_no_code_costs_no_attempt(customer, phone, code):
    await customer.writes("给李娜转500块")
    await customer.presses("confirm")
    assert "6位数字" in said(await customer.presses("code.submit", code=code))
    *_, receipt = await customer.presses("code.submit", code=phone.code)
    assert "转账成功" in shown(receipt)


async def test_not_enough_money_keeps_the_payee_and_asks_for_another_amount(customer):
    replies = await customer.writes("给李娜转三万")
    assert "可用余额不足" in said(replies)
    (card,) = await customer.writes("一千")
    assert "李娜" in shown(card)
    assert "1,000.00" in shown(card)


async def test_over_the_day_limit_says_what_is_left(customer, bank):
    replies = await customer.writes("给李娜转60000")
    assert "没有转出任何资金" in said(replies) or "款项未转出" in said(replies)


async def test_the_confirm_card_runs_out(customer, bank):
    (card,) = await customer.writes("给李娜转500块")
    closed, text = await customer.is_woken()
    assert closed == CardClosed(card.card_id, "expired")
    assert "超时" in text.text
    assert customer.results[-1].wake_at is None
    assert "没有进行中" in said(await customer.writes("取消"))


async def test_an_early_clock_changes_nothing(customer, clock):
    await customer.writes("给李娜转500块")
    before = customer.results[-1].wake_at
    assert await customer._take("clock", key="conv:clock:early") == []
    assert customer.results[-1].wake_at == before


async def test_a_replaced_card_does_nothing_any_more(customer, bank, phone):
    (first,) = await customer.writes("给李娜转500块")
    await customer.writes("给王五转600块")
    replies = await customer.presses("confirm", first)
    assert "已失效" in said(replies)
    assert phone.texts == []


async def test_a_balance_question_in_between_leaves_the_card_open(customer, phone):
    (card,) = await customer.writes("给李娜转500块")
    (balance,) = await customer.writes("查余额")
    assert "20,000.00" in shown(balance)
    assert customer.results[-1].wake_at == card.expires_at
    await customer.presses("confirm", card)
    *_, receipt = await customer.presses("code.submit", code=phone.code)
    assert "转账成功" in shown(receipt)


async def test_the_label_of_what_was_meant_goes_out_and_never_the_text(customer):
    await customer.writes("给李娜转500块")
    effect, step = customer.results[-1].effects
    assert isinstance(effect, IntentSeen)
    assert effect.label == "transfer"
    assert step.steps == ("confirm",)


async def test_an_account_tail_chooses_the_paying_account(customer, bank):
    number = await bank.open_account("zhangwei", Money(100_000), "second")
    (card,) = await customer.writes(f"从尾号{number[-4:]}转500给李娜")
    assert f"尾号{number[-4:]}" in shown(card)
    assert "没有尾号0000" in said(await customer.writes("从尾号0000转500给李娜"))


async def test_someone_without_payees_or_accounts_is_told_so(customer, bank):
    customer.user = "stranger"
    assert "没有已保存的收款人" in said(await customer.writes("给李娜转500块"))
    assert "没有查到您名下的账户" in said(await customer.writes("查余额"))
    assert "没有查到您名下的账户" in said(await customer.writes("查明细"))
