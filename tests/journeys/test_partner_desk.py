"""A partner's account in the console: its keys, its callbacks, a call that was refused; and a
customer whose button asks for more than a tap.
"""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from tests.house import ServedHouse
from tests.partner import Asked, backend, call, created, customer, new_token

from .conftest import Screen, Seat

pytestmark = pytest.mark.browser

BUTTONS = [
    {"type": "scancode_waitmsg", "name": "扫码", "key": "SCAN"},
    {"type": "location_select", "name": "位置", "key": "WHERE"},
]


async def out_of_order(asked: Asked) -> web.Response:
    del asked
    return web.Response(status=500)


async def test_an_administrator_sees_callbacks_keys_and_refused_calls(
    seat: Seat, house: ServedHouse
) -> None:
    async with backend() as shop:
        account = await created(house, "flower", shop.url)
        token = new_token(account)
        assert call(account, "/cgi-bin/menu/create", token, {"button": BUTTONS})["errcode"] == 0
        refused = call(account, "/cgi-bin/tags/create", token, {"tag": {"name": 7}})
        async with customer(account):
            await shop.next()  # the follow
        shop.answer = out_of_order
        zhangwei = await seat("zhangwei")
        await scanned(zhangwei)
        told = (await shop.next()).body
        assert "scancode_waitmsg" in told
        assert "https://shop.example/item/7" in told
        admin = await seat("admin", at="/console")
        await chosen(admin)
        await log_read(admin)
        await looked_up(admin.page, refused["errmsg"])
        await admin.picture("5-developer-desk")
        await renewed(admin)
        await bound(admin)
    gone = await asyncio.to_thread(call, account, "/cgi-bin/user/get", token)
    assert gone["errcode"] == 40001  # the former secret's tokens ended


async def scanned(zhangwei: Screen) -> None:
    page = zhangwei.page
    await zhangwei.open("flower")
    await page.get_by_test_id("account-menu").get_by_role("button", name="扫码").click()
    panel = page.get_by_test_id("special-press")
    await panel.get_by_placeholder("码的内容").fill("https://shop.example/item/7")
    await zhangwei.picture("5-scan-button-phone")
    await panel.get_by_role("button", name="发送").click()
    await expect(panel).to_have_count(0)


async def chosen(admin: Screen) -> None:
    page = admin.page
    await page.get_by_role("menuitem", name="公众号").click()
    await page.get_by_test_id("account-choice").click()
    await page.locator(".ant-select-item-option", has_text="flower").click()
    await page.get_by_test_id("account-tab-developer").click()


async def log_read(admin: Screen) -> None:
    page = admin.page
    await expect(page.get_by_test_id("callback-delivered").first).to_be_visible()
    await expect(page.get_by_test_id("callback-failed")).to_be_visible(timeout=15_000)
    await expect(page.get_by_text("HTTP 500").first).to_be_visible()
    await page.locator("[data-testid^=callback-replay-]").first.click()
    await expect(page.get_by_text("已排队重发")).to_be_visible()


async def looked_up(page: Page, errmsg: str) -> None:
    search = page.get_by_test_id("rid").locator("input")
    await search.or_(page.locator("input[data-testid=rid]")).first.fill(errmsg)
    await page.get_by_role("button", name="查询").click()
    await expect(page.get_by_test_id("rid-found")).to_contain_text("/cgi-bin/tags/create")


async def renewed(admin: Screen) -> None:
    page = admin.page
    await page.get_by_test_id("developer-renew").click()
    await page.locator(".ant-modal-confirm-btns .ant-btn-primary").click()
    await expect(page.get_by_test_id("developer-secret")).to_be_visible()
    await admin.picture("5-secret-once-desk")
    await page.get_by_role("button", name="已保存").click()
    await expect(page.get_by_test_id("developer-secret")).to_have_count(0)


async def bound(admin: Screen) -> None:
    page = admin.page
    await page.get_by_test_id("account-tab-settings").click()
    await expect(page.get_by_test_id("settings-bot")).to_contain_text("合作方后台")
    await admin.picture("5-account-settings-desk")
