"""Story 4: a purchase brings one offer, with a reason to open and a way to refuse."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.house import ServedHouse

from .conftest import Seat

pytestmark = pytest.mark.browser


async def test_a_purchase_brings_one_explained_offer_that_can_be_refused(
    seat: Seat, house: ServedHouse
) -> None:
    zhangwei = await seat("zhangwei")
    await zhangwei.open("工银服务")
    house.elian("demo", "buy", "zhangwei", "328.00")
    offer = zhangwei.page.locator('[data-card-id^="offer:"]')
    await expect(offer).to_be_visible(timeout=5_000)
    await expect(offer).to_contain_text("逸贷")
    await zhangwei.picture("4-offer-phone")
    await zhangwei.page.get_by_role("button", name="为什么推荐给我").click()
    await zhangwei.picture("4-offer-reason-phone")
    await zhangwei.page.get_by_role("button", name="不再向我推荐").click()
    await expect(offer.get_by_test_id("card-state")).to_be_visible(timeout=10_000)
    house.elian("demo", "buy", "zhangwei", "500.00")
    await zhangwei.sees("500.00")
    await expect(offer).to_have_count(1)


async def test_interest_reaches_the_manager(seat: Seat, house: ServedHouse) -> None:
    wangfang = await seat("wangfang", at="/console")
    await wangfang.open("张伟")
    zhangwei = await seat("zhangwei")
    await zhangwei.open("工银服务")
    house.elian("demo", "buy", "zhangwei", "328.00")
    await zhangwei.page.get_by_role("button", name="告诉客户经理我感兴趣").click()
    await expect(wangfang.page.get_by_test_id("bubble").filter(has_text="感兴趣")).to_be_visible(
        timeout=10_000
    )
    await wangfang.picture("4-interest-desk")


async def test_nothing_comes_below_a_hundred_or_without_consent(
    seat: Seat, house: ServedHouse
) -> None:
    lina = await seat("lina")  # she has agreed to nothing
    await lina.open("工银服务")
    zhangwei = await seat("zhangwei")
    await zhangwei.open("工银服务")
    house.elian("demo", "buy", "lina", "328.00")
    house.elian("demo", "buy", "zhangwei", "99.99")
    await lina.sees("328.00")
    await zhangwei.sees("99.99")
    await zhangwei.page.wait_for_timeout(5_000)
    for screen in (lina, zhangwei):
        await expect(screen.page.get_by_test_id("card")).to_have_count(0)
