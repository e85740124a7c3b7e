"""Devices and notifications, as a customer has them in hand."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, CDPSession, Page, expect

from tests.house import ServedHouse
from tests.journeys.conftest import ARTIFACTS, DESK, PHONE, Screen, Seat

pytestmark = pytest.mark.browser

AGENTS = {
    "d0": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "d1": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
    "d2": "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50",
    "d3": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0",
}


@pytest.fixture
def house(demo_data: Path) -> Iterator[ServedHouse]:
    served = ServedHouse(demo_data)
    served.start()
    yield served
    served.stop()


def log_in_elsewhere(house: ServedHouse, device: str, agent: str) -> None:
    login = {"user": "zhangwei", "password": "demo-zhangwei", "device": device}
    request = urllib.request.Request(
        f"{house.url}/v1/login",
        data=json.dumps(login).encode(),
        headers={"Content-Type": "application/json", "User-Agent": agent},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200


async def test_five_devices_a_sixth_and_one_that_is_removed(
    seat: Seat, house: ServedHouse, browser: Browser
) -> None:
    for device, agent in AGENTS.items():
        await asyncio.to_thread(log_in_elsewhere, house, device, agent)
    phone = await seat("zhangwei")
    await expect(phone.page.get_by_test_id("tab-me")).to_be_visible()
    await phone.page.goto(f"{house.url}/#/me/devices")
    devices = phone.page.get_by_test_id("device")
    await expect(devices).to_have_count(5)
    await expect(devices.filter(has_text="Safari · iPhone")).to_have_count(1)
    await expect(devices.filter(has_text="微信 · Android")).to_have_count(1)
    await expect(devices.filter(has_text="本机")).to_have_count(1)
    assert "web-" not in await phone.page.inner_text(".el-body")

    mine = devices.filter(has_text="本机")
    await mine.get_by_test_id("device-name").click()
    await phone.page.get_by_placeholder("例如：我的手机").fill("我的手机")
    await phone.page.get_by_text("保存").click()
    await expect(mine).to_contain_text("我的手机")
    await expect(phone.page.locator(".adm-dialog")).to_have_count(0)
    await phone.picture("devices-1-five")

    sixth = await browser.new_context(viewport=DESK, locale="zh-CN")
    page = await sixth.new_page()
    await page.goto(house.url)
    await Screen(page, house, "zhangwei").log_in()
    choice = page.get_by_test_id("device-choice")
    await expect(choice).to_contain_text("已在 5 台设备上登录")
    await expect(page.get_by_test_id("device-choice-line")).to_have_count(5)
    await page.screenshot(path=ARTIFACTS / "devices-2-sixth.png")
    await choice.get_by_text("我的手机").click()
    await page.get_by_test_id("device-choice-submit").click()
    await expect(page.get_by_test_id("tab-me")).to_be_visible(timeout=15_000)

    # the one that went is told so, at once
    await expect(phone.page.get_by_test_id("login-error")).to_contain_text("注销", timeout=15_000)
    await phone.picture("devices-3-removed")

    await page.goto(f"{house.url}/#/me/devices")
    devices = page.get_by_test_id("device")
    await expect(devices).to_have_count(5)
    await devices.filter(has_text="Edge · Windows").get_by_test_id("revoke").click()
    await page.get_by_role("button", name="移除", exact=True).last.click()
    await expect(devices).to_have_count(4)
    await page.get_by_test_id("revoke-others").click()
    asked = page.locator(".adm-dialog").filter(has_text="除本机外")
    await expect(asked.get_by_text("除本机外")).to_be_visible()
    await page.screenshot(path=ARTIFACTS / "devices-4-others.png", animations="disabled")
    await asked.get_by_text("移除", exact=True).click()
    await expect(devices).to_have_count(1)
    await sixth.close()


async def test_staff_see_their_devices_at_the_desk(seat: Seat) -> None:
    desk, other = (await seat("wangfang", at="/console"), await seat("wangfang", at="/console"))
    await expect(other.page.get_by_test_id("profile")).to_be_visible()
    await desk.page.get_by_test_id("my-devices").click()
    devices = desk.page.get_by_test_id("device")
    await expect(devices).to_have_count(2)
    await expect(devices.filter(has_text="本机")).to_contain_text("Chrome · Linux")
    await desk.picture("devices-6-desk")
    await devices.get_by_test_id("revoke").click()
    await desk.page.get_by_role("tooltip").get_by_text("移除", exact=False).last.click()
    await expect(devices).to_have_count(1)
    await expect(other.page.get_by_test_id("login-error")).to_contain_text("注销", timeout=15_000)


async def test_notification_settings_are_kept(seat: Seat, house: ServedHouse) -> None:
    phone = await seat("zhangwei", size=PHONE)
    await phone.page.get_by_test_id("tab-me").click()
    await phone.page.get_by_test_id("me-notifications").click()
    await expect(phone.page.get_by_test_id("notify-here")).to_be_visible()
    await phone.page.get_by_test_id("notify-quiet").click()
    await expect(phone.page.get_by_test_id("quiet-from")).to_have_value("22:00")
    await phone.page.get_by_test_id("quiet-until").fill("07:30")
    await phone.page.get_by_test_id("notify-hide").click()
    await phone.picture("devices-5-notifications")
    await expect(phone.page.locator(".adm-switch-loading")).to_have_count(0)
    await phone.page.reload()
    await expect(phone.page.get_by_test_id("quiet-until")).to_have_value("07:30")
    await expect(phone.page.get_by_test_id("notify-hide")).not_to_have_class("adm-switch-checked")


async def deliver(session: CDPSession, origin: str, registration: str, told: object) -> None:
    await session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": registration, "data": json.dumps(told)},
    )


async def shown(page: Page, count: int) -> list[dict[str, str]]:
    """The notifications that the worker has shown and nobody closed, once there are so many."""
    found: list[dict[str, str]] = await page.evaluate(
        """async (count) => {
          const registration = await navigator.serviceWorker.ready;
          for (let tries = 0; tries < 150; tries += 1) {
            const all = await registration.getNotifications();
            const told = all.map(({ title, body, tag }) => ({ title, body, tag }));
            if (told.length === count || tries === 149) return told;
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
        }""",
        count,
    )
    return found


async def test_the_worker_shows_a_push_once_for_each_conversation(
    browser: Browser, house: ServedHouse
) -> None:
    context = await browser.new_context(viewport=PHONE, locale="zh-CN")
    await context.grant_permissions(["notifications"], origin=house.url)
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    versions: asyncio.Queue[str] = asyncio.Queue()
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: [
            versions.put_nowait(each["registrationId"]) for each in event["registrations"]
        ],
    )
    await session.send("ServiceWorker.enable")
    await page.goto(house.url)
    await page.evaluate("navigator.serviceWorker.register('/push-worker.js')")
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    registration = await asyncio.wait_for(versions.get(), 15)
    told = {"title": "王芳", "body": "您有一条新消息", "conv": "d:wangfang:zhangwei", "seq": 7}
    for message in (told, told, {**told, "seq": 8, "body": "您有多条新消息"}, "nonsense"):
        await deliver(session, house.url, registration, message)
    await deliver(session, house.url, registration, {**told, "conv": "g:1", "title": "理财群"})
    found = await shown(page, 2)
    assert {(each["title"], each["body"]) for each in found} == {
        ("王芳", "您有多条新消息"),
        ("理财群", "您有一条新消息"),
    }
    await context.close()


async def test_a_pressed_notification_opens_its_conversation(
    seat: Seat, house: ServedHouse
) -> None:
    phone = await seat("zhangwei")
    await expect(phone.page.get_by_test_id("tab-me")).to_be_visible()
    await phone.page.goto(f"{house.url}/#/open/{'d%3Awangfang%3Azhangwei'}")
    await expect(phone.page.get_by_test_id("message-input")).to_be_visible()
    await expect(phone.page.locator(".adm-nav-bar")).to_contain_text("王芳")
