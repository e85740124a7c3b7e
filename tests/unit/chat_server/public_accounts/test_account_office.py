from __future__ import annotations

import pytest
from msgspec.structs import replace

from chat_server.domain.errors import (
    AlreadyDecided,
    AlreadyExists,
    Forbidden,
    FourEyes,
    InvalidValue,
    NotFound,
    TooLong,
)
from chat_server.domain.publishing import (
    AccountKind,
    AccountRole,
    AccountStaff,
    AccountState,
    Capability,
)
from tests.front_desk import FrontDesk

SHOP = "@shop"


async def apply(desk: FrontDesk, name: str = "积分商城") -> None:
    office = desk.cases.account_work.office
    await office.apply("ops", SHOP, name, AccountKind.SERVICE, "积分兑好礼")


async def shown(desk: FrontDesk) -> list[str]:
    return [each.account.account for each in await desk.cases.accounts.directory("zhangwei")]


async def test_an_account_is_seen_after_another_person_approved_it(desk: FrontDesk) -> None:
    office = desk.cases.account_work.office
    await apply(desk)
    assert await shown(desk) == ["@service"]
    with pytest.raises(NotFound):
        await desk.cases.accounts.follow("zhangwei", SHOP)
    approved = await office.approve("shenhe", SHOP)
    assert (approved.state, approved.verified) == (AccountState.ACTIVE, False)
    assert approved.role_of("ops") is AccountRole.OWNER
    view = await desk.cases.accounts.follow("zhangwei", SHOP)
    assert view.following
    with pytest.raises(AlreadyDecided):
        await office.approve("shenhe", SHOP)


async def test_a_rejected_account_is_asked_for_again_by_its_applicant(desk: FrontDesk) -> None:
    office = desk.cases.account_work.office
    await apply(desk)
    rejected = await office.reject("shenhe", SHOP, " 名称易混淆 ")
    assert (rejected.state, rejected.reason) == (AccountState.REJECTED, "名称易混淆")
    await apply(desk, "工银积分")
    found = await desk.store.accounts.account(SHOP)
    assert found is not None
    assert (found.state, found.name, found.reason) == (AccountState.APPLIED, "工银积分", "")
    with pytest.raises(AlreadyExists):
        await apply(desk)


async def test_who_may_do_what(desk: FrontDesk) -> None:
    office = desk.cases.account_work.office
    for step in (
        office.apply("zhangwei", SHOP, "x", AccountKind.SERVICE, ""),
        office.approve("ops", SHOP),
        office.suspend("ops", SHOP, "x"),
        office.verify("shenhe", "@service", verified=False),
        office.withhold("ops", "@service", []),
        office.listed("zhangwei"),
    ):
        with pytest.raises(Forbidden):
            await step
    with pytest.raises(InvalidValue):
        await office.apply("ops", "shop", "x", AccountKind.SERVICE, "")
    with pytest.raises(TooLong):
        await office.apply("ops", SHOP, "x" * 31, AccountKind.SERVICE, "")
    with pytest.raises(NotFound):
        await office.approve("shenhe", SHOP)


async def test_an_applicant_who_became_a_reviewer_does_not_decide(desk: FrontDesk) -> None:
    await apply(desk)
    found = await desk.store.accounts.account(SHOP)
    assert found is not None
    (fact,) = await desk.facts("account_applied")
    await desk.store.accounts.put_account(replace(found, applicant="shenhe"), fact)
    with pytest.raises(FourEyes):
        await desk.cases.account_work.office.approve("shenhe", SHOP)


async def test_only_an_administrator_gives_the_badge(desk: FrontDesk) -> None:
    office = desk.cases.account_work.office
    await apply(desk)
    with pytest.raises(AlreadyDecided):
        await office.verify("admin", SHOP, verified=True)
    await office.approve("shenhe", SHOP)
    assert (await office.verify("admin", SHOP, verified=True)).verified
    (view,) = [v for v in await desk.cases.accounts.directory("lina") if v.account.account == SHOP]
    assert view.account.verified
    assert not (await office.verify("admin", SHOP, verified=False)).verified


async def test_a_suspended_account_is_gone_until_it_is_resumed(desk: FrontDesk) -> None:
    office, entries = desk.cases.account_work.office, desk.cases.account_work.entries
    await desk.cases.accounts.follow("zhangwei", "@service")
    await office.suspend("admin", "@service", "投诉过多")
    assert await shown(desk) == []
    with pytest.raises(NotFound):
        await desk.cases.accounts.follow("lina", "@service")
    with pytest.raises(Forbidden):
        await entries.partner("@service", "partner")
    assert not (await desk.cases.accounts.unfollow("zhangwei", "@service")).following
    await office.resume("admin", "@service")
    assert await shown(desk) == ["@service"]
    assert (await entries.partner("@service", "partner")).actor == "partner"


async def test_capabilities_are_those_of_the_kind_less_what_is_withheld(desk: FrontDesk) -> None:
    office, entries = desk.cases.account_work.office, desk.cases.account_work.entries
    await office.withhold("admin", "@service", [Capability.CODES, Capability.CODES])
    with pytest.raises(Forbidden, match="codes"):
        await entries.operator("ops", "@service", Capability.CODES)
    await entries.operator("ops", "@service", Capability.TAGS)
    await office.apply("ops", SHOP, "资讯", AccountKind.SUBSCRIPTION, "")
    with pytest.raises(Forbidden, match="templates"):
        await entries.operator("ops", SHOP, Capability.TEMPLATES)


async def test_staff_of_an_account_work_on_it_and_nobody_else(desk: FrontDesk) -> None:
    office, entries = desk.cases.account_work.office, desk.cases.account_work.entries
    await apply(desk)
    entry = await entries.operator("ops", SHOP, owner=True)
    for wrong in (
        [AccountStaff("ops", AccountRole.EDITOR)],
        [AccountStaff("ops", AccountRole.OWNER)] * 2,
        [AccountStaff("lina", AccountRole.OWNER)],
    ):
        with pytest.raises(InvalidValue):
            await office.appoint(entry, wrong)
    assert [each.account for each in await office.listed("ops")] == ["@service", SHOP]
    assert (await entries.reader("shenhe", SHOP)).actor == "shenhe"
    admin = await entries.operator("admin", SHOP, owner=True)
    await office.appoint(admin, [])
    with pytest.raises(Forbidden):
        await entries.operator("ops", SHOP, owner=True)
    await entries.operator("ops", SHOP)


async def test_a_bot_answers_what_is_said_from_then_on(desk: FrontDesk) -> None:
    office, entries = desk.cases.account_work.office, desk.cases.account_work.entries
    await apply(desk)
    entry = await entries.operator("ops", SHOP)
    with pytest.raises(InvalidValue):
        await office.bind(entry, "nobody")
    bound = await office.bind(entry, "bank")
    assert (bound.bot, bound.answers_from_ms) == ("bank", desk.clock.ms)
    entry = await entries.operator("ops", SHOP)
    renamed = await office.describe(entry, "新名", "新介绍")
    assert (renamed.name, renamed.description, renamed.bot) == ("新名", "新介绍", "bank")
