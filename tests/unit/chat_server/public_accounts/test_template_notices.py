from __future__ import annotations

import asyncio

import msgspec
import pytest

from chat_server.domain import bodies
from chat_server.domain.accounts.notices import (
    FieldKind,
    NoticeState,
    TemplateField,
    TemplateState,
)
from chat_server.domain.errors import (
    AlreadyDecided,
    Forbidden,
    InvalidValue,
    NotFound,
    TooLong,
)
from chat_server.usecases.public_accounts.entry import Entry
from chat_server.usecases.public_accounts.templates import library
from tests.front_desk import FrontDesk

FIELDS = [
    TemplateField("business", "业务", FieldKind.TEXT),
    TemplateField("amount", "金额", FieldKind.AMOUNT),
]
VALUES = {"business": "理财到期", "amount": "12,000.50元"}


async def entry(desk: FrontDesk) -> Entry:
    return await desk.cases.account_work.entries.operator("ops", "@service")


async def approved(desk: FrontDesk) -> str:
    templates = desk.cases.account_work.templates
    made = await templates.submit(await entry(desk), "到期提醒", FIELDS)
    await templates.approve("shenhe", "@service", made.template_id)
    return made.template_id


async def cards(desk: FrontDesk) -> list[bodies.Card]:
    events = await desk.store.messages.events("s:@service:zhangwei", after=0, limit=99)
    return [msgspec.json.decode(event.body, type=bodies.Card) for event in events]


async def test_an_approved_template_is_sent_and_its_end_is_told_once(desk: FrontDesk) -> None:
    notices, template = desk.cases.account_work.notices, await approved(desk)
    await desk.cases.accounts.follow("zhangwei", "@service")
    notice = await notices.send(
        await entry(desk), template, "zhangwei", VALUES, url="https://bank.example/x"
    )
    assert (notice.state, notice.number) == (NoticeState.QUEUED, 1)
    for _ in range(2):  # the relay may repeat
        await desk.deliver_changes()
    (card,) = await cards(desk)
    assert card.fallback == "到期提醒\n业务：理财到期\n金额：12,000.50元"
    assert card.card["body"][1]["facts"][1] == {"title": "金额", "value": "12,000.50元"}
    ended = await notices.find("@service", notice.notice_id)
    assert ended.state is NoticeState.DELIVERED
    (told,) = await desk.facts("notice_ended")
    assert told.detail == {"notice": notice.notice_id, "state": "delivered", "number": 1}


async def test_one_key_is_one_notice_however_often_it_is_sent(desk: FrontDesk) -> None:
    notices, template = desk.cases.account_work.notices, await approved(desk)
    await desk.cases.accounts.follow("zhangwei", "@service")
    at = await entry(desk)
    sent = await asyncio.gather(
        *(notices.send(at, template, "zhangwei", VALUES, key="k-1") for _ in range(3))
    )
    again = await notices.send(at, "gone", "nobody", {}, key="k-1")
    assert {each.notice_id for each in [*sent, again]} == {sent[0].notice_id}
    await desk.deliver_changes()
    assert len(await cards(desk)) == 1


async def test_a_notice_reaches_nobody_who_left_before_it_came(desk: FrontDesk) -> None:
    notices, template = desk.cases.account_work.notices, await approved(desk)
    await desk.cases.accounts.follow("zhangwei", "@service")
    notice = await notices.send(await entry(desk), template, "zhangwei", VALUES)
    await desk.cases.accounts.unfollow("zhangwei", "@service")
    await desk.deliver_changes()
    assert await cards(desk) == []
    assert (await notices.find("@service", notice.notice_id)).state is NoticeState.REFUSED


async def test_a_suspended_account_notifies_nobody(desk: FrontDesk) -> None:
    work, template = desk.cases.account_work, await approved(desk)
    await desk.cases.accounts.follow("zhangwei", "@service")
    notice = await work.notices.send(await entry(desk), template, "zhangwei", VALUES)
    await work.office.suspend("admin", "@service", "x")
    await desk.deliver_changes()
    assert (await work.notices.find("@service", notice.notice_id)).state is NoticeState.FAILED


async def test_what_cannot_be_sent_says_why(desk: FrontDesk) -> None:
    notices, template = desk.cases.account_work.notices, await approved(desk)
    at = await entry(desk)
    with pytest.raises(Forbidden, match="follow"):
        await notices.send(at, template, "zhangwei", VALUES)
    with pytest.raises(NotFound):
        await notices.send(at, template, "nobody", VALUES)
    with pytest.raises(NotFound):
        await notices.send(at, "none", "zhangwei", VALUES)
    with pytest.raises(InvalidValue, match="url"):
        await notices.send(at, template, "zhangwei", VALUES, url="javascript:x")
    for wrong, field in (
        ({"business": "x"}, "data.amount: missing"),
        ({**VALUES, "amount": "12.345"}, "data.amount: not of kind amount"),
        ({**VALUES, "business": "行\n行"}, "data.business"),
        ({**VALUES, "business": "字" * 21}, "data.business"),
        ({**VALUES, "more": "x"}, "data.more: no such field"),
    ):
        with pytest.raises(InvalidValue, match=field):
            await notices.send(at, template, "zhangwei", wrong)
    assert await desk.facts("notice_queued") == []


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (FieldKind.NUMBER, ["12", "-1,200.5"], ["1e5", "NaN", "十"]),
        (FieldKind.AMOUNT, ["0.01", "1,000元"], ["1.234", "￥5", "-"]),
        (FieldKind.DATE, ["2026-03-01"], ["2026-02-30", "今天"]),
        (FieldKind.TIME, ["09:30", "2026-03-01 09:30:05"], ["25:00", "早上"]),
        (FieldKind.CODE, ["SL-2026/7"], ["有汉字", "x" * 33, "a b"]),
        (FieldKind.PHONE, ["138****0000", "95588"], ["12", "abc123"]),
    ],
)
async def test_each_kind_of_field_takes_what_it_says(
    desk: FrontDesk, kind: FieldKind, right: list[str], wrong: list[str]
) -> None:
    work, at = desk.cases.account_work, await entry(desk)
    await desk.cases.accounts.follow("zhangwei", "@service")
    made = await work.templates.submit(at, "一", [TemplateField("x", "值", kind)])
    await work.templates.approve("shenhe", "@service", made.template_id)
    for value in right:
        await work.notices.send(at, made.template_id, "zhangwei", {"x": value})
    for value in wrong:
        with pytest.raises(InvalidValue, match=r"data\.x"):
            await work.notices.send(at, made.template_id, "zhangwei", {"x": value})


async def test_a_template_is_decided_once_and_by_another(desk: FrontDesk) -> None:
    work, at = desk.cases.account_work, await entry(desk)
    made = await work.templates.submit(at, "到期提醒", FIELDS)
    with pytest.raises(Forbidden):
        await work.templates.approve("ops", "@service", made.template_id)
    with pytest.raises(Forbidden):
        await work.notices.send(at, made.template_id, "zhangwei", VALUES)
    with pytest.raises(InvalidValue):
        await work.templates.reject("shenhe", "@service", made.template_id, " ")
    rejected = await work.templates.reject("shenhe", "@service", made.template_id, "太短")
    assert (rejected.state, rejected.reason) == (TemplateState.REJECTED, "太短")
    with pytest.raises(AlreadyDecided):
        await work.templates.approve("shenhe", "@service", made.template_id)
    gone = await work.templates.withdraw(at, made.template_id)
    assert gone == await work.templates.withdraw(at, made.template_id)


async def test_a_form_of_the_library_is_approved_already(desk: FrontDesk) -> None:
    templates, at = desk.cases.account_work.templates, await entry(desk)
    made = await templates.adopt(at, "TM00001", ["交易金额", "交易时间"])
    assert made.state is TemplateState.APPROVED
    assert [field.key for field in made.fields] == ["amount", "at"]
    with pytest.raises(NotFound):
        await templates.adopt(at, "TM99999")
    with pytest.raises(InvalidValue):
        await templates.adopt(at, "TM00001", ["没有"])
    for number in library():
        await templates.adopt(at, number)
    assert len(await templates.listed("@service")) == 1 + len(library())


async def test_templates_have_limits(desk: FrontDesk) -> None:
    templates, at = desk.cases.account_work.templates, await entry(desk)
    for title, fields in (
        ("", FIELDS),
        ("x" * 21, FIELDS),
        ("x", []),
        ("x", FIELDS * 2),
        ("x", [TemplateField("1st", "一", FieldKind.TEXT)]),
        ("x", [TemplateField("a", "", FieldKind.TEXT)]),
    ):
        with pytest.raises(InvalidValue):
            await templates.submit(at, title, fields)
    for _ in range(25):
        await templates.adopt(at, "TM00002")
    with pytest.raises(TooLong):
        await templates.submit(at, "x", FIELDS)
