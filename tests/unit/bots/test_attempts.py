"""How far customers come with a skill: read off real talks, to the last step."""

from __future__ import annotations

from bots.contract import NotUnderstood, SkillStep
from tests.unit.bots.conftest import Clock, Customer, Phone


def steps(customer: Customer) -> list[tuple[str, ...]]:
    """What was told of each turn that moved an attempt: its last word first."""
    return [
        (effect.skill, *effect.steps)
        for result in customer.results
        for effect in result.effects
        if isinstance(effect, SkillStep)
    ]


async def test_a_transfer_is_followed_from_the_first_question_to_the_receipt(
    customer: Customer, phone: Phone
) -> None:
    await customer.writes("给李娜转账")
    await customer.writes("500块")
    await customer.presses("confirm")
    await customer.presses("code.submit", code=phone.code)
    told = steps(customer)
    assert told[0] == ("transfer", "asked:amount")
    assert told[-1] == ("transfer", "asked:amount", "confirm", "code", "done")
    effects = [e for result in customer.results for e in result.effects if isinstance(e, SkillStep)]
    assert [effect.told for effect in effects] == [1, 2, 3, 4]
    assert len({effect.attempt for effect in effects}) == 1


async def test_a_correction_is_the_same_attempt_and_another_command_is_not(
    customer: Customer,
) -> None:
    await customer.writes("给李娜转500块")
    await customer.writes("不对,是五千")
    assert steps(customer) == [("transfer", "confirm")]
    await customer.presses("cancel")
    assert steps(customer)[-1] == ("transfer", "confirm", "cancelled")
    await customer.writes("给李娜转500块")
    assert steps(customer)[-1] == ("transfer", "confirm")


async def test_a_question_left_open_too_long_was_left(customer: Customer, clock: Clock) -> None:
    await customer.writes("给李娜转账")
    clock.pass_(minutes=20)
    await customer.writes("查余额")
    assert steps(customer)[-1] == ("transfer", "asked:amount", "left")


async def test_cancelling_by_word_and_running_out_are_told_apart(
    customer: Customer,
) -> None:
    await customer.writes("给李娜转账")
    await customer.writes("取消")
    assert steps(customer)[-1] == ("transfer", "asked:amount", "cancelled")
    await customer.writes("给李娜转500块")
    await customer.is_woken()
    assert steps(customer)[-1] == ("transfer", "confirm", "expired")


async def test_what_is_not_understood_is_told_without_name_amount_or_number(
    customer: Customer,
) -> None:
    await customer.writes("咕噜咕噜6222020200112233445哗啦啦")
    (missed,) = [e for e in customer.results[-1].effects if isinstance(e, NotUnderstood)]
    assert "6222" not in missed.shape
    assert "#" in missed.shape
    await customer.writes("……!!!")
    assert not any(isinstance(e, NotUnderstood) for e in customer.results[-1].effects)
