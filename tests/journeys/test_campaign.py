"""A campaign is planned by one, reviewed by another, released by a third, and then counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.memory.bus import MemoryBus
from chat_server.adapters.open import open_store
from chat_server.domain.facts import Fact
from chat_server.domain.people import Person, StaffRole
from chat_server.usecases.public_accounts.follow import Accounts
from tests.house import ServedHouse

from .conftest import Screen, Seat

pytestmark = pytest.mark.browser

LIST = "\n".join(["客户号", "zhangwei", *(f"c{number:02}" for number in range(20)), "nobody"])
STEP = "活动只剩最后一天，菜单里可以报名。"
NAME, TEXT = "五一消费季", "五一期间，借记卡消费满 200 减 20，回复“五一”了解详情。"


@pytest.fixture
def house(demo_data: Path) -> Iterator[ServedHouse]:
    """Without quiet hours: the test runs at any time of the day."""
    never = {"ELIAN_QUIET_FROM": "00:00", "ELIAN_QUIET_UNTIL": "00:00"}
    served = ServedHouse(demo_data, settings=never)
    served.start()
    yield served
    served.stop()


async def test_three_people_send_a_campaign_and_its_figures_are_live(
    seat: Seat, house: ServedHouse
) -> None:
    await crowd(house)
    zhangwei = await seat("zhangwei")
    ops = await seat("ops", at="/console")
    desk = ops.page
    await campaigns(ops)
    await desk.get_by_test_id("campaign-new").click()
    await desk.get_by_test_id("campaign-name").fill(NAME)
    await desk.get_by_test_id("campaign-text-0").fill(TEXT)
    await desk.get_by_test_id("campaign-button").fill("查看活动")
    await desk.get_by_test_id("campaign-url").fill("https://bank.example/may")
    await desk.get_by_test_id("campaign-service").check()
    listed = {"name": "名单.csv", "mimeType": "text/csv", "buffer": LIST.encode("gb18030")}
    await desk.locator(".ant-modal input[type=file]").set_input_files(listed)  # type: ignore[arg-type]
    told = desk.get_by_test_id("campaign-list-told")
    await expect(told).to_contain_text("可用 21 位，有问题 1 行")
    await expect(told).to_contain_text("第 23 行：nobody")
    await expect(desk.get_by_test_id("campaign-count")).to_contain_text("约 21 人")
    await desk.get_by_test_id("campaign-add-step").click()
    step = desk.get_by_test_id("campaign-step-0")
    await step.get_by_role("spinbutton").fill("0")
    await step.get_by_role("textbox").fill(STEP)
    await ops.picture("6-campaign-plan-desk")
    await desk.get_by_test_id("campaign-submit").click()
    await expect(desk.get_by_test_id(f"campaign-state-{NAME}")).to_have_text("待审核")

    for user, state in (("shenhe", "待复核"), ("admin", re.compile("发送中|已完成"))):
        other = await seat(user, at="/console")
        await campaigns(other)
        await other.page.get_by_test_id(f"campaign-approve-{NAME}").click()
        told = other.page.get_by_test_id(f"campaign-state-{NAME}")
        await expect(told).to_have_text(state)

    await zhangwei.open("工银服务")
    await expect(zhangwei.page.get_by_text("满 200 减 20")).to_be_visible(timeout=10_000)
    await zhangwei.picture("6-campaign-phone")
    async with zhangwei.page.expect_popup() as page:  # which nobody serves here
        await zhangwei.page.get_by_test_id("leaflet-open").click()
    await (await page.value).close()
    await desk.locator(".ant-table-row-expand-icon").first.click()
    figures = desk.get_by_test_id(f"campaign-figures-{NAME}")
    await expect(figures).to_contain_text("已发送", timeout=15_000)
    await expect(desk.get_by_test_id(f"campaign-state-{NAME}")).to_have_text(
        "已完成", timeout=15_000
    )
    clicked = desk.get_by_test_id("campaign-funnel").get_by_role("row", name="已点击")
    await expect(clicked).to_contain_text("1", timeout=15_000)
    steps = desk.get_by_test_id(f"campaign-steps-{NAME}")
    await expect(steps).to_contain_text(re.compile("已发送 2[01]"), timeout=15_000)
    await expect(desk.get_by_test_id("campaign-hours")).to_be_visible()
    async with desk.expect_download() as taken:
        await desk.get_by_test_id("campaign-export-xlsx").click()
    assert (await taken.value).suggested_filename == f"{NAME}.xlsx"
    await ops.picture("6-campaign-figures-desk")


async def campaigns(screen: Screen) -> None:
    await screen.page.get_by_role("menuitem", name="公众号").click()
    await screen.page.get_by_test_id("account-tab-campaigns").click()


async def crowd(house: ServedHouse) -> None:
    """Twenty-five more followers, as another process of the bank would bring them."""
    clock, fact = SystemClock(), Fact("test", "test", "test", 1)
    async with open_store(f"sqlite:///{house.data}/chat.db", clock=clock) as store:
        accounts = Accounts(store, MemoryBus(), clock)
        for number in range(25):
            person = Person(f"c{number:02}", "客户", StaffRole.CUSTOMER, "haidian", "")
            await store.people.add_person(person, fact)
            await accounts.follow(person.user, "@service")
