"""A customer asks for somebody: once, in the right queue, with the truth about the wait."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from chat_server.domain.bodies import Image, Notice
from chat_server.domain.desk.case import CaseState, Reason
from chat_server.domain.desk.choosing import Status
from chat_server.domain.ids import direct_conversation
from chat_server.domain.message import Draft, EventKind


async def test_where_no_bot_answers_the_first_word_opens_a_case(floor):
    await floor.say("lina", "我的卡被吞了")
    case = await floor.case()
    assert (case.state, case.reason, case.queue) == (CaseState.WAITING, Reason.NO_BOT, "general")
    (told,) = await floor.told()
    assert (told.state, told.position, told.estimate_s) == ("waiting", 1, 0)
    assert told.text == "已为您转人工，您是下一位，请稍候。"


async def test_the_same_word_heard_again_opens_nothing(floor):
    await floor.say("lina", "在吗")
    before = await floor.case()
    for change in await floor.store.changes.changes(0, 1000):
        await floor.replay(change)
        await floor.replay(change)
    assert await floor.case() == before


async def test_asked_for_many_times_at_once_there_is_one_case(floor):
    conv = floor.conv("lina")
    cases = await asyncio.gather(*(floor.desk.open(conv, Reason.ASKED) for _ in range(5)))
    assert len({case.case_id for case in cases}) == 1
    assert len(await floor.told()) == 1


async def test_an_english_customer_waits_in_the_english_queue(floor):
    person = await floor.store.people.person("lina")
    floor.store.people._people["lina"] = msgspec.structs.replace(person, language="en")
    await floor.say("lina", "hello")
    assert (await floor.case()).queue == "english"
    assert (await floor.told())[0].text == "A colleague will be with you shortly: you are next."


async def test_words_of_fraud_go_to_the_head_of_the_queue(floor):
    await floor.say("zhangwei", "你好")
    await floor.say("lina", "我被骗了，钱转走了")
    assert (await floor.case()).urgent
    assert "请勿再转账" in (await floor.told())[0].text
    listed = await floor.desk.look.cases("zhou", "care", CaseState.WAITING, 9)
    assert [each.case.customer for each in listed] == ["lina", "zhangwei"]
    await floor.say("zhangwei", "我要投诉")
    assert (await floor.case("zhangwei")).reason is Reason.URGENT
    assert len(await floor.told("zhangwei")) == 2


async def test_place_and_estimate_are_told_and_kept_up_beside_the_log(floor):
    await floor.available("lin")
    await floor.say("lina", "一")  # lin has room for one
    await floor.say("zhangwei", "二")
    (told,) = await floor.told("zhangwei")
    assert (told.position, told.estimate_s) == (1, 300)
    assert "预计约 5 分钟" in told.text
    assert floor.places("zhangwei")[-1] == (1, 300)
    await floor.desk.attend.say_status("lin", Status.AWAY)
    assert floor.places("zhangwei")[-1] == (1, None)
    await floor.available("chen")
    assert floor.places("zhangwei")[-1] == (0, None)
    assert [each.state for each in await floor.told("zhangwei")] == ["waiting", "serving"]


async def test_outside_business_hours_the_customer_hears_when_we_open(floor):
    week = (((540, 1080),),) * 5 + ((), ())
    desk = (await floor.store.desks.desks())[0]
    await floor.desk.configure("admin", msgspec.structs.replace(desk, week=week, calendar="cn"))
    await floor.available("lin")
    floor.clock.ms = 1_771_032_600_000  # Saturday 14 February 2026 09:30: a make-up working day
    await floor.say("zhangwei", "你好")
    assert (await floor.case("zhangwei")).state is CaseState.SERVING
    floor.clock.move(86_400)  # the first day of the Spring Festival
    await floor.say("lina", "在吗")
    assert (await floor.desk.attend.status("wangfang")).status is Status.AWAY
    case = await floor.case()
    assert case.state is CaseState.WAITING
    (told,) = await floor.told()
    assert told.text.startswith("现在是非服务时间，我们将在2 月 24 日（周二）09:00上班")
    assert told.opens == 1_771_894_800_000
    await floor.say("lina", "我被盗刷了")  # an available agent gets what is urgent even now
    await floor.desk.attend.close(
        "lin", (await floor.case("zhangwei")).case_id, "", ask_rating=False
    )
    assert (await floor.case()).agent == "lin"


async def test_an_absent_manager_is_stood_in_for_and_the_customer_led_there(floor):
    direct = direct_conversation("zhangwei", "wangfang")
    await floor.say("zhangwei", "王经理在吗", conv=direct)
    assert await floor.store.cases.latest(floor.conv("zhangwei")) is None
    assert (await floor.desk.attend.status("wangfang")).status is Status.AVAILABLE
    await floor.desk.attend.say_status("wangfang", Status.AWAY)
    assert (await floor.desk.attend.status("wangfang")).status is Status.AWAY
    await floor.say("zhangwei", "有急事", conv=direct)
    case = await floor.case("zhangwei")
    assert (case.reason, case.manager) == (Reason.MANAGER_AWAY, "wangfang")
    assert "您的客户经理王芳现在不在" in (await floor.told("zhangwei"))[0].text
    await floor.say("zhangwei", "在吗", conv=direct)
    for change in await floor.store.changes.changes(0, 1000):
        await floor.replay(change)
    events = await floor.store.messages.events(direct, after=0, limit=50)
    notices = [each for each in events if each.sender.startswith("@")]
    assert len(notices) == 1
    assert "王芳现在不在" in msgspec.json.decode(notices[0].body, type=Notice).text
    assert (await floor.case("zhangwei")).version == case.version


async def test_the_next_word_soon_after_the_end_reopens_the_case(floor):
    await floor.available("lin")
    await floor.say("lina", "你好")
    first = await floor.case()
    await floor.available("chen")
    await floor.desk.attend.close("lin", first.case_id, "", ask_rating=True)
    floor.clock.move(600)
    await floor.say("lina", "还有一件事")
    again = await floor.case()
    assert (again.case_id, again.reopened, again.agent) == (first.case_id, 1, "lin")
    assert again.why == "sticky"
    await floor.desk.attend.close("lin", first.case_id, "", ask_rating=True)
    floor.clock.move(3600)
    await floor.say("lina", "又来了")
    assert (await floor.case()).case_id != first.case_id


@pytest.mark.parametrize("reason", [Reason.ASKED, Reason.URGENT])
async def test_without_a_desk_nothing_is_opened(floor, reason):
    assert await floor.desk.open("s:@service:lina", reason) is None


async def test_what_a_bot_cannot_read_is_looked_at_by_a_person(floor):
    desk = (await floor.store.desks.desks())[0]
    bank = msgspec.structs.replace(desk, desk="bank", account="@service", version=0)
    await floor.desk.configure("admin", bank)
    await floor.front.cases.accounts.follow("lina", "@service")
    conv = "s:@service:lina"
    await floor.say("lina", "查余额", conv=conv)
    assert await floor.store.cases.latest(conv) is None
    picture = msgspec.json.encode(Image(media="0" * 64))
    await floor.store.messages.append(
        Draft(conv, "lina", "p", EventKind.MESSAGE, picture, picture, floor.clock.now_ms())
    )
    await floor.settle()
    assert (await floor.store.cases.latest(conv)).reason is Reason.NOT_UNDERSTOOD
