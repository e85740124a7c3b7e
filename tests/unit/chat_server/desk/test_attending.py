"""What agents and supervisors do with a case, and what nobody else can."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from chat_server.domain.desk.case import CaseState
from chat_server.domain.desk.choosing import Status
from chat_server.domain.errors import (
    AgentUnavailable,
    AlreadyRated,
    CardNotOpen,
    CaseClosed,
    CaseTaken,
    Forbidden,
    InvalidValue,
    MissingVariable,
    NotFound,
    TooLong,
)
from chat_server.domain.ids import service_conversation
from chat_server.domain.message import EventKind
from chat_server.usecases.assist.submit import SubmitCard, SubmittedValues


@pytest.fixture
async def waiting(floor):
    await floor.say("lina", "你好")
    return (await floor.case()).case_id


@pytest.fixture
async def served(floor, waiting):
    await floor.desk.attend.claim("lin", waiting)
    return waiting


async def present(floor, user="lina"):
    members = await floor.store.conversations.members(floor.conv(user))
    return [each.user for each in members if each.user not in {"@care", user}]


async def test_of_several_who_claim_one_gets_it_and_the_others_hear_who(floor, waiting):
    claims = (floor.desk.attend.claim(user, waiting) for user in ("lin", "chen", "lin"))
    answers = await asyncio.gather(*claims, return_exceptions=True)
    lost = [each for each in answers if isinstance(each, CaseTaken)]
    assert len(lost) == 2
    case = await floor.case()
    name = {"lin": "林晓", "chen": "陈晨"}[case.agent]
    assert all(name in each.message for each in lost)
    assert await present(floor) == [case.agent]
    assert (await floor.told())[-1].name == name


async def test_an_agent_takes_no_more_than_they_can_serve(floor, served):
    await floor.say("zhangwei", "你好")
    other = (await floor.case("zhangwei")).case_id
    with pytest.raises(AgentUnavailable):
        await floor.desk.attend.claim("lin", other)
    assert (await floor.case("zhangwei")).state is CaseState.WAITING


async def test_who_lacks_the_skill_cannot_claim(floor, waiting):
    desk = (await floor.store.desks.desks())[0]
    queues = (replace(desk.queues[0], skills=("fx",)), *desk.queues[1:])
    await floor.desk.configure("admin", replace(desk, queues=queues))
    with pytest.raises(AgentUnavailable, match="fx"):
        await floor.desk.attend.claim("lin", waiting)
    assert (await floor.desk.attend.claim("zhou", waiting)).agent == "zhou"


async def test_cases_go_to_the_least_loaded_and_say_why(floor):
    await floor.available("lin", "chen")
    await floor.say("lina", "你好")
    await floor.say("zhangwei", "你好")
    one, other = await floor.case(), await floor.case("zhangwei")
    assert (one.agent, other.agent, one.why) == ("chen", "lin", "least_loaded")
    fact = (await floor.front.facts("case_assigned"))[0]
    assert fact.detail["why"] == "least_loaded"


async def test_a_case_is_passed_on_with_a_note_and_who_left_reads_nothing_later(floor, served):
    attend = floor.desk.attend
    with pytest.raises(AgentUnavailable):
        await attend.transfer("lin", served, agent="chen", note="请跟进")
    await floor.available("chen")
    with pytest.raises(InvalidValue):
        await attend.transfer("lin", served, agent="chen", note=" ")
    with pytest.raises(InvalidValue):
        await attend.transfer("lin", served, agent="chen", queue="general", note="x")
    await attend.transfer("lin", served, agent="chen", note="请跟进")
    told = (await floor.told())[-1]
    assert (told.agent, told.former, "无需重复" in told.text) == ("chen", ["lin"], True)
    assert await present(floor) == ["chen"]
    left = await floor.store.conversations.membership(floor.conv("lina"), "lin")
    head = (await floor.store.messages.head(floor.conv("lina"))).seq
    await floor.say("lina", "只对陈晨说")
    assert left.left_seq == head
    assert left.last_readable(head + 1) == head
    notes = await floor.store.cases.notes(served)
    assert [(each.author, each.text) for each in notes] == [("lin", "请跟进")]
    with pytest.raises(Forbidden):
        await attend.close("lin", served, "", ask_rating=False)


async def test_into_a_queue_it_waits_for_who_has_the_skill(floor, served):
    await floor.available("lin")
    await floor.desk.attend.transfer("lin", served, queue="wealth", note="问理财")
    case = await floor.case()
    assert (case.state, case.queue) == (CaseState.WAITING, "wealth")
    assert await present(floor) == []
    with pytest.raises(NotFound):  # not of that queue
        await floor.desk.attend.claim("chen", served)
    (view,) = await floor.desk.look.cases("zhou", "care", CaseState.WAITING, 9)
    assert view.why == "manual"
    await floor.desk.attend.claim("zhou", served)
    with pytest.raises(InvalidValue):
        await floor.desk.attend.transfer("zhou", served, queue="none", note="x")


async def test_given_back_it_keeps_its_place(floor, served):
    floor.clock.move(30)
    await floor.say("zhangwei", "你好")
    await floor.desk.attend.give_back("lin", served, "")
    listed = await floor.desk.look.cases("zhou", "care", CaseState.WAITING, 9)
    assert [each.case.customer for each in listed] == ["lina", "zhangwei"]
    assert "队列最前" in (await floor.told())[-1].text
    with pytest.raises(Forbidden):
        await floor.desk.attend.give_back("lin", served, "")
    with pytest.raises(CaseClosed):
        await floor.desk.attend.give_back("zhou", served, "")


async def test_given_back_it_goes_to_somebody_else(floor, served):
    await floor.available("lin")
    await floor.desk.attend.give_back("lin", served, "")
    await floor.desk.clockwork.look()
    assert (await floor.case()).state is CaseState.WAITING
    (view,) = await floor.desk.look.cases("lin", "care", CaseState.WAITING, 9)
    assert (view.why, view.agent_name) == ("given_back", "")
    await floor.available("chen")
    assert (await floor.case()).agent == "chen"


async def test_who_leaves_the_staff_is_taken_off_their_cases(floor, served):
    desk = (await floor.store.desks.desks())[0]
    await floor.desk.configure("admin", replace(desk, staff=desk.staff[1:]))
    await floor.desk.clockwork.look()
    assert (await floor.case()).state is CaseState.WAITING
    assert await present(floor) == []
    with pytest.raises(Forbidden):
        await floor.desk.look.case("lin", served)


async def test_a_supervisor_gives_a_case_to_somebody_else_and_may_stay(floor, served):
    await floor.available("chen")
    await floor.desk.attend.transfer("zhou", served, agent="zhou", note="我来看看")
    await floor.desk.attend.transfer("zhou", served, agent="chen", note="请继续")
    assert (await floor.case()).why == "transferred"
    assert await present(floor) == ["chen", "zhou"]
    await floor.desk.attend.close("chen", served, "", ask_rating=False)
    assert await present(floor) == []


async def test_without_a_bot_there_is_nothing_to_hand_back_to(floor, served):
    with pytest.raises(InvalidValue):
        await floor.desk.attend.hand_back("lin", served, "")


async def test_handed_back_the_bot_goes_on(floor):
    desk = (await floor.store.desks.desks())[0]
    await floor.front.cases.accounts.follow("lina", "@service")
    settings = {"desk": "bank", "account": "@service", "version": 0}
    await floor.desk.configure("admin", replace(desk, **settings))
    conv = service_conversation("@service", "lina")
    assert await floor.desk.attention.call(conv, "asked", 1)
    assert await floor.desk.attention.of(conv, "查余额") == "waiting"
    case = await floor.store.cases.latest(conv)
    await floor.desk.attend.claim("lin", case.case_id)
    assert await floor.desk.attention.of(conv, "查余额") == "person"
    await floor.desk.attend.hand_back("lin", case.case_id, "已处理")
    assert await floor.desk.attention.of(conv, "查余额") == "free"
    assert await floor.desk.attention.of(conv, "我被骗了") == "person"
    assert await floor.desk.attention.of("s:@none:lina", "我被骗了") == ""
    place = await floor.desk.look.place("lina", conv)
    assert place.state == "bot"


async def test_a_closed_case_gives_its_agent_to_the_next(floor):
    await floor.available("lin")
    await floor.say("lina", "你好")
    await floor.say("zhangwei", "你好")
    first = (await floor.case()).case_id
    await floor.desk.attend.close("lin", first, "办好了", ask_rating=True)
    assert (await floor.case("zhangwei")).agent == "lin"
    assert (await floor.told())[-1].state == "closed"
    with pytest.raises(CaseClosed):
        await floor.desk.attend.close("lin", first, "", ask_rating=True)


async def rating_card(floor):
    events = await floor.store.messages.events(floor.conv("lina"), after=0, limit=50)
    return next(each for each in events if each.mid.startswith("rating:"))


async def press(floor, card, action="rate_4", comment="快", mid="p1", user="lina"):
    values = SubmittedValues(floor.clock)
    submit = SubmitCard(floor.store, values, floor.clock, lambda body: body, floor.desk.rate)
    return await submit(
        user=user,
        device="phone",
        conv=floor.conv("lina"),
        mid=mid,
        card_seq=card.seq,
        action=action,
        values={"comment": comment},
    )


async def test_the_card_takes_one_rating_and_keeps_its_comment(floor, served):
    await floor.desk.attend.close("lin", served, "", ask_rating=True)
    card = await rating_card(floor)
    with pytest.raises(InvalidValue):
        await press(floor, card, action="rate_9")
    with pytest.raises(TooLong):
        await press(floor, card, comment="好" * 501)
    pressed = await press(floor, card)
    again = await press(floor, card)
    assert (again.event, again.duplicate) == (pressed.event, True)
    case = await floor.case()
    assert (case.rating, case.comment) == (4, "快")
    with pytest.raises(CardNotOpen):
        await press(floor, card, mid="p2")
    with pytest.raises(AlreadyRated):
        await floor.desk.rate("lina", served, 5, "")
    events = await floor.store.messages.events(floor.conv("lina"), after=card.seq, limit=9)
    assert [each.kind for each in events] == [EventKind.CARD_STATE] * 2
    assert "快".encode() not in b"".join(each.body for each in events)


async def test_pressed_many_times_at_once_it_is_rated_once(floor, served):
    await floor.desk.attend.close("lin", served, "", ask_rating=True)
    card = await rating_card(floor)
    presses = (press(floor, card, f"rate_{n}", mid=f"p{n}") for n in range(1, 6))
    answers = await asyncio.gather(*presses, return_exceptions=True)
    assert sum(isinstance(each, CardNotOpen) for each in answers) == 4


async def test_only_the_customer_rates_and_only_at_the_end(floor, served):
    with pytest.raises(CaseClosed):
        await floor.desk.rate("lina", served, 5, "")
    with pytest.raises(NotFound):
        await floor.desk.rate("zhangwei", served, 5, "")
    with pytest.raises(InvalidValue):
        await floor.desk.rate("lina", served, 6, "")


async def test_notes_never_reach_the_log_the_index_or_the_customer(floor, served):
    secret = "此人疑似诈骗团伙"
    await floor.desk.attend.note("lin", served, secret)
    await floor.desk.attend.transfer("zhou", served, agent="zhou", note=secret)
    await floor.front.deliver_changes()
    for change in await floor.store.changes.changes(0, 1000):
        assert change.event is None or secret.encode() not in change.event.body
        assert change.fact is None or secret not in str(change.fact.detail)
    found = await floor.front.cases.search.messages("lina", "疑似诈骗")
    assert not found.hits
    assert [each.text for each in (await floor.desk.look.file("zhou", served)).notes] == [
        secret
    ] * 2
    with pytest.raises((Forbidden, NotFound)):
        await floor.desk.look.file("lina", served)
    with pytest.raises(TooLong):
        await floor.desk.attend.note("lin", served, "长" * 1001)


async def test_a_canned_reply_is_filled_or_refused(floor, served):
    look = floor.desk.look
    assert await look.fill("lin", served, "hello") == "李娜您好，我是林晓"
    reply = type((await look.replies("lin", "care", ""))[0])
    await floor.desk.configure.put_reply(
        "zhou", "care", reply("later", "sj", "上班", "{opens_at}见"), administrator=False
    )
    with pytest.raises(MissingVariable, match="opens_at"):
        await look.fill("lin", served, "later")
    with pytest.raises(NotFound):
        await look.fill("lin", served, "none")
    assert [each.reply for each in await look.replies("lin", "care", "sj")] == ["later"]
    for text in ("{password}", "{", "a}"):
        with pytest.raises(InvalidValue):
            await floor.desk.configure.put_reply(
                "zhou", "care", reply("bad", "bad", "坏", text), administrator=False
            )
    with pytest.raises(Forbidden):
        await floor.desk.configure.drop_reply("lin", "care", "later", administrator=False)
    await floor.desk.configure.drop_reply("zhou", "care", "later", administrator=False)
    with pytest.raises(NotFound):
        await floor.desk.configure.drop_reply("zhou", "care", "later", administrator=False)


async def test_statuses_are_for_those_who_serve(floor):
    with pytest.raises(Forbidden):
        await floor.desk.attend.say_status("lina", Status.AVAILABLE)
    said = await floor.desk.attend.say_status("lin", Status.BUSY)
    assert await floor.desk.attend.status("lin") == said


async def test_what_a_customer_says_after_the_end_is_the_supervisors_business_no_more(
    floor, served
):
    await floor.desk.attend.close("lin", served, "", ask_rating=False)
    floor.clock.move(3600)
    later = await floor.say("lina", "别的事", settle=False)
    events = await floor.desk.look.log("zhou", served, after=0, limit=50)
    assert later.seq not in [each.seq for each in events]
    assert events


async def test_a_supervisor_reads_what_was_said_and_leaves_a_trace(floor, served):
    events = await floor.desk.look.log("zhou", served, after=0, limit=50)
    assert events[-1].kind is EventKind.ASSIGN
    assert (await floor.front.facts("case_viewed"))[0].actor == "zhou"
    with pytest.raises(Forbidden):
        await floor.desk.look.log("lin", served, after=0, limit=50)
