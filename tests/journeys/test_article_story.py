"""An article is written, shown to one, approved by another, read, commented, and moderated."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .conftest import Screen, Seat

pytestmark = pytest.mark.browser

TITLE = "五一出境用汇指南"


async def compose(ops: Screen) -> None:
    page = ops.page
    await page.get_by_role("menuitem", name="文章").click()
    await page.get_by_test_id("article-new").click()
    await page.get_by_test_id("article-title").fill(TITLE)
    await page.get_by_test_id("article-author").fill("个人金融部")
    await page.get_by_test_id("article-body").click()
    await page.get_by_role("button", name="标题", exact=True).click()
    await page.keyboard.type("换汇之前")
    await page.keyboard.press("Enter")
    await page.keyboard.type("请先查看")
    await page.get_by_role("button", name="加粗").click()
    await page.keyboard.type("当日牌价")
    await page.get_by_role("button", name="加粗").click()
    await page.keyboard.type("。")
    await page.get_by_test_id("article-save").click()
    await expect(page.get_by_text("有未保存的修改")).to_have_count(0)


async def preview(ops: Screen, zhangwei: Screen) -> None:
    await ops.page.get_by_test_id("article-preview").click()
    await ops.page.get_by_test_id("preview-customer").fill("zhangwei")
    await ops.page.get_by_test_id("preview-send").click()
    await zhangwei.open("工银服务")
    await zhangwei.page.get_by_test_id("article").filter(has_text=f"【预览】{TITLE}").click()
    await expect(zhangwei.page.get_by_test_id("article-page")).to_contain_text("预览，尚未发布")
    await expect(zhangwei.page.get_by_test_id("article-talk")).to_have_count(0)
    await zhangwei.page.go_back()


async def approve(ops: Screen, shenhe: Screen) -> None:
    await ops.page.get_by_test_id("article-submit").click()
    await ops.page.get_by_test_id("article-submit-sure").click()
    await shenhe.page.get_by_text(TITLE).first.click()
    await expect(shenhe.page.get_by_test_id("article-rich")).to_contain_text("当日牌价")
    await shenhe.page.get_by_test_id("review-approve").click()
    await shenhe.page.get_by_test_id("review-approve-sure").click()


async def read_and_comment(zhangwei: Screen) -> None:
    phone = zhangwei.page
    published = phone.get_by_test_id("article").filter(has_text=TITLE)
    await expect(published).to_have_count(2, timeout=10_000)
    await published.filter(has_not_text="预览").click()
    await expect(phone.get_by_test_id("article-rich").locator("strong")).to_have_text("当日牌价")
    await phone.get_by_test_id("article-like").click()
    await expect(phone.get_by_test_id("article-like")).to_contain_text("已点赞 1")
    await phone.get_by_placeholder("写留言").fill("牌价多久更新一次？")
    await phone.get_by_test_id("comment-send").click()
    await expect(phone.get_by_test_id("comment")).to_contain_text("待精选")


async def moderate(ops: Screen) -> None:
    page = ops.page
    await page.get_by_test_id("articles-published").click()
    await page.get_by_test_id(f"moderate-{TITLE}").click()
    await page.get_by_test_id("comment-elect").click()
    await page.get_by_test_id("comment-reply").click()
    await page.get_by_test_id("comment-reply-text").fill("每个交易日实时更新。")
    await page.get_by_test_id("comment-reply-send").click()
    await expect(page.get_by_text("每个交易日实时更新。")).to_be_visible()
    await ops.picture("articles-moderated-desk")


async def test_an_article_is_written_read_and_talked_about(seat: Seat) -> None:
    zhangwei, ops = await seat("zhangwei"), await seat("ops", at="/console")
    await compose(ops)
    await ops.picture("articles-compose-desk")
    await preview(ops, zhangwei)
    await approve(ops, await seat("shenhe", at="/console"))
    await read_and_comment(zhangwei)
    await moderate(ops)

    lina = await seat("lina")
    await lina.page.goto(f"{lina.house.url}/#{zhangwei.page.url.partition('#')[2]}")
    comment = lina.page.get_by_test_id("comment")
    await expect(comment).to_contain_text("张**")
    await expect(comment).to_contain_text("每个交易日实时更新。")
    await lina.picture("articles-read-phone")
    place = zhangwei.page.url.partition("/article/")[2].partition("/")[0]
    await lina.page.goto(f"{lina.house.url}/a/{place}")
    await expect(lina.page.locator("article h1")).to_have_text(TITLE)
    await lina.picture("articles-page-phone")
    await lina.page.get_by_role("link", name="在手机应用中打开").click()
    await expect(lina.page.get_by_test_id("article-talk")).to_be_visible()
    await lina.page.goto(f"{lina.house.url}/#/accounts")
    await lina.page.get_by_placeholder("搜索公众号").fill("服务")
    await expect(lina.page.get_by_test_id("account-工银服务")).to_be_visible()
    await lina.picture("articles-search-phone")
