"""Contacts: two customers find each other, talk, file and block each other; the manager sees who
is there.
"""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .conftest import Screen, Seat

pytestmark = pytest.mark.browser
LINA_PHONE = "13800000002"


async def tab(screen: Screen, name: str) -> None:
    await screen.page.goto(f"{screen.house.url}/#/{name}")


async def find(screen: Screen, number: str) -> None:
    await tab(screen, "contacts")
    await screen.page.get_by_test_id("add-contact").click()
    await screen.page.get_by_test_id("contact-number").fill(number)
    await screen.page.get_by_test_id("contact-find").click()


async def test_two_customers_find_each_other_talk_and_block(seat: Seat) -> None:  # noqa: PLR0915 - one story
    zhangwei, lina = await seat("zhangwei"), await seat("lina")

    # Her number alone finds nobody: she has not said that it may.
    await find(zhangwei, LINA_PHONE)
    await expect(zhangwei.page.get_by_test_id("contact-missed")).to_contain_text("没有找到")
    await zhangwei.picture("contacts-not-found-phone")
    await tab(lina, "me")
    await lina.page.get_by_test_id("me-privacy").click()
    await lina.page.get_by_test_id("privacy-findable").click()
    await expect(lina.page.get_by_test_id("privacy-findable")).to_have_attribute(
        "aria-checked", "true"
    )
    await lina.picture("contacts-privacy-phone")

    # Now it does; he asks, she sees a badge and accepts, and they talk.
    await tab(lina, "contacts")
    await zhangwei.page.get_by_test_id("contact-find").click()
    await expect(zhangwei.page.get_by_test_id("found-person")).to_contain_text("*娜")
    await zhangwei.page.get_by_test_id("contact-greeting").fill("我是张伟，周五沙龙上见过")
    await zhangwei.picture("contacts-found-phone")
    await zhangwei.page.get_by_test_id("contact-ask").click()
    await expect(zhangwei.page.get_by_test_id("contact-asked")).to_be_visible()
    waiting = lina.page.get_by_test_id("contact-requests")
    await expect(waiting).to_have_attribute("data-waiting", "1", timeout=10_000)
    await lina.picture("contacts-badge-phone")
    await waiting.click()
    request = lina.page.get_by_test_id("request-张伟")
    await expect(request).to_contain_text("周五沙龙上见过")
    await lina.picture("contacts-request-phone")
    await request.get_by_test_id("accept").click()
    await lina.sees("周五沙龙上见过")
    await lina.write("记得您，您好")
    await tab(zhangwei, "messages")
    await zhangwei.open("李娜")
    await zhangwei.sees("记得您，您好")
    await expect(zhangwei.page.get_by_test_id("presence")).to_have_attribute("data-state", "online")
    await zhangwei.picture("contacts-chat-phone")

    # What she calls him and how she files him is hers alone.
    await lina.page.get_by_test_id("contact-details-open").click()
    await lina.page.get_by_test_id("remark").click()
    await lina.page.get_by_test_id("remark-text").fill("沙龙张先生")
    await lina.page.get_by_test_id("remark-save").click()
    await lina.page.get_by_test_id("tag").fill("理财沙龙")
    await lina.page.get_by_test_id("tag").press("Enter")
    details = lina.page.get_by_test_id("contact-details")
    await expect(details).to_contain_text("沙龙张先生")
    await expect(lina.page.get_by_text("理财沙龙 ×")).to_be_visible()
    await lina.picture("contacts-details-phone")
    await tab(lina, "contacts")
    await expect(lina.page.get_by_test_id("contact-张伟")).to_contain_text("沙龙张先生")
    await lina.picture("contacts-list-phone")

    # She blocks him: he sees her no more, and is told nothing but that it was not sent.
    await lina.page.get_by_test_id("contact-张伟").click()
    await lina.page.get_by_test_id("contact-block").click()
    await lina.page.get_by_test_id("contact-block-sure").click()
    await expect(lina.page.get_by_test_id("contact-unblock")).to_be_visible()
    await lina.picture("contacts-blocked-phone")
    presence = zhangwei.page.get_by_test_id("presence")
    await expect(presence).to_have_attribute("data-state", "offline", timeout=10_000)
    await zhangwei.write("还在吗？")
    await expect(zhangwei.page.get_by_text("你们目前不能互发消息").first).to_be_visible()
    await zhangwei.picture("contacts-refused-phone")
    await lina.page.get_by_test_id("contact-message").click()
    bar = lina.page.get_by_test_id("blocked-bar")
    await expect(bar).to_be_visible()
    await bar.get_by_role("button").click()
    await expect(lina.page.get_by_test_id("message-input")).to_be_visible()
    await expect(presence).to_have_attribute("data-state", "online", timeout=10_000)
    await zhangwei.page.get_by_text("重新发送").click()
    await lina.sees("还在吗？")


async def test_a_code_finds_its_owner_and_the_account_manager_stays(seat: Seat) -> None:
    zhangwei, lina = await seat("zhangwei"), await seat("lina")
    await tab(lina, "contacts/card")
    code = lina.page.get_by_test_id("card-qr")
    address = await code.get_attribute("data-address")
    assert address
    await lina.picture("contacts-card-phone")
    await tab(zhangwei, "contacts/add")
    await zhangwei.page.get_by_test_id("contact-link").fill(address)
    await zhangwei.page.get_by_test_id("contact-open").click()
    await expect(zhangwei.page.get_by_test_id("found-person")).to_contain_text("李娜")
    await zhangwei.picture("contacts-card-opened-phone")

    # Renewed, the former code finds nobody.
    await lina.page.get_by_test_id("card-renew").click()
    await lina.page.get_by_test_id("card-renew-sure").click()
    await expect(code).not_to_have_attribute("data-address", address)
    await tab(zhangwei, "messages")
    await zhangwei.page.goto(address)
    await zhangwei.page.reload()
    await expect(zhangwei.page.get_by_text("这个二维码已失效")).to_be_visible()

    # The account manager is on top, and there is no way to part from her.
    await tab(zhangwei, "contacts")
    await zhangwei.page.get_by_test_id("contact-王芳").click()
    await expect(zhangwei.page.get_by_text("不能删除或加入黑名单")).to_be_visible()
    await expect(zhangwei.page.get_by_test_id("contact-block")).to_have_count(0)
    await zhangwei.picture("contacts-manager-phone")


async def test_the_manager_sees_who_is_there_and_files_her_customers(seat: Seat) -> None:
    wangfang = await seat("wangfang", at="/console")
    zhangwei = await seat("zhangwei")
    line = wangfang.page.get_by_test_id("conversation-张伟")
    dot = line.get_by_test_id("presence-dot")
    await expect(dot).to_have_attribute("data-state", "online", timeout=10_000)
    await line.click()
    await expect(wangfang.page.get_by_test_id("presence")).to_have_text("在线")
    await wangfang.page.get_by_test_id("customer-notes").click()
    await wangfang.page.get_by_test_id("remark").click()
    await wangfang.page.get_by_test_id("remark-text").fill("张总")
    await wangfang.page.get_by_test_id("remark-save").click()
    await wangfang.page.get_by_test_id("tag").fill("重点客户")
    await wangfang.page.get_by_test_id("tag").press("Enter")
    await expect(line).to_contain_text("重点客户")
    await expect(line).to_contain_text("张总")
    await wangfang.picture("contacts-console-desk")
    await zhangwei.open("王芳")
    await expect(zhangwei.page.get_by_test_id("presence")).to_have_text("在线")
    await zhangwei.page.close()
    words = wangfang.page.get_by_test_id("presence")
    await expect(words).to_have_text("刚刚在线", timeout=15_000)
    await expect(dot).to_have_count(0)
