"""A device's own key in a real browser: made with a code, then signing what a code may not."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.house import ServedHouse

from .conftest import Seat, newest_code

pytestmark = pytest.mark.browser
_AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def _unlocked(page: Page) -> None:
    """The browser's own authenticator of software, whose user is always there."""
    line = await page.context.new_cdp_session(page)
    await line.send("WebAuthn.enable")
    await line.send("WebAuthn.addVirtualAuthenticator", {"options": _AUTHENTICATOR})


async def test_a_device_makes_a_key_and_signs_with_it(seat: Seat, house: ServedHouse) -> None:
    here = f"http://localhost:{house.port}"  # keys are of a named host, never of an address
    zhangwei = await seat("zhangwei", site=here)
    page = zhangwei.page
    await _unlocked(page)
    await zhangwei.open("工银服务")
    await zhangwei.write_to_account("开通设备签名")
    await page.get_by_role("button", name="确认开通").last.click()
    await expect(page.get_by_placeholder("6位数字").last).to_be_visible(timeout=10_000)
    await page.get_by_placeholder("6位数字").last.fill(newest_code(house))
    await page.get_by_role("button", name="提交", exact=True).last.click()
    await expect(zhangwei.card("设备签名已登记")).to_be_visible(timeout=10_000)
    await zhangwei.write_to_account("开通e支付，限额8000元")
    await page.get_by_role("button", name="确认开通").last.click()
    await expect(zhangwei.card("请用本机签名")).to_be_visible(timeout=10_000)
    await zhangwei.picture("device-key-sign")
    await page.get_by_role("button", name="签名确认").last.click()
    await expect(zhangwei.card("工银e支付已开通")).to_be_visible(timeout=10_000)
    await zhangwei.write_to_account("我的设备签名")
    await zhangwei.sees("签过 1 次")
    await zhangwei.picture("device-key-used")
