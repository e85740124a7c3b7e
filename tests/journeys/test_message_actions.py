"""A message is edited, answered, reacted to, recalled and passed on; every screen follows."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.async_api import Locator, expect

from tests.house import ServedHouse

from .conftest import Screen, Seat

pytestmark = pytest.mark.browser


def put(house: ServedHouse, path: str, body: object, token: str = "") -> Any:
    request = Request(house.url + path, json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    request.add_header("Authorization", f"Bearer {token}")
    with urlopen(request) as answer:
        return json.load(answer)


async def choose(screen: Screen, bubble: Locator, action: str) -> None:
    """Open what can be done with a message, and do one thing of it."""
    await bubble.locator(".el-bubble").click(button="right")
    menu = screen.page.get_by_test_id("message-menu")
    await expect(menu).to_be_visible()
    if action.startswith("message-"):
        await menu.get_by_test_id(action).click()
    else:
        await menu.get_by_role("menuitem").filter(has_text=action).click()


async def test_edit_quote_react_recall_and_pass_on(seat: Seat) -> None:
    zhangwei = await seat("zhangwei")
    wangfang = await seat("wangfang", at="/console")
    await zhangwei.open("王芳")
    await wangfang.open("张伟")

    await zhangwei.write("想约周五到网店")
    await wangfang.sees("想约周五到网店")
    await choose(zhangwei, zhangwei.bubble("想约周五到网店"), "message-edit")
    await expect(zhangwei.page.get_by_test_id("message-input")).to_have_value("想约周五到网店")
    await zhangwei.picture("actions-editing-phone")
    await zhangwei.write("想约周五到网点")
    await wangfang.sees("想约周五到网点")
    edited = wangfang.bubble("想约周五到网点")
    await expect(edited.get_by_test_id("edited")).to_be_visible()
    await expect(wangfang.bubble("想约周五到网店")).to_have_count(0)

    await choose(wangfang, edited, "message-quote")
    await expect(wangfang.page.get_by_test_id("intended")).to_contain_text("想约周五到网点")
    await wangfang.picture("actions-quoting-desk")
    await wangfang.write("好的,上午十点可以吗")
    await zhangwei.sees("上午十点可以吗")
    answer = zhangwei.bubble("上午十点可以吗")
    await expect(answer.get_by_test_id("quoted")).to_contain_text("想约周五到网点")

    await answer.locator(".el-bubble").click(button="right")
    await zhangwei.picture("actions-menu-phone")
    await zhangwei.page.keyboard.press("Escape")
    await choose(zhangwei, answer, "👍")
    told = wangfang.bubble("上午十点可以吗").get_by_test_id("reactions")
    await expect(told).to_contain_text("👍 1")
    await told.get_by_role("button").click()
    await expect(answer.get_by_test_id("reactions")).to_contain_text("👍 2")

    await zhangwei.write("我的身份证照片放在柜台了")
    await wangfang.sees("身份证照片")
    await choose(zhangwei, zhangwei.bubble("身份证照片"), "message-recall")
    await expect(zhangwei.page.get_by_test_id("recalled")).to_contain_text("你撤回了一条消息")
    await expect(wangfang.page.get_by_test_id("recalled")).to_contain_text("张伟撤回了一条消息")
    await expect(wangfang.bubble("身份证照片")).to_have_count(0)
    await zhangwei.picture("actions-recalled-phone")
    await wangfang.picture("actions-recalled-desk")
    await zhangwei.page.get_by_test_id("edit-again").click()
    await expect(zhangwei.page.get_by_test_id("message-input")).to_have_value(
        "我的身份证照片放在柜台了"
    )
    await zhangwei.write("资料放在柜台了")
    await wangfang.sees("资料放在柜台了")

    # A second device, and a later log-in, show the same.
    for who, title, at in (("zhangwei", "王芳", "/"), ("wangfang", "张伟", "/console")):
        later = await seat(who, at=at)
        await later.open(title)
        await later.sees("资料放在柜台了")
        await expect(later.bubble("想约周五到网点").get_by_test_id("edited").first).to_be_visible()
        reactions = later.bubble("上午十点可以吗").get_by_test_id("reactions")
        await expect(reactions).to_contain_text("👍 2")
        await expect(later.page.get_by_test_id("recalled")).to_be_visible()
        assert "身份证照片" not in await later.page.content()


async def test_a_customers_words_are_passed_on(seat: Seat) -> None:
    zhangwei, wangfang = await seat("zhangwei"), await seat("wangfang", at="/console")
    lina = await seat("lina")
    await zhangwei.open("王芳")
    await zhangwei.write("周五上午的讲座还有名额")
    await wangfang.open("张伟")
    await wangfang.sees("还有名额")
    await choose(wangfang, wangfang.bubble("还有名额"), "message-forward")
    dialog = wangfang.page.get_by_test_id("forward")
    await expect(dialog).to_be_visible()
    await wangfang.picture("actions-forward-desk")
    await dialog.get_by_test_id("forward-李娜").click()
    await lina.open("王芳")
    await lina.sees("还有名额")
    await expect(lina.bubble("还有名额")).to_contain_text("转发的消息")
    await lina.picture("actions-forwarded-phone")


async def test_a_customer_is_named_in_a_group(seat: Seat, house: ServedHouse) -> None:
    who = {"user": "wangfang", "password": "demo-wangfang", "device": "test"}
    token = put(house, "/v1/login", who)["access_token"]
    put(house, "/v1/groups", {"title": "理财沙龙", "members": ["zhangwei", "lina"]}, token)
    zhangwei, lina = await seat("zhangwei"), await seat("lina")
    await lina.open("理财沙龙")
    field = lina.page.get_by_test_id("message-input")
    await field.press_sequentially("请@张")
    picker = lina.page.get_by_test_id("mentions")
    await expect(picker.get_by_role("option")).to_have_count(1)
    await lina.picture("actions-naming-phone")
    await picker.get_by_role("option").filter(has_text="张伟").click()
    await field.press_sequentially("带上资料")
    await lina.page.get_by_test_id("message-send").click()
    line = zhangwei.page.get_by_test_id("conversation-理财沙龙")
    await expect(line.get_by_test_id("mentioned")).to_be_visible()
    await expect(line).to_contain_text("请@张伟 带上资料")
    await zhangwei.picture("actions-named-phone")
    await line.click()
    await zhangwei.sees("带上资料")
    await expect(line.get_by_test_id("mentioned")).to_have_count(0)
