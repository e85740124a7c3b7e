"""Groups: a manager brings two customers together; one goes, misses what is said, and returns."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .conftest import Screen, Seat

pytestmark = pytest.mark.browser
CLUB = "周五理财沙龙"


async def create(wangfang: Screen) -> None:
    await wangfang.page.get_by_test_id("new-group").click()
    await wangfang.page.get_by_test_id("group-title").fill(CLUB)
    for user in ("zhangwei", "lina"):
        await wangfang.page.get_by_test_id(f"pick-{user}").check()
    await wangfang.page.get_by_test_id("group-create").click()
    await expect(wangfang.page.get_by_test_id("chat-title")).to_contain_text(CLUB)


async def line(screen: Screen, text: str) -> None:
    await expect(screen.page.get_by_test_id("member-line").filter(has_text=text)).to_be_visible(
        timeout=10_000
    )


async def test_a_group_is_made_talks_loses_one_and_gets_her_back(  # noqa: PLR0915 - one story
    seat: Seat,
) -> None:
    zhangwei, lina = await seat("zhangwei"), await seat("lina")
    wangfang = await seat("wangfang", at="/console")
    await create(wangfang)
    await line(wangfang, "你创建了群聊，邀请了张伟、李娜")

    # All three talk, each under their name.
    await zhangwei.open(CLUB)
    await lina.open(CLUB)
    await wangfang.write("欢迎两位，周五下午三点见")
    await zhangwei.sees("欢迎两位")
    await zhangwei.write("好的，我准时到")
    await lina.sees("我准时到")
    await lina.write("我也来")
    await zhangwei.sees("我也来")
    await expect(zhangwei.bubble("我也来")).to_contain_text("李娜")
    await line(zhangwei, "王芳创建了群聊，邀请了你、李娜")
    read = zhangwei.bubble("我准时到").get_by_test_id("read-by")
    await expect(read).to_have_text("2 人已读", timeout=10_000)
    await read.click()
    await expect(zhangwei.page.get_by_test_id("readers")).to_contain_text("李娜")
    await zhangwei.picture("groups-chat-phone")

    # An announcement stands over every chat.
    await wangfang.page.get_by_test_id("group-details").click()
    await wangfang.page.get_by_test_id("group-announce").click()
    await wangfang.page.get_by_test_id("group-announce-text").fill("请带好身份证件")
    await wangfang.page.get_by_test_id("group-announce-save").click()
    await expect(zhangwei.page.get_by_test_id("announcement")).to_contain_text("请带好身份证件")

    # A link is made; then she is removed and sees nothing of what is said later.
    await wangfang.page.get_by_test_id("invite-link").click()
    address = await wangfang.page.get_by_test_id("invite-qr").get_attribute("data-address")
    assert address
    await wangfang.picture("groups-page-desk")
    await wangfang.page.get_by_test_id("actions-lina").click()
    await wangfang.page.get_by_test_id("remove").click()
    await wangfang.page.get_by_test_id("remove-sure").click()
    await line(lina, "王芳将你移出群聊")
    await expect(lina.page.get_by_test_id("message-input")).to_have_count(0)
    await zhangwei.write("李娜不在的时候说的话")
    await wangfang.page.get_by_test_id("group-details").click()
    await wangfang.sees("李娜不在的时候说的话")
    await lina.page.reload()
    await line(lina, "王芳将你移出群聊")
    await expect(lina.bubble("不在的时候")).to_have_count(0)
    await expect(lina.page.get_by_text("您已不在此群聊中")).to_be_visible()
    await lina.picture("groups-removed-phone")

    # She comes back by the link and reads from there on.
    await lina.page.goto(address)
    await lina.page.reload()
    await expect(lina.page.get_by_test_id("join-card")).to_contain_text("王芳邀请您加入")
    await lina.picture("groups-join-phone")
    await lina.page.get_by_test_id("join-group").click()
    await line(lina, "你通过王芳的邀请加入群聊")
    await line(zhangwei, "李娜通过王芳的邀请加入群聊")
    await wangfang.write("欢迎回来")
    await lina.sees("欢迎回来")
    await expect(lina.bubble("不在的时候")).to_have_count(0)
    await lina.write("谢谢")
    await wangfang.sees("谢谢")
    await wangfang.picture("groups-chat-desk")

    # Her page of the group, on the phone.
    await lina.page.get_by_test_id("group-details").click()
    await expect(lina.page.get_by_test_id("member-wangfang")).to_have_attribute(
        "data-role", "owner"
    )
    await lina.picture("groups-members-phone")


async def test_a_manager_makes_a_group_on_the_phone_and_hushes_it(seat: Seat) -> None:
    lina, wangfang = await seat("lina"), await seat("wangfang")
    await wangfang.page.get_by_test_id("new-group").click()
    await wangfang.picture("groups-new-phone")
    await wangfang.page.go_back()
    await create(wangfang)
    await lina.open(CLUB)
    await lina.write("大家好")
    await wangfang.sees("大家好")
    await wangfang.page.get_by_test_id("group-details").click()
    await wangfang.page.get_by_test_id("group-silent").click()
    await line(lina, "王芳开启了全员禁言")
    await expect(lina.page.get_by_test_id("message-input")).to_have_count(0)
    await wangfang.page.get_by_test_id("group-silent").click()
    await expect(lina.page.get_by_test_id("message-input")).to_be_visible()
    await wangfang.page.get_by_test_id("group-dissolve").click()
    await wangfang.page.get_by_test_id("group-dissolve-sure").click()
    await line(lina, "王芳解散了群聊")
    await lina.page.go_back()
    await lina.page.get_by_test_id("new-group").click()
    await lina.page.get_by_test_id("group-title").fill("买房问问")
    await lina.page.get_by_test_id("pick-wangfang").check()
    await lina.picture("groups-new-by-customer")
    await lina.page.get_by_test_id("group-create").click()
    await expect(lina.page.get_by_test_id("chat-title")).to_contain_text("买房问问")
    await lina.write("首付够了吗？")
    await wangfang.open("买房问问")
    await wangfang.sees("首付够了吗？")
