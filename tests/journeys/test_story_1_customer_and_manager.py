"""Story 1: a customer and his account manager write to each other, and nothing is missing."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .conftest import Seat

pytestmark = pytest.mark.browser


async def test_a_customer_and_his_manager_talk_and_nothing_is_missing_on_return(seat: Seat) -> None:
    zhangwei = await seat("zhangwei")
    await expect(zhangwei.page.get_by_test_id("conversation-王芳")).to_be_visible()
    await expect(zhangwei.page.get_by_test_id("conversation-工银服务")).to_be_visible()
    await zhangwei.picture("1-conversations-phone")

    wangfang = await seat("wangfang", at="/console")
    await zhangwei.open("王芳")
    await wangfang.open("张伟")

    await zhangwei.page.get_by_test_id("message-input").press_sequentially("王经理", delay=40)
    await expect(wangfang.page.get_by_test_id("typing-indicator")).to_be_visible()
    await zhangwei.write("王经理您好,想了解一下定期存款")
    await wangfang.sees("想了解一下定期存款")
    own = zhangwei.bubble("想了解一下定期存款")
    await expect(own).to_have_attribute("data-state", "read", timeout=10_000)
    await wangfang.write("张先生您好,稍后发您三个期限的利率")
    await zhangwei.sees("三个期限的利率")
    await zhangwei.picture("1-chat-phone")
    await wangfang.picture("1-inbox-desk")

    # Her tab is closed; he writes on. Then his; she writes on.
    await wangfang.page.close()
    await zhangwei.write("另外想预约周五到网点")
    await expect(zhangwei.bubble("预约周五")).to_have_attribute("data-state", "sent")
    await zhangwei.page.close()
    wangfang = await seat("wangfang", at="/console")
    await wangfang.open("张伟")
    await wangfang.sees("预约周五")
    for number in range(3):
        await wangfang.write(f"周五下午可以 {number}")
    await wangfang.sees("周五下午可以 2")

    # His second device shows the same, in the same order.
    second = await seat("zhangwei")
    await second.open("王芳")
    await second.sees("周五下午可以 2")
    await second.sees("想了解一下定期存款")  # the page of history before what came meanwhile
    told = [text for text in await second.texts() if "周五" in text or "定期" in text]
    assert told == [
        "王经理您好,想了解一下定期存款",
        "另外想预约周五到网点",
        "周五下午可以 0",
        "周五下午可以 1",
        "周五下午可以 2",
    ]


async def test_two_devices_of_one_person_show_the_same(seat: Seat) -> None:
    phone, tablet = (
        await seat("zhangwei"),
        await seat("zhangwei", size={"width": 1180, "height": 820}),
    )
    await phone.open("王芳")
    await tablet.open("王芳")
    await phone.write("在手机上写的")
    await tablet.sees("在手机上写的")
    await tablet.write("在平板上写的")
    await phone.sees("在平板上写的")
    await tablet.picture("1-second-device-tablet")
