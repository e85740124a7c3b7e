"""A customer's turn is answered once, in order, whatever is repeated or killed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bots.contract import (
    CallPerson,
    Card,
    CardClosed,
    NotUnderstood,
    TellManager,
    Text,
    Turn,
    TurnKind,
    TurnResult,
)
from chat_server.domain import bodies
from chat_server.domain.errors import CardNotOpen, MidReused, NotAMember, NotFound
from chat_server.domain.facts import Change, Fact
from chat_server.domain.people import Assignment
from chat_server.usecases.assist import turns
from chat_server.usecases.assist.failed import failed_turns
from chat_server.usecases.assist.persons import Attention

from .conftest import CONV, Desk, card


async def test_what_a_customer_says_is_answered_once_however_often_it_is_told(desk: Desk) -> None:
    said = await desk.says("你好")
    await asyncio.gather(*(desk.turns.answer(CONV) for _ in range(5)))
    await desk.turns.on_change(Change(1, event=said.event))
    assert [turn.text for turn in desk.bot.turns] == ["你好"]
    assert await desk.said() == [bodies.Text("你好")]


async def test_turns_are_taken_in_the_order_of_the_log(desk: Desk) -> None:
    for index in range(120):
        await desk.says(str(index))
    await desk.turns.answer(CONV)
    assert [turn.text for turn in desk.bot.turns] == [str(index) for index in range(120)]


async def test_the_state_of_one_turn_is_handed_to_the_next(desk: Desk) -> None:
    desk.bot.results = [TurnResult((), b"one"), TurnResult((), b"two")]
    await desk.says("a")
    await desk.says("b")
    await desk.turns.answer(CONV)
    assert [turn.state for turn in desk.bot.turns] == [b"", b"one"]
    dialogue = await desk.store.dialogues.dialogue(CONV)
    assert (dialogue.state, dialogue.handled_seq) == (b"two", 2)


async def test_a_bot_that_raises_is_said_and_the_next_turn_goes_on(desk: Desk) -> None:
    desk.bot.results = [RuntimeError("broken")]
    await desk.says("a")
    await desk.says("b")
    await desk.turns.answer(CONV)
    assert await desk.said() == [bodies.Text("trouble"), bodies.Text("b")]


async def test_a_press_reaches_the_bot_with_its_values_which_are_stored_nowhere(desk: Desk) -> None:
    desk.bot.results = [TurnResult((card("c1", "code"),), b"")]
    await desk.says("transfer")
    await desk.turns.answer(CONV)
    desk.bot.results = [TurnResult((CardClosed("c1", "done"),), b"")]
    await desk.presses(2, "authorise", code="739184")
    await desk.turns.answer(CONV)
    turn = desk.bot.turns[-1]
    assert (turn.kind, turn.action, turn.values["code"]) == (
        TurnKind.SUBMIT,
        "authorise",
        "739184",
    )
    assert "739184" not in repr(turn)
    assert not any(b"739184" in event.body for event in await desk.log())
    assert (await desk.said())[-1] == bodies.CardState(2, "c1", "done")


async def test_a_press_whose_values_died_comes_back_as_resume(desk: Desk) -> None:
    desk.bot.results = [TurnResult((card("c1", "code"),), b"")]
    await desk.says("transfer")
    await desk.turns.answer(CONV)
    pressed = await desk.presses(2, "authorise", code="739184")
    desk.values.take(CONV, pressed.event.mid)  # as a new process would find it
    await desk.turns.answer(CONV)
    assert desk.bot.turns[-1].kind is TurnKind.RESUME
    assert not desk.bot.turns[-1].values


async def test_a_card_left_open_by_the_bot_takes_answers_again(desk: Desk) -> None:
    desk.bot.results = [TurnResult((card("c1", "code"),), b""), TurnResult((Text("wrong"),), b"")]
    await desk.says("transfer")
    await desk.turns.answer(CONV)
    await desk.presses(2, "authorise", code="000000")
    await desk.turns.answer(CONV)
    assert (await desk.said())[-2:] == [bodies.Text("wrong"), bodies.CardState(2, "c1", "open")]
    await desk.presses(2, "authorise", code="111111")


async def test_the_same_press_again_appends_nothing_and_another_under_its_name_is_refused(
    desk: Desk,
) -> None:
    desk.bot.results = [
        TurnResult((card("c1"),), b""),
        TurnResult((CardClosed("c1", "done"),), b""),
    ]
    await desk.says("x")
    await desk.turns.answer(CONV)
    press = {"user": "zhangwei", "device": "phone", "conv": CONV, "mid": "m", "card_seq": 2}
    first = await desk.submit(**press, action="ok", values={})
    await desk.turns.answer(CONV)
    again = await desk.submit(**press, action="ok", values={})
    assert again.duplicate
    assert again.event == first.event
    with pytest.raises(MidReused):
        await desk.submit(**press, action="other", values={})


async def test_only_an_open_card_of_ones_own_can_be_pressed(desk: Desk) -> None:
    soon = desk.clock.now() + timedelta(minutes=1)
    desk.bot.results = [TurnResult((card("c1", expires_at=soon),), b"")]
    await desk.says("x")
    await desk.turns.answer(CONV)
    with pytest.raises(CardNotOpen):
        await desk.presses(1, "ok")
    with pytest.raises(NotAMember):
        await desk.submit(
            user="lina", device="d", conv=CONV, mid="m", card_seq=2, action="ok", values={}
        )
    desk.clock.move(61)
    with pytest.raises(CardNotOpen):
        await desk.presses(2, "ok")


async def test_an_open_secret_card_is_known_until_it_closes(desk: Desk) -> None:
    desk.bot.results = [
        TurnResult((card("c1", "code"),), b""),
        TurnResult((CardClosed("c1", "cancelled"),), b""),
    ]
    await desk.says("transfer")
    await desk.turns.answer(CONV)
    assert await desk.store.dialogues.secret_cards("zhangwei", desk.clock.now_ms())
    await desk.says("cancel")
    await desk.turns.answer(CONV)
    assert not await desk.store.dialogues.secret_cards("zhangwei", desk.clock.now_ms())


async def test_telling_the_manager_writes_once_into_their_direct_conversation(desk: Desk) -> None:
    fact = Fact("test", "test", "test", 0)
    await desk.store.people.assign(Assignment("zhangwei", "wangfang", "head", 0), fact)
    desk.bot.results = [TurnResult((), b"", (TellManager("想了解逸贷"),))]
    await desk.says("x")
    await desk.turns.answer(CONV)
    dialogue = await desk.store.dialogues.dialogue(CONV)
    await desk.turns._effects.perform(TellManager("想了解逸贷"), dialogue, f"{CONV}:1!0")
    (told,) = await desk.store.messages.events("d:wangfang:zhangwei", after=0, limit=10)
    assert (told.sender, told.body) == (
        "zhangwei",
        '{"type":"text","text":"想了解逸贷"}'.encode(),
    )


async def test_what_was_not_understood_is_handed_on_under_the_turns_name(desk: Desk) -> None:
    missed = NotUnderstood("啥玩意儿")
    desk.bot.results = [TurnResult((), b"", (missed,))]
    said = await desk.says("啥玩意儿")
    await desk.turns.answer(CONV)
    assert desk.lessons.heard == [(missed, f"{CONV}:{said.event.seq}")]


async def test_lessons_that_cannot_be_kept_cost_no_customer_the_answer(desk: Desk) -> None:
    desk.lessons.down = True
    desk.bot.results = [TurnResult((Text("没有听懂"),), b"", (NotUnderstood("啥"),))]
    await desk.says("啥")
    await desk.turns.answer(CONV)
    assert await desk.said() == [bodies.Text("没有听懂")]


async def test_a_dialogue_is_woken_when_its_time_comes(desk: Desk) -> None:
    wake_at = desk.clock.now() + timedelta(seconds=30)
    desk.bot.results = [TurnResult((card("c1"),), b"s", wake_at=wake_at)]
    await desk.says("x")
    await desk.turns.answer(CONV)
    desk.bot.results = [TurnResult((CardClosed("c1", "expired"),), b"")]
    await desk.turns._wake(CONV)
    assert len(desk.bot.turns) == 1
    desk.clock.move(30)
    await desk.turns._wake(CONV)
    assert desk.bot.turns[-1].kind is TurnKind.CLOCK
    assert (await desk.said())[-1] == bodies.CardState(2, "c1", "expired")
    await desk.turns._wake(CONV)
    assert len(desk.bot.turns) == 2


async def test_a_bot_that_fails_leaves_the_dialogue_to_be_woken_when_it_was_to_be(
    desk: Desk,
) -> None:
    wake_at = desk.clock.now() + timedelta(seconds=30)
    desk.bot.results = [TurnResult((), b"s", wake_at=wake_at), RuntimeError("broken")]
    await desk.says("a")
    await desk.says("b")
    await desk.turns.answer(CONV)
    dialogue = await desk.store.dialogues.dialogue(CONV)
    assert (dialogue.state, dialogue.wake_ms) == (b"s", int(wake_at.timestamp() * 1000))
    desk.clock.move(30)
    desk.bot.results = [RuntimeError("broken")]
    said = await desk.said()
    await desk.turns._wake(CONV)
    assert await desk.said() == said, "nobody asked, so nobody is told"
    again = await desk.store.dialogues.dialogue(CONV)
    assert again.wake_ms > int(wake_at.timestamp() * 1000)


async def test_a_card_without_a_button_is_not_waited_for(desk: Desk) -> None:
    receipt = Card("r1", {"type": "AdaptiveCard", "version": "1.6", "body": []}, "receipt")
    desk.bot.results = [TurnResult((receipt,), b"")]
    await desk.says("x")
    await desk.turns.answer(CONV)
    dialogue = await desk.store.dialogues.dialogue(CONV)
    assert not dialogue.cards


async def test_while_a_person_serves_the_bot_is_silent_but_for_its_own_cards(desk: Desk) -> None:
    desk.bot.results = [TurnResult((card("c1", "code"),), b"")]
    await desk.says("transfer")
    await desk.turns.answer(CONV)
    desk.persons.attention = Attention.PERSON
    await desk.says("hello?")
    await desk.turns.answer(CONV)
    assert [turn.text for turn in desk.bot.turns] == ["transfer"]
    await desk.presses(2, "cancel")
    await desk.turns.answer(CONV)
    assert [turn.action for turn in desk.bot.turns] == ["", "cancel"]
    desk.persons.attention = Attention.FREE
    await desk.says("balance")
    await desk.turns.answer(CONV)
    assert (desk.bot.turns[-1].text, desk.bot.turns[-1].person) == ("balance", "free")


async def test_a_person_is_called_for_the_event_that_asked(desk: Desk) -> None:
    desk.persons.attention = Attention.FREE
    desk.bot.results = [TurnResult((), b"", (CallPerson("请帮我"),))]
    await desk.says("x")
    await desk.turns.answer(CONV)
    assert desk.persons.called == [(CONV, "asked", 1)]


async def test_without_a_desk_the_manager_is_told_instead(desk: Desk) -> None:
    fact = Fact("test", "test", "test", 0)
    await desk.store.people.assign(Assignment("zhangwei", "wangfang", "head", 0), fact)
    desk.bot.results = [TurnResult((), b"", (CallPerson("请帮我"), CallPerson("", "reopened")))]
    await desk.says("x")
    await desk.turns.answer(CONV)
    events = await desk.store.messages.events("d:wangfang:zhangwei", after=0, limit=10)
    assert [event.body for event in events] == ['{"type":"text","text":"请帮我"}'.encode()]


async def test_a_turn_that_failed_is_a_dead_letter_until_it_is_taken_again(desk: Desk) -> None:
    desk.bot.results = [
        RuntimeError("broken: 给李娜转500"),
        TurnResult((), b"", failed="ValueError"),
    ]
    await desk.says("a")
    await desk.says("b")
    await desk.turns.answer(CONV)
    letters = await failed_turns(desk.store.audit)
    assert [(one.conv, one.seq, one.why) for one in letters] == [
        (CONV, 1, "RuntimeError"),
        (CONV, 2, "ValueError"),
    ]
    desk.bot.results = [RuntimeError("still broken"), TurnResult((Text("answered"),), b"after")]
    said = await desk.said()
    assert await desk.turns.take_again(CONV, 1, "chenjie") == "RuntimeError"
    assert await desk.said() == said, "an attempt that fails again is not told"
    assert await desk.turns.take_again(CONV, 1, "chenjie") == ""
    assert await desk.said() == [*said, bodies.Text("answered")]
    assert [turn.key for turn in desk.bot.turns[-2:]] == [f"{CONV}:1", f"{CONV}:1"]
    assert [one.seq for one in await failed_turns(desk.store.audit)] == [2]
    dialogue = await desk.store.dialogues.dialogue(CONV)
    assert (dialogue.state, dialogue.handled_seq) == (b"after", 2)


async def test_only_what_a_customer_said_can_be_taken_again(desk: Desk) -> None:
    await desk.says("a")
    await desk.turns.answer(CONV)
    for seq in (2, 99):
        with pytest.raises(NotFound):
            await desk.turns.take_again(CONV, seq, "chenjie")
    with pytest.raises(NotFound):
        await desk.turns.take_again("s:@service:nobody", 1, "chenjie")


async def test_a_bot_that_floods_is_cut_off_and_the_next_turn_goes_on(desk: Desk) -> None:
    desk.bot.results = [TurnResult(tuple(Text(str(n)) for n in range(21)), b"flooded")]
    await desk.says("a")
    await desk.says("b")
    await desk.turns.answer(CONV)
    assert await desk.said() == [bodies.Text("trouble"), bodies.Text("b")]
    assert [one.why for one in await failed_turns(desk.store.audit)] == ["21 replies to one turn"]


async def test_a_bot_that_hangs_is_cut_off_and_nobody_else_waits(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "DEADLINE_S", 0.01)

    async def hang(turn: Turn) -> TurnResult:
        await asyncio.Event().wait()
        raise AssertionError(turn)

    monkeypatch.setattr(desk.bot, "take", hang)
    await desk.says("a")
    await desk.turns.answer(CONV)
    assert await desk.said() == [bodies.Text("trouble")]
    assert [one.why for one in await failed_turns(desk.store.audit)] == ["TimeoutError"]
