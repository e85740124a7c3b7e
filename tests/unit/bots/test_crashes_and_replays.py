"""The process may die at any step: each turn taken again says the same and moves money once."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import pytest

from bank_bridge.contract import (
    BankCore,
    BankRefusal,
    Instruction,
    InstructionState,
    OutcomeUnknown,
    RefusalCode,
)
from bots.contract import Card, CardClosed, Secret, Text
from bots.dialogue.state import DialogueState, decode_state
from bots.open import open_bots

from .conftest import Customer, balance_of, said, shown

START = 2_000_000


async def test_a_whole_story_taken_twice_moves_money_once(customer, bank, phone, clock):
    await customer.writes("给李娜转")
    await customer.writes("500")
    await customer.writes("不对,是六百")
    await customer.presses("confirm")
    clock.pass_(seconds=61)
    await customer.presses("code.resend")
    await customer.presses("code.submit", code=phone.code)
    await customer.writes("查余额")
    texts = len(phone.texts)
    for turn in customer.turns:
        await customer.bot.take(turn)
    assert await balance_of(bank, "lina") == START + 60_000
    assert len(phone.texts) == texts


@pytest.mark.parametrize(
    "steps",
    [
        ["给李娜转500块"],
        ["给李娜转500块", "不对,是五千"],
        ["给李娜转500块", "confirm"],
        ["给李娜转500块", "confirm", "wait", "code.resend"],
        ["给李娜转500块", "confirm", "code.submit"],
        ["给李娜转500块", "confirm", "cancel"],
        ["给李娜转500块", "confirm", "取消"],
        ["我要转账", "李娜"],
        ["查余额"],
        ["人工"],
    ],
    ids="+".join,
)
async def test_a_turn_replayed_right_away_gives_the_same_result(
    customer, bank, phone, clock, steps
):
    for step in steps:
        if step == "wait":
            clock.pass_(seconds=61)
        elif step == "code.submit":
            await customer.presses(step, code=phone.code)
        elif step.isascii():
            await customer.presses(step)
        else:
            await customer.writes(step)
    texts, money = len(phone.texts), await balance_of(bank, "lina")
    again = await customer.bot.take(customer.turns[-1])
    assert again == customer.results[-1]
    assert len(phone.texts) == texts
    assert await balance_of(bank, "lina") == money


async def test_a_code_lost_with_the_server_is_asked_for_again_and_not_called_wrong(
    customer, bank, phone
):
    await customer.writes("给李娜转500块")
    await customer.presses("confirm")
    card = customer.card
    closed, text, fresh = await customer.loses_what_he_typed()
    assert closed == CardClosed(card.card_id, "replaced")
    assert "再输入一次" in text.text
    assert "未通过" not in text.text
    assert len(phone.texts) == 1  # the code on the phone still works
    *_, receipt = await customer.presses("code.submit", fresh, code=phone.code)
    assert "转账成功" in shown(receipt)
    assert await balance_of(bank, "lina") == START + 50_000


async def test_a_code_that_got_through_before_the_crash_ends_in_the_receipt(customer, bank, phone):
    await customer.writes("给李娜转500块")
    await customer.presses("confirm")
    card = customer.card
    instruction_id = card.card_id.split(":")[1]
    await bank.authorise(instruction_id, "zhangwei", "phone-1", phone.code)
    closed, receipt = await customer.loses_what_he_typed()
    assert closed == CardClosed(card.card_id, "done")
    assert "转账成功" in shown(receipt)
    assert await balance_of(bank, "lina") == START + 50_000


@pytest.mark.parametrize("action", ["cancel", "code.resend"])
async def test_lost_values_do_not_matter_to_the_other_buttons(customer, clock, action):
    await customer.writes("给李娜转500块")
    await customer.presses("confirm")
    clock.pass_(seconds=61)
    replies = await customer.loses_what_he_typed(action)
    assert [r.state for r in replies if isinstance(r, CardClosed)] in (["cancelled"], ["replaced"])


async def test_a_lost_state_forgets_the_talk_but_not_the_card(customer, phone):
    await customer.writes("给李娜转500块")
    customer.state = b""
    await customer.presses("confirm")
    customer.state = b"\xff\x00broken"
    *_, receipt = await customer.presses("code.submit", code=phone.code)
    assert "转账成功" in shown(receipt)


@pytest.mark.parametrize(
    "data",
    [b"", b"\xc1", b"nonsense", b"\x80", msgspec.msgpack.encode([99, None])],
)
def test_a_state_that_cannot_be_read_is_a_fresh_one(data):
    assert decode_state(data, "conv") == DialogueState()


async def test_state_is_small_and_holds_no_secret(customer, phone):
    await customer.writes("给李娜转500块")
    await customer.presses("confirm")
    code = phone.code
    wrong = "135790"
    await customer.presses("code.submit", code=wrong)
    await customer.presses("code.submit", code=code)
    for result in customer.results:
        everything = msgspec.json.encode(result) + result.state
        assert code.encode() not in everything
        assert wrong.encode() not in everything
        assert len(result.state) < 1_000
    assert all(code not in repr(turn) for turn in customer.turns)


@dataclass
class LossyBank:
    """The real bank behind a line that can lose an answer or go down."""

    bank: BankCore
    lose: str = ""
    down: bool = False
    unknown: bool = False  # the instruction is reported as still in flight

    def __getattr__(self, name: str):
        async def call(*args: object, **kwargs: object) -> object:
            if self.down:
                raise BankRefusal(RefusalCode.CORE_UNAVAILABLE)
            result = await getattr(self.bank, name)(*args, **kwargs)
            if name == self.lose:
                self.lose = ""
                raise OutcomeUnknown(str(args[0]))
            if self.unknown and isinstance(result, Instruction):
                return msgspec.structs.replace(result, state=InstructionState.UNKNOWN)
            return result

        return call


@pytest.fixture
def line(bank) -> LossyBank:
    return LossyBank(bank)


@pytest.fixture
def caller(line, clock) -> Customer:
    return Customer(open_bots(line).bot, clock)


async def test_a_lost_answer_is_neither_success_nor_failure_until_it_is_known(
    caller, line, bank, phone
):
    await caller.writes("给李娜转500块")
    await caller.presses("confirm")
    line.lose, line.unknown = "authorise", True
    replies = await caller.presses("code.submit", code=phone.code)
    assert "请勿重复操作" in said(replies)
    assert "成功" not in said(replies)
    assert "还在处理中" in said(await caller.writes("给李娜转500块"))
    assert await caller.is_woken() == []
    line.unknown = False
    (receipt,) = await caller.is_woken()
    assert "转账成功" in shown(receipt)
    assert caller.results[-1].wake_at is None
    assert await balance_of(bank, "lina") == START + 50_000


async def test_the_same_transfer_again_shows_the_receipt_of_the_first(caller, line, phone, bank):
    await caller.writes("给李娜转500块")
    await caller.presses("confirm")
    line.lose = "authorise"
    await caller.presses("code.submit", code=phone.code)
    (receipt,) = await caller.writes("给李娜转500块")
    assert "转账成功" in shown(receipt)
    (confirm,) = await caller.writes("给李娜转500块")
    assert "确认转账" in shown(confirm)


async def test_another_transfer_may_begin_while_one_is_processing(caller, line, phone):
    await caller.writes("给李娜转500块")
    await caller.presses("confirm")
    line.lose, line.unknown = "authorise", True
    await caller.presses("code.submit", code=phone.code)
    line.unknown = False
    (confirm,) = await caller.writes("给王五转300块")
    assert "王五" in shown(confirm)


@pytest.mark.parametrize("call", ["create_transfer", "confirm", "cancel"])
async def test_a_lost_answer_before_any_money_moves_can_simply_be_asked_again(
    caller, line, phone, call
):
    if call == "create_transfer":
        line.lose = call
        assert "未扣款" in said(await caller.writes("给李娜转500块"))
        assert await caller.writes("给李娜转500块")
        return
    await caller.writes("给李娜转500块")
    line.lose = call
    first = await caller.presses(call)
    assert "不能确定" in said(first)
    again = await caller.presses(call)
    assert any(isinstance(reply, CardClosed) for reply in again)


async def test_a_bank_that_is_down_is_said_and_the_card_stays(caller, line, phone):
    await caller.writes("给李娜转500块")
    line.down = True
    for action in ("confirm", "cancel"):
        (text,) = await caller.presses(action)
        assert "未扣款" in text.text
    assert "暂时查不到" in said(await caller.writes("查余额"))
    assert "未扣款" in said(await caller.writes("给王五转1块"))
    line.down = False
    *_, code_card = await caller.presses("confirm")
    line.down = True
    (text,) = await caller.presses("code.submit", code=phone.code)
    assert "未扣款" in text.text
    line.down = False
    *_, receipt = await caller.presses("code.submit", code_card, code=phone.code)
    assert "转账成功" in shown(receipt)


async def test_a_card_cannot_expire_unseen_while_the_bank_is_down(caller, line, bank):
    (card,) = await caller.writes("给李娜转500块")
    line.down = True
    replies = await caller.is_woken()
    assert not any(isinstance(reply, CardClosed) for reply in replies)
    line.down = False
    closed, text = await caller.is_woken()
    assert closed == CardClosed(card.card_id, "expired")
    assert isinstance(text, Text)


async def test_secrets_do_not_print():
    assert "123456" not in repr({"code": Secret("123456")})


async def test_a_wrong_code_replayed_moves_nothing(customer, bank, phone):
    await customer.writes("给李娜转500块")
    await customer.presses("confirm")
    wrong = "000000" if phone.code != "000000" else "111111"
    await customer.presses("code.submit", code=wrong)
    again = await customer.bot.take(customer.turns[-1])
    assert not any(isinstance(reply, Card) for reply in again.replies)
    assert await balance_of(bank, "lina") == START
