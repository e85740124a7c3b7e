"""Story 2: a broadcast that two people sent is read by a follower, who then taps the menu."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .conftest import Seat

pytestmark = pytest.mark.browser

TITLE = "五一假期网点营业安排"


async def test_a_follower_reads_what_an_operator_wrote_and_a_reviewer_approved(seat: Seat) -> None:
    zhangwei = await seat("zhangwei")
    ops = await seat("ops", at="/console")
    await ops.page.get_by_test_id("broadcast-new").click()
    await ops.page.get_by_test_id("article-title").fill(TITLE)
    await ops.page.get_by_test_id("article-digest").fill("部分网点照常营业")
    await ops.page.get_by_test_id("article-body").fill(
        "海淀支行假期照常营业。\n\n其余网点请先预约。"
    )
    await ops.picture("2-compose-desk")
    await ops.page.get_by_test_id("broadcast-submit").click()
    await expect(ops.page.get_by_text("待审核").first).to_be_visible()

    # Nobody sends alone: until the reviewer approves, the follower has nothing.
    await zhangwei.open("工银服务")
    await expect(zhangwei.page.get_by_text(TITLE)).to_have_count(0)

    shenhe = await seat("shenhe", at="/console")
    await shenhe.page.get_by_text(TITLE).first.click()
    await expect(shenhe.page.get_by_test_id("review-approve")).to_be_visible()
    await shenhe.picture("2-review-desk")
    await shenhe.page.get_by_test_id("review-approve").click()
    await shenhe.page.get_by_test_id("review-approve-sure").click()

    article = zhangwei.page.get_by_test_id("article").filter(has_text=TITLE)
    await expect(article).to_be_visible(timeout=10_000)
    await zhangwei.picture("2-article-in-thread-phone")
    await article.click()
    page = zhangwei.page.get_by_test_id("article-page")
    await expect(page).to_contain_text("海淀支行假期照常营业。")
    await zhangwei.picture("2-article-phone")
    await zhangwei.page.go_back()

    await zhangwei.page.get_by_role("button", name="查询", exact=False).click()
    await zhangwei.page.get_by_text("查余额", exact=True).click()
    await expect(zhangwei.card("可用")).to_be_visible(timeout=10_000)
    await zhangwei.picture("2-menu-balance-phone")
