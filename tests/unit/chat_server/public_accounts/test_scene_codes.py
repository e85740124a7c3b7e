from __future__ import annotations

import asyncio

import pytest

from chat_server.domain.errors import InvalidValue, NotFound
from chat_server.usecases.public_accounts.entry import Entry
from tests.front_desk import FrontDesk


async def entry(desk: FrontDesk) -> Entry:
    return await desk.cases.account_work.entries.operator("ops", "@service")


async def test_a_customer_who_follows_by_a_code_tells_its_scene(desk: FrontDesk) -> None:
    codes, at = desk.cases.account_work.codes, await entry(desk)
    code = await codes.create(at, "branch-7", expires_s=600)
    scan = await codes.scan("zhangwei", code.ticket)
    assert not scan.following
    assert await desk.facts("code_scanned") == []
    await desk.cases.accounts.follow("zhangwei", "@service", code.ticket)
    (followed,) = await desk.facts("followed")
    assert followed.detail == {"scene": "branch-7", "ticket": code.ticket, "numeric": False}
    (follower,) = await desk.cases.account_work.followers.page(at)
    assert (follower.source, follower.scene) == ("qr", "branch-7")


async def test_a_follower_who_scans_is_told_of(desk: FrontDesk) -> None:
    codes, at = desk.cases.account_work.codes, await entry(desk)
    await desk.cases.accounts.follow("zhangwei", "@service")
    code = await codes.create(at, "7", numeric=True)
    assert (await codes.scan("zhangwei", code.ticket)).following
    (scanned,) = await desk.facts("code_scanned")
    assert (scanned.actor, scanned.subject) == ("zhangwei", "@service")
    assert scanned.detail == {"scene": "7", "ticket": code.ticket, "numeric": True}


async def test_a_permanent_scene_is_one_code_however_often_it_is_made(desk: FrontDesk) -> None:
    codes, at = desk.cases.account_work.codes, await entry(desk)
    made = await asyncio.gather(*(codes.create(at, "hall") for _ in range(4)))
    assert len({code.ticket for code in made}) == 1
    assert len(await desk.facts("code_made")) == 1
    other = await codes.create(at, "hall", expires_s=60)
    assert other.ticket != made[0].ticket
    desk.clock.move(10 * 365 * 86_400)
    assert await codes.find(made[0].ticket) == made[0]


async def test_an_expired_code_leads_nowhere(desk: FrontDesk) -> None:
    codes, at = desk.cases.account_work.codes, await entry(desk)
    code = await codes.create(at, "poster", expires_s=60)
    desk.clock.move(60)
    for step in (
        codes.scan("zhangwei", code.ticket),
        codes.find("nothing"),
        codes.find("service~wrong"),
        desk.cases.accounts.follow("zhangwei", "@service", code.ticket),
    ):
        with pytest.raises(NotFound):
            await step
    assert not (await desk.cases.accounts.view("zhangwei", "@service")).following


async def test_a_code_belongs_to_its_account(desk: FrontDesk) -> None:
    work, at = desk.cases.account_work, await entry(desk)
    code = await work.codes.create(at, "x")
    await work.office.suspend("admin", "@service", "x")
    with pytest.raises(NotFound):
        await work.codes.scan("zhangwei", code.ticket)


@pytest.mark.parametrize(
    ("scene", "expires_s"), [("", 0), ("x" * 65, 0), ("x", -1), ("x", 2592001)]
)
async def test_scenes_and_times_have_limits(desk: FrontDesk, scene: str, expires_s: int) -> None:
    with pytest.raises(InvalidValue):
        await desk.cases.account_work.codes.create(await entry(desk), scene, expires_s=expires_s)
