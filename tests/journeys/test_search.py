"""Search: he finds a name of two characters on the phone, she at her desk, nobody else."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from .conftest import Screen, Seat

pytestmark = pytest.mark.browser

SOON_MS = 10_000


async def look_for(screen: Screen, text: str) -> Locator:
    await screen.page.get_by_role("searchbox").fill(text)
    return screen.page.get_by_test_id("found-message")


async def test_words_are_found_by_both_and_lead_to_their_place(seat: Seat) -> None:
    zhangwei, wangfang = await seat("zhangwei"), await seat("wangfang", at="/console")
    await zhangwei.open("王芳")
    await zhangwei.write("李娜说她存了三年定期,我也想存")
    for number in range(30):
        await zhangwei.write(f"第{number}个问题:什么时候方便")
    await wangfang.open("张伟")
    await wangfang.sees("第29个问题")

    # On the phone: over all conversations, two characters, one word of two.
    await zhangwei.page.go_back()
    found = await look_for(zhangwei, "李娜")
    first = found.filter(has_text="三年定期")
    await expect(first.locator("mark")).to_have_text("李娜", timeout=SOON_MS)
    await zhangwei.picture("search-phone-found")
    await first.click()
    looked_at = zhangwei.page.locator('[data-looked-at="true"]')
    await expect(looked_at).to_contain_text("三年定期")
    await expect(looked_at).to_be_in_viewport()
    await zhangwei.picture("search-phone-place")
    await zhangwei.page.get_by_test_id("to-latest").click()
    await zhangwei.sees("第29个问题")

    # Inside the conversation.
    await zhangwei.page.get_by_test_id("search-in-chat").click()
    found = await look_for(zhangwei, "定期 三年")
    await expect(found).to_have_count(1)
    await zhangwei.picture("search-phone-in-chat")
    await found.click()
    await expect(looked_at).to_contain_text("三年定期")

    # People, too.
    await zhangwei.page.go_back()
    await zhangwei.page.goto(zhangwei.house.url)
    await look_for(zhangwei, "王芳")
    await expect(zhangwei.page.get_by_test_id("found-王芳")).to_be_visible()

    # The manager at her desk.
    found = await look_for(wangfang, "李娜")
    await expect(found.filter(has_text="三年定期").locator("mark")).to_have_text("李娜")
    await wangfang.picture("search-desk-found")
    await found.filter(has_text="三年定期").click()
    there = wangfang.page.locator('[data-looked-at="true"]')
    await expect(there).to_contain_text("三年定期")
    await expect(there).to_be_in_viewport()
    await wangfang.picture("search-desk-place")


async def test_another_customer_finds_nothing_of_theirs(seat: Seat) -> None:
    zhangwei, lina = await seat("zhangwei"), await seat("lina")
    await zhangwei.open("王芳")
    await zhangwei.write("翡翠手镯可以存保管箱吗")
    await zhangwei.page.go_back()
    found = await look_for(zhangwei, "翡翠")
    await expect(found).to_have_count(1, timeout=SOON_MS)
    nothing = await look_for(lina, "翡翠")
    await expect(lina.page.get_by_text("没有找到相关聊天记录")).to_be_visible()
    await expect(nothing).to_have_count(0)
    await lina.picture("search-phone-nothing")
