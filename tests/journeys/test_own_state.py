"""What is one's own: a conversation is pinned, muted, marked, cleared; drafts and stars follow one
from device to device, and nobody else notices.
"""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from tests.house import ServedHouse

from .conftest import DESK, Screen, Seat
from .test_message_actions import choose, put

pytestmark = pytest.mark.browser
GROUP = "理财沙龙"


def line(screen: Screen, title: str) -> Locator:
    return screen.page.get_by_test_id(f"conversation-{title}")


async def settle(screen: Screen, title: str, *actions: str) -> None:
    """Open what can be done with a line of the list, and do it."""
    await line(screen, title).click(button="right")
    for action in actions:
        await screen.page.get_by_test_id(action).click()
    await expect(screen.page.get_by_test_id("thread-menu")).to_have_count(0)


async def to_list(screen: Screen) -> None:
    await screen.page.locator(".adm-nav-bar-back").click()
    await expect(line(screen, "王芳")).to_be_visible()


@pytest.fixture
def group(house: ServedHouse) -> str:
    who = {"user": "wangfang", "password": "demo-wangfang", "device": "test"}
    token = put(house, "/v1/login", who)["access_token"]
    made = put(house, "/v1/groups", {"title": GROUP, "members": ["zhangwei", "lina"]}, token)
    return str(made["conv"])


async def test_a_group_is_pinned_and_muted_and_still_calls_by_name(seat: Seat, group: str) -> None:
    phone, wangfang = await seat("zhangwei"), await seat("wangfang", at="/console")
    tablet = await seat("zhangwei", size=DESK)
    await expect(line(phone, GROUP)).to_be_visible()
    await line(phone, GROUP).click(button="right")
    await expect(phone.page.get_by_test_id("thread-menu")).to_be_visible()
    await phone.picture("own-menu-phone")
    await phone.page.get_by_test_id("own.pin").click()
    await settle(phone, GROUP, "own.mute")
    for screen in (phone, tablet):
        await expect(line(screen, GROUP)).to_have_attribute("data-pinned", "true")
        await expect(line(screen, GROUP).get_by_test_id("muted")).to_be_visible()
    titles = await phone.page.locator('[data-testid^="conversation-"] strong').all_inner_texts()
    assert titles[:2] == ["王芳", GROUP]

    messages = phone.page.get_by_test_id("tab-messages")
    before = int("0" + re.sub(r"\D", "", await messages.inner_text()))
    await wangfang.open(GROUP)
    await wangfang.write("本周六上午十点，讲座改到三楼会议室")
    await expect(line(phone, GROUP).get_by_test_id("unread")).to_have_text("1")
    assert before == int("0" + re.sub(r"\D", "", await messages.inner_text()))
    await phone.picture("own-muted-phone")
    field = wangfang.page.get_by_test_id("message-input")
    await field.press_sequentially("请@张")
    picker = wangfang.page.get_by_test_id("mentions")
    await picker.get_by_role("option").filter(has_text="张伟").click()
    await field.press_sequentially("确认到场")
    await wangfang.page.get_by_test_id("message-send").click()
    await expect(line(phone, GROUP).get_by_test_id("mentioned")).to_be_visible()
    await expect(messages).to_contain_text(str(before + 1))
    await phone.picture("own-muted-named-phone")

    await settle(phone, GROUP, "own.unmark")
    for screen in (phone, tablet):
        await expect(line(screen, GROUP).get_by_test_id("unread")).to_have_count(0)
    await settle(phone, GROUP, "own.mark")
    await expect(line(tablet, GROUP).get_by_test_id("marked")).to_be_visible()
    await phone.picture("own-marked-phone")
    await tablet.open(GROUP)
    await expect(line(phone, GROUP).get_by_test_id("marked")).to_have_count(0)
    await settle(phone, GROUP, "own.hide")
    await expect(line(phone, GROUP)).to_have_count(0)
    await wangfang.write("资料已放在会议室")
    await expect(line(phone, GROUP)).to_contain_text("资料已放在会议室")


async def test_a_draft_follows_from_the_phone_to_the_desk(seat: Seat) -> None:
    phone, tablet = await seat("zhangwei"), await seat("zhangwei", size=DESK)
    wangfang = await seat("wangfang", at="/console")
    await phone.open("王芳")
    await phone.page.get_by_test_id("message-input").fill("我想把定期转成")
    await to_list(phone)
    await expect(line(phone, "王芳")).to_contain_text("[草稿]我想把定期转成")
    await phone.picture("own-draft-phone")
    await expect(line(tablet, "王芳")).to_contain_text("[草稿]我想把定期转成")
    await tablet.open("王芳")
    field = tablet.page.get_by_test_id("message-input")
    await expect(field).to_have_value("我想把定期转成")
    await tablet.picture("own-draft-desk")
    await field.press("End")
    await field.press_sequentially("活期")
    await tablet.page.get_by_test_id("message-send").click()
    await expect(line(phone, "王芳").get_by_test_id("draft")).to_have_count(0)
    await expect(line(phone, "王芳")).to_contain_text("我想把定期转成活期")
    await wangfang.open("张伟")
    await wangfang.sees("我想把定期转成活期")

    await wangfang.page.get_by_test_id("message-input").fill("好的，我来")
    await line(wangfang, "李娜").click()
    await expect(line(wangfang, "张伟")).to_contain_text("[草稿]好的，我来")
    await settle(wangfang, "李娜", "own.pin")
    await settle(wangfang, "李娜", "own.mute")
    await expect(line(wangfang, "李娜")).to_have_attribute("data-pinned", "true")
    await line(wangfang, "张伟").click(button="right")
    await wangfang.picture("own-console-desk")
    await wangfang.page.keyboard.press("Escape")
    await wangfang.open("张伟")
    await expect(wangfang.page.get_by_test_id("message-input")).to_have_value("好的，我来")


async def test_stars_and_cleared_history(seat: Seat) -> None:
    phone, tablet = await seat("zhangwei"), await seat("zhangwei", size=DESK)
    wangfang = await seat("wangfang", at="/console")
    await wangfang.open("张伟")
    for words in ("新客专享：7 天产品额度 20 万", "网点周末营业到下午四点", "请带身份证原件"):
        await wangfang.write(words)
    await phone.open("王芳")
    await phone.sees("请带身份证原件")
    for words in ("额度 20 万", "营业到下午四点", "身份证原件"):
        await choose(phone, phone.bubble(words), "message-star")
    await phone.bubble("身份证原件").locator(".el-bubble").click(button="right")
    await expect(phone.page.get_by_test_id("message-unstar")).to_be_visible()
    await phone.picture("own-star-menu-phone")
    await phone.page.keyboard.press("Escape")

    await tablet.page.get_by_test_id("tab-me").click()
    await tablet.page.get_by_test_id("me-stars").click()
    stars = tablet.page.get_by_test_id("star")
    await expect(stars).to_have_count(3)
    await expect(stars.first).to_contain_text("请带身份证原件")
    await stars.first.get_by_test_id("star-off").click()
    await expect(stars).to_have_count(2)
    await choose(wangfang, wangfang.bubble("下午四点"), "message-recall")
    await tablet.page.reload()
    await expect(stars.first).to_contain_text("消息已被撤回", timeout=15_000)
    await tablet.picture("own-stars-desk")

    await to_list(phone)
    await line(phone, "王芳").click(button="right")
    await phone.page.get_by_test_id("own.clear").click()
    await phone.picture("own-clear-phone")
    await phone.page.get_by_test_id("own.clear-sure").click()
    await expect(line(phone, "王芳")).not_to_contain_text("身份证原件")
    await phone.open("王芳")
    await expect(phone.page.get_by_test_id("bubble")).to_have_count(0)
    await phone.picture("own-cleared-phone")
    await tablet.page.reload()
    await expect(stars).to_have_count(2, timeout=15_000)
    await expect(stars.nth(1)).to_contain_text("您已不能查看这条消息")
    await expect(stars.nth(1)).to_have_attribute("data-state", "withheld")
    await wangfang.sees("额度 20 万")
    await wangfang.write("明天见")
    await phone.sees("明天见")
    await expect(phone.page.get_by_test_id("bubble")).to_have_count(1)
    await to_list(phone)
    await phone.page.get_by_test_id("tab-me").click()
    await phone.page.get_by_test_id("me-stars").click()
    await expect(phone.page.get_by_test_id("star")).to_have_count(2)
    await phone.picture("own-stars-phone")


async def test_a_manager_keeps_a_message_at_hand(seat: Seat) -> None:
    wangfang = await seat("wangfang", at="/console")
    await wangfang.open("张伟")
    await wangfang.write("张先生的首付款周五到账")
    await choose(wangfang, wangfang.bubble("首付款"), "message-star")
    await wangfang.page.get_by_role("menuitem", name="我的收藏").click()
    kept = wangfang.page.get_by_test_id("star")
    await expect(kept).to_contain_text("张先生的首付款周五到账")
    await wangfang.picture("own-stars-console")
    await kept.get_by_role("button").first.click()
    around = wangfang.page.get_by_test_id("around")
    await expect(around).to_contain_text("张先生的首付款周五到账")
