from __future__ import annotations

from datetime import timedelta

from bots.contract import SkillStep
from tests.front_desk import FrontDesk, desk

__all__ = ["desk"]


async def goes(desk: FrontDesk, attempt: str, *steps: str, skill: str = "transfer") -> None:
    began = desk.clock.now()
    for count in range(1, len(steps) + 1):
        step = SkillStep(attempt, skill, began, steps[:count], count)
        await desk.cases.learning.hear(step, f"{attempt}:{count}")
        await desk.cases.learning.hear(step, f"{attempt}:{count}")  # the turn was taken twice
        desk.clock.move(10)


async def test_the_funnel_says_how_far_people_came_and_where_they_gave_up(desk: FrontDesk) -> None:
    await goes(desk, "c:1", "asked:amount", "confirm", "code", "done")
    await goes(desk, "c:2", "asked:amount", "cancelled")
    await goes(desk, "c:3", "confirm", "expired")
    await goes(desk, "c:4", "asked:payee")  # and says nothing more
    await goes(desk, "c:5", "confirm", "code", "processing")
    await goes(desk, "c:6", "asked:number", skill="bill")
    desk.clock.move(16 * 60)
    await goes(desk, "c:7", "asked:payee")
    funnel = await desk.cases.learning.figures.read(7)
    transfer, bill = funnel.skills
    assert (transfer.skill, transfer.began, transfer.done, transfer.under_way) == (
        "transfer", 6, 1, 1,
    )  # fmt: skip
    assert transfer.reached == {"asked:amount": 2, "confirm": 3, "code": 2, "asked:payee": 2}
    assert transfer.ends == {"done": 1, "cancelled": 1, "expired": 1, "left": 1, "processing": 1}
    assert transfer.given_up == {"asked:amount": 1, "confirm": 1, "asked:payee": 1}
    assert transfer.seconds == 30
    assert (bill.skill, bill.ends) == ("bill", {"left": 1})
    assert not funnel.cut


async def test_only_the_days_asked_for_count_and_old_attempts_are_forgotten(
    desk: FrontDesk,
) -> None:
    await goes(desk, "c:1", "confirm", "done")
    desk.clock.move(8 * 86_400)
    await goes(desk, "c:2", "confirm")
    assert [one.began for one in (await desk.cases.learning.figures.read(7)).skills] == [1]
    assert [one.began for one in (await desk.cases.learning.figures.read(30)).skills] == [2]
    desk.clock.move(timedelta(days=89).total_seconds())
    await desk.cases.learning.sweep()
    assert await desk.cases.learning.figures.attempts.count() == 1


async def test_a_step_whose_former_ones_were_lost_is_kept(desk: FrontDesk) -> None:
    step = SkillStep("c:1", "transfer", desk.clock.now(), ("confirm", "done"), 2)
    await desk.cases.learning.hear(step, "c:2")
    assert (await desk.cases.learning.figures.read(1)).skills[0].done == 1
