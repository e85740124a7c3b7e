"""The clocks of a case: business time, warned and breached once, whoever looks."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from chat_server.domain.desk.case import CaseState
from chat_server.domain.desk.choosing import Status
from chat_server.domain.desk.settings import Targets


async def facts(floor) -> list[tuple[str, str]]:
    found = await floor.store.audit.facts(limit=1000)
    return [
        (each.fact.kind.removeprefix("case_clock_"), each.fact.detail["clock"])
        for each in found
        if each.fact and each.fact.kind.startswith("case_clock_")
    ]


async def clocks(floor) -> dict[str, tuple[str, int]]:
    file = await floor.desk.look.file("zhou", (await floor.case()).case_id)
    return {each.name: (each.state.value, each.left_s) for each in file.view.clocks}


async def test_first_response_is_warned_then_breached_and_told_once(floor):
    await floor.say("lina", "你好")
    assert await clocks(floor) == {
        "first_response": ("running", 60),
        "resolution": ("running", 3600),
    }
    floor.clock.move(48)
    await asyncio.gather(*(floor.desk.clockwork.look() for _ in range(4)))
    assert await facts(floor) == [("warned", "first_response")]
    assert (await clocks(floor))["first_response"] == ("warned", 12)
    floor.clock.move(20)
    for _ in range(3):
        await floor.desk.clockwork.look()
    assert await facts(floor) == [("warned", "first_response"), ("breached", "first_response")]
    case = await floor.case()
    assert case.breached == ("first_response",)
    figures, _ = await floor.desk.look.figures("zhou", "care")
    assert (figures.breaches_today, figures.alerts[0].clock.name) == (1, "first_response")


async def test_an_answer_meets_the_first_clock_and_the_next_word_starts_another(floor):
    await floor.available("lin")
    await floor.say("lina", "你好")
    floor.clock.move(10)
    await floor.say("lin", "您好", conv=floor.conv("lina"))
    assert (await clocks(floor))["first_response"] == ("met", 50)
    floor.clock.move(100)
    await floor.say("lina", "在吗")
    await floor.say("lina", "在吗？")
    assert (await clocks(floor))["next_response"] == ("running", 120)
    floor.clock.move(121)
    await floor.desk.clockwork.look()
    assert ("breached", "next_response") in await facts(floor)
    await floor.say("lin", "在的", conv=floor.conv("lina"))
    assert "next_response" not in await clocks(floor)
    await floor.desk.clockwork.look()
    assert len(await facts(floor)) == 2


async def test_outside_business_hours_the_clocks_stand_still(floor):
    desk = (await floor.store.desks.desks())[0]
    week = (((540, 1080),),) * 7
    await floor.desk.configure("admin", replace(desk, week=week))
    floor.clock.ms = 1_770_631_170_000  # 17:59:30
    await floor.say("lina", "你好")
    floor.clock.move(3600)
    assert (await clocks(floor))["first_response"] == ("paused", 30)
    await floor.desk.clockwork.look()
    assert await facts(floor) == []
    floor.clock.ms = 1_770_631_170_000 + (15 * 3600 + 29) * 1000  # 08:59:59
    await floor.desk.clockwork.look()
    assert await facts(floor) == []
    floor.clock.move(40)
    await floor.desk.clockwork.look()
    assert [each for each in await facts(floor) if each[1] == "first_response"] == [
        ("warned", "first_response"),
        ("breached", "first_response"),
    ]


async def test_what_waits_is_given_to_who_becomes_free_without_anybody_asking(floor):
    await floor.say("lina", "你好")
    statuses = floor.store.cases
    await floor.available("lin")
    assert (await floor.case()).state is CaseState.SERVING
    await floor.desk.attend.say_status("lin", Status.AWAY)
    await floor.say("zhangwei", "你好")
    (lin,) = await statuses.statuses(["lin"])
    said = replace(lin, user="chen", status=Status.AVAILABLE)
    await statuses.set_status(said, (await floor.front.facts("agent_status_changed"))[0])
    await floor.desk.clockwork.look()
    assert (await floor.case("zhangwei")).agent == "chen"


async def test_other_targets_hold_for_cases_that_are_open_already(floor):
    await floor.say("lina", "你好")
    await floor.desk.clockwork.look()
    desk = (await floor.store.desks.desks())[0]
    await floor.desk.configure("admin", replace(desk, targets=Targets(10, 10, 60, 50)))
    await floor.desk.clockwork.look()
    floor.clock.move(11)
    await floor.desk.clockwork.look()
    assert ("breached", "first_response") in await facts(floor)
