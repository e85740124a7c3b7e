"""A public account comes into being, is set up by its operator, and found by a code on a poster."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, expect

from .conftest import Screen, Seat

pytestmark = pytest.mark.browser

NAME = "积分商城"


async def test_an_account_is_made_set_up_found_by_a_code_and_answers_by_itself(seat: Seat) -> None:
    ops = await seat("ops", at="/console")
    await made(ops, await seat("shenhe", at="/console"))
    await set_up(ops)
    address = await coded(ops)
    zhangwei = await seat("zhangwei")
    await followed(zhangwei, address)
    await filed(ops)
    await noticed(ops)
    await expect(zhangwei.card("SL-2026-0007")).to_be_visible(timeout=10_000)
    await zhangwei.picture("5-notice-card-phone")


async def made(ops: Screen, shenhe: Screen) -> None:
    desk = ops.page
    await desk.get_by_role("menuitem", name="公众号").click()
    await desk.get_by_test_id("account-apply").click()
    await desk.get_by_test_id("apply-id").fill("@shop")
    await desk.get_by_test_id("apply-name").fill(NAME)
    await desk.get_by_test_id("apply-send").click()
    await expect(desk.get_by_test_id("account-state")).to_have_text("待审核")

    await shenhe.page.get_by_role("menuitem", name="公众号").click()
    await pick(shenhe.page, "account-choice", NAME)
    await shenhe.page.get_by_test_id("account-approve").click()
    await expect(shenhe.page.get_by_test_id("account-state")).to_have_text("正常")
    await shenhe.picture("5-account-approved-desk")


async def set_up(ops: Screen) -> None:
    desk = ops.page
    await desk.reload()
    await pick(desk, "account-choice", NAME)
    await desk.get_by_test_id("account-tab-menu").click()
    await desk.get_by_test_id("menu-add").click()
    await desk.get_by_test_id("menu-title-0").fill("兑好礼")
    await desk.get_by_test_id("menu-child-0").click()
    await desk.get_by_test_id("menu-title-0-0").fill("本月热兑")
    await desk.get_by_test_id("menu-key-0-0").fill("热兑")
    await expect(desk.get_by_test_id("menu-preview")).to_contain_text("本月热兑")
    await ops.picture("5-menu-editor-desk")
    await asyncio.gather(  # it is shown for three seconds only
        expect(desk.get_by_text("菜单已发布")).to_be_visible(timeout=15_000),
        desk.get_by_test_id("menu-save").click(),
    )

    await desk.get_by_test_id("account-tab-replies").click()
    await desk.get_by_test_id("replies-welcome").fill("您好，欢迎来到积分商城！")
    await desk.get_by_test_id("rule-add").click()
    await desk.get_by_test_id("rule-words-0").fill("热兑 排行")
    await desk.get_by_test_id("rule-reply-0").fill("本月热兑：手冲咖啡壶，3,000 积分")
    await ops.picture("5-auto-replies-desk")
    await desk.get_by_test_id("replies-save").click()
    await expect(desk.get_by_text("自动回复已保存")).to_be_visible()


async def coded(ops: Screen) -> str:
    desk = ops.page
    await desk.get_by_test_id("account-tab-codes").click()
    await desk.get_by_test_id("code-scene").fill("海淀支行大堂")
    await desk.get_by_test_id("code-make").click()
    code = desk.get_by_test_id("code-qr")
    await expect(code).to_be_visible()
    address = await code.get_attribute("data-address") or ""
    await ops.picture("5-code-desk")
    return address


async def followed(zhangwei: Screen, address: str) -> None:
    phone = zhangwei.page
    await expect(phone.get_by_test_id("conversation-工银服务")).to_be_visible()
    await phone.goto(address)
    await expect(phone.get_by_test_id("account-follow")).to_be_visible()
    await zhangwei.picture("5-scanned-phone")
    await phone.get_by_test_id("account-follow").click()
    await phone.get_by_test_id("account-enter").click()
    await expect(phone.get_by_text("您好，欢迎来到积分商城！")).to_be_visible(timeout=10_000)
    await phone.get_by_role("button", name="兑好礼").click()
    await phone.get_by_role("menuitem", name="本月热兑").click()
    await expect(phone.get_by_text("手冲咖啡壶")).to_be_visible(timeout=10_000)
    await zhangwei.picture("5-welcome-and-menu-phone")


async def filed(ops: Screen) -> None:
    desk = ops.page
    await desk.get_by_test_id("account-tab-followers").click()
    await expect(desk.get_by_text("扫码：海淀支行大堂")).to_be_visible()
    await desk.get_by_test_id("tag-new").click()
    await desk.get_by_test_id("tag-name").fill("贵宾")
    await desk.get_by_role("dialog").get_by_role("button", name="确定").click()
    await desk.get_by_role("checkbox").last.check()
    await pick(desk, "follower-tag", "贵宾")
    await expect(desk.get_by_text("已更新 1 位粉丝")).to_be_visible()
    await ops.picture("5-followers-desk")


async def noticed(ops: Screen) -> None:
    desk = ops.page
    await desk.get_by_test_id("account-tab-templates").click()
    await pick(desk, "template-library", "业务办理进度")
    await desk.get_by_test_id("template-send-业务办理进度").click()
    for field, value in (
        ("customer", "zhangwei"),
        ("number", "SL-2026-0007"),
        ("business", "积分兑换"),
        ("progress", "已发货"),
        ("at", "2026-03-01 09:30"),
    ):
        await desk.get_by_test_id(f"notice-{field}").fill(value)
    await ops.picture("5-notice-desk")
    await desk.get_by_test_id("notice-send").click()


async def pick(page: Page, choice: str, words: str) -> None:
    await page.get_by_test_id(choice).click()
    await page.locator(".ant-select-item-option", has_text=words).last.click()
