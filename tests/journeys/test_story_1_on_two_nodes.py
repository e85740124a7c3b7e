"""Story 1 with the customer on one node and the manager on the other: they notice nothing."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, expect

from tests.house import ServedHouse
from tests.integration.two_nodes import Nodes, nodes, shared
from tests.servers import mongo_server, mongo_url, redis_server, redis_url

from .conftest import DESK, PHONE, Screen

__all__ = ["mongo_server", "mongo_url", "nodes", "redis_server", "redis_url", "shared"]
pytestmark = [pytest.mark.browser, pytest.mark.crash]


async def _sit(browser: Browser, node: ServedHouse, user: str, at: str = "/") -> Screen:
    context = await browser.new_context(
        viewport=PHONE if at == "/" else DESK, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = await context.new_page()
    await page.goto(node.url + at)
    screen = Screen(page, node, user)
    await screen.log_in()
    return screen


async def test_a_customer_and_his_manager_talk_across_nodes_and_one_of_them_dies(
    browser: Browser, nodes: Nodes
) -> None:
    a, b = nodes
    zhangwei = await _sit(browser, a, "zhangwei")
    wangfang = await _sit(browser, b, "wangfang", "/console")
    await zhangwei.open("王芳")
    await wangfang.open("张伟")

    await zhangwei.page.get_by_test_id("message-input").press_sequentially("王经理", delay=40)
    await expect(wangfang.page.get_by_test_id("typing-indicator")).to_be_visible(timeout=10_000)
    await zhangwei.write("王经理您好,我在另一台服务器上")
    await wangfang.sees("我在另一台服务器上")
    own = zhangwei.bubble("我在另一台服务器上")
    await expect(own).to_have_attribute("data-state", "read", timeout=10_000)
    await wangfang.write("张先生您好,消息已收到")
    await zhangwei.sees("消息已收到")
    await zhangwei.picture("1-two-nodes-phone")
    await wangfang.picture("1-two-nodes-desk")

    a.kill()
    await wangfang.write("您那边的服务器断开时写的")
    await expect(zhangwei.page.get_by_test_id("connection-banner")).to_be_visible(timeout=20_000)
    await zhangwei.picture("1-two-nodes-node-down-phone")
    await zhangwei.write("断线时写的")
    await asyncio.to_thread(a.start)
    await zhangwei.sees("您那边的服务器断开时写的")
    await wangfang.sees("断线时写的")
    await expect(zhangwei.page.get_by_test_id("connection-banner")).to_have_count(0, timeout=20_000)
    await zhangwei.picture("1-two-nodes-back-phone")
    for screen in (zhangwei, wangfang):
        written = [text.split("\n")[0] for text in await screen.texts()]
        assert [text for text in written if "断" in text or "服务器上" in text] == [
            "王经理您好,我在另一台服务器上",
            "您那边的服务器断开时写的",
            "断线时写的",
        ]
