"""The assist desk: a customer asks for a person; two agents reach for her, one serves, passes her
on with a note, the other closes; she rates; the supervisor sees all of it.
"""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Locator, Route, expect

from .conftest import Screen, Seat

pytestmark = pytest.mark.browser
SERVICE = "工银服务"
SLOW = 10_000
QUEUE = "**/cases?state=waiting**"


async def at_desk(seat: Seat, user: str, status: str) -> Screen:
    agent = await seat(user, at="/console")
    await set_status(agent, status)
    return agent


async def set_status(agent: Screen, status: str) -> None:
    await agent.page.get_by_test_id("staff-status").click()
    await agent.page.get_by_test_id(f"status-{status}").last.click()


def waiting(agent: Screen) -> Locator:
    return agent.page.get_by_test_id("desk-queue").get_by_test_id("waiting-李娜")


async def reach_for_her(winner: Screen, loser: Screen) -> None:
    """The loser's screen still shows what was so before the colleague was faster."""
    told = asyncio.Event()

    async def hold(route: Route) -> None:
        await told.wait()
        await route.continue_()

    await loser.page.route(QUEUE, hold)
    await waiting(winner).get_by_test_id("claim").click()
    await expect(winner.page.get_by_test_id("chat-title")).to_contain_text("李娜", timeout=SLOW)
    await waiting(loser).get_by_test_id("claim").click()
    await expect(loser.page.get_by_text("刚刚由同事领取")).to_be_visible(timeout=SLOW)
    await loser.picture("desk-claim-lost")
    told.set()
    await expect(waiting(loser)).to_have_count(0, timeout=SLOW)
    await loser.page.unroute(QUEUE)


async def test_a_customer_is_served_by_two_and_rates_them(  # noqa: PLR0915 - one story
    seat: Seat,
) -> None:
    lina = await seat("lina")
    linxiao, chenchen = await at_desk(seat, "kefu1", "busy"), await at_desk(seat, "kefu2", "busy")
    boss = await seat("zhuguan", at="/console")
    await expect(linxiao.page.get_by_text("现在没有客户在等待")).to_be_visible(timeout=SLOW)
    await linxiao.picture("desk-empty")

    # The bot answers first; then she asks for a person, and knows where she stands.
    await lina.open(SERVICE)
    await lina.write_to_account("查余额")
    await expect(lina.page.get_by_test_id("bubble").filter(has_text="余额").last).to_be_visible(
        timeout=SLOW
    )
    await expect(lina.page.get_by_test_id("service-bar")).to_contain_text("智能服务")
    await lina.page.get_by_test_id("ask-person").click()
    bar = lina.page.get_by_test_id("service-bar")
    await expect(bar).to_have_attribute("data-state", "waiting", timeout=SLOW)
    await expect(bar).to_contain_text("下一位就是您")
    await lina.picture("desk-waiting-phone")

    # Both reach for her; one is faster, and the other is told so.
    await expect(waiting(linxiao)).to_be_visible(timeout=SLOW)
    await expect(waiting(chenchen)).to_be_visible(timeout=SLOW)
    await expect(waiting(linxiao).get_by_test_id("clock")).to_have_attribute("data-tone", "calm")
    await linxiao.picture("desk-queue")
    await boss.picture("desk-board-waiting")
    await reach_for_her(linxiao, chenchen)
    await expect(bar).to_contain_text("林晓正在为您服务", timeout=SLOW)

    # A note that she never sees, and a canned reply by the keyboard alone.
    await linxiao.page.get_by_test_id("note-input").fill("客户咨询余额，注意核实来电身份")
    await linxiao.page.get_by_test_id("note-send").click()
    await expect(linxiao.page.get_by_test_id("note")).to_contain_text("核实来电身份")
    field = linxiao.page.get_by_test_id("message-input")
    await field.fill("/n")
    await expect(linxiao.page.get_by_test_id("canned-nh")).to_be_visible(timeout=SLOW)
    await linxiao.picture("desk-canned")
    await field.press("Enter")
    await expect(field).to_have_value(
        "李娜您好，我是工银服务的林晓，很高兴为您服务。", timeout=SLOW
    )
    await field.press("Enter")
    await lina.sees("我是工银服务的林晓")
    await lina.write("我想了解一下定期存款")
    await linxiao.sees("定期存款")
    await linxiao.picture("desk-serving")
    await lina.picture("desk-serving-phone")
    await expect(lina.page.get_by_text("核实来电身份")).to_have_count(0)

    # Passed on, with a word for the colleague.
    await set_status(chenchen, "available")
    await linxiao.page.get_by_test_id("case-transfer").click()
    await linxiao.page.get_by_test_id("transfer-to").click()
    await linxiao.page.get_by_title("陈晨").click()
    await linxiao.page.get_by_test_id("transfer-note").fill("客户想比较一年期和三年期定期存款")
    await linxiao.picture("desk-transfer")
    await linxiao.page.get_by_test_id("transfer-send").click()
    mine = chenchen.page.get_by_test_id("case-李娜")
    await expect(mine).to_be_visible(timeout=SLOW)
    await mine.click()
    await expect(chenchen.page.get_by_test_id("notes")).to_contain_text("三年期")
    await expect(bar).to_contain_text("陈晨正在为您服务", timeout=SLOW)
    await chenchen.write("您好，一年期和三年期的利率我发给您")
    await lina.sees("一年期和三年期的利率")
    await chenchen.picture("desk-transferred")
    await boss.picture("desk-board-serving")

    # Closed; she rates; the supervisor sees it.
    await chenchen.page.get_by_test_id("case-close").click()
    await chenchen.page.get_by_test_id("end-send").click()
    rating = lina.page.get_by_test_id("rating-card")
    await expect(rating).to_be_visible(timeout=SLOW)
    await rating.get_by_test_id("rate-5").check()
    await rating.get_by_test_id("rating-comment").fill("解释得很清楚")
    await lina.picture("desk-rating-phone")
    await rating.get_by_test_id("rating-send").click()
    await expect(rating).to_contain_text("感谢您的评价", timeout=SLOW)
    await expect(bar).to_contain_text("智能服务", timeout=SLOW)
    await boss.page.get_by_test_id("cases-closed").click()
    await expect(boss.page.get_by_test_id("case-rating")).to_contain_text(
        "解释得很清楚", timeout=20_000
    )
    await expect(boss.page.get_by_test_id("board-tiles")).to_contain_text("5.0", timeout=20_000)
    await boss.page.get_by_test_id("case-log").first.click()
    await expect(boss.page.get_by_test_id("case-log-lines")).to_contain_text(
        "定期存款", timeout=SLOW
    )
    await boss.picture("desk-board-rated")


async def test_those_who_answer_for_the_desk_keep_it_in_order(seat: Seat) -> None:
    admin = await seat("admin", at="/console")
    await admin.page.get_by_role("menuitem", name="服务台设置").click()
    sunday = admin.page.get_by_test_id("settings-week").get_by_label("星期日")
    await sunday.fill("乱写")
    await expect(admin.page.get_by_text("无法识别的时间")).to_be_visible()
    await sunday.fill("9:00-12:00，13:30-18:00")
    await admin.picture("desk-settings-hours")
    await admin.page.get_by_test_id("settings-save").click()
    await expect(admin.page.get_by_test_id("settings-save")).to_be_disabled(timeout=SLOW)
    await expect(sunday).to_have_value("09:00-12:00, 13:30-18:00")
    for part in ("queues", "staff", "targets"):
        await admin.page.get_by_test_id(f"settings-{part}").click()
        await admin.picture(f"desk-settings-{part}")

    # The supervisor reads them, and keeps the canned replies.
    boss = await seat("zhuguan", at="/console")
    await boss.page.get_by_role("menuitem", name="服务台设置").click()
    await expect(boss.page.get_by_test_id("settings-save")).to_have_count(0)
    await boss.page.get_by_test_id("settings-replies").click()
    await boss.page.get_by_test_id("reply-new").click()
    await boss.page.get_by_test_id("reply-shortcut").fill("ll")
    await boss.page.get_by_test_id("reply-title").fill("利率")
    await boss.page.get_by_test_id("reply-text").fill("{customer_name}，最新利率请见公告。")
    await boss.page.get_by_test_id("reply-save").click()
    await expect(boss.page.get_by_text("最新利率请见公告")).to_be_visible(timeout=SLOW)
    await boss.picture("desk-settings-replies")

    # In English, and on the audit trail.
    await boss.page.get_by_test_id("language-en").click()
    await boss.page.get_by_role("menuitem", name="Service board").click()
    await expect(boss.page.get_by_test_id("board-tiles")).to_contain_text("Longest wait")
    await boss.picture("desk-board-en")
    await admin.page.get_by_role("menuitem", name="操作留痕").click()
    table = admin.page.get_by_test_id("audit-table")
    await expect(table).to_contain_text("登录成功", timeout=SLOW)
    await expect(table).to_contain_text("选择语言", timeout=SLOW)
    await admin.picture("audit-trail")
    await admin.page.get_by_test_id("audit-more").click()
    await expect(table).to_contain_text("新增人员", timeout=SLOW)
