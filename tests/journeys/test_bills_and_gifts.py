"""A bill is paid in the conversation, and a red packet in a group is taken by two."""

from __future__ import annotations

import json
import re

import pytest
from playwright.async_api import expect

from tests.house import ServedHouse

from .conftest import Screen, Seat, newest_code
from .test_groups import CLUB, create

pytestmark = pytest.mark.browser
SOON = 10_000


async def prove(screen: Screen, house: ServedHouse, button: str) -> None:
    """Presses the card's own button, and types the code that arrives."""
    await screen.page.get_by_role("button", name=button).last.click()
    field = screen.page.get_by_placeholder("6位数字").last
    await expect(field).to_be_visible(timeout=SOON)
    await field.fill(newest_code(house))
    await screen.page.get_by_role("button", name="提交", exact=True).last.click()


def books_are_right(house: ServedHouse) -> None:
    report = json.loads(house.elian("bank", "audit", "--json"))
    assert (report["violations"], report["writes_stopped"]) == ([], None)


async def test_an_electricity_bill_is_paid_and_its_receipt_kept(
    seat: Seat, house: ServedHouse
) -> None:
    zhangwei = await seat("zhangwei")
    await zhangwei.open("工银服务")
    await zhangwei.write_to_account("交电费")
    await zhangwei.sees("请输入居民电费的户号")
    await zhangwei.write_to_account("3101234567")
    confirm = zhangwei.card("确认缴费")
    await expect(confirm).to_contain_text("128.60", timeout=SOON)
    await expect(confirm).to_contain_text("3101234567")
    await zhangwei.picture("bill-confirm-phone")
    await prove(zhangwei, house, "确认缴费")
    await expect(zhangwei.card("缴费成功")).to_be_visible(timeout=SOON)
    await zhangwei.picture("bill-receipt-phone")
    await zhangwei.sees("京华供电公司")  # the account-change notice
    await zhangwei.write_to_account("缴费记录")
    await expect(zhangwei.card("缴费记录")).to_contain_text("128.60", timeout=SOON)
    await zhangwei.write_to_account("缴 电费 3101234567")
    await zhangwei.sees("没有待缴账单")
    books_are_right(house)


async def test_a_red_packet_in_a_group_is_taken_once_by_each(
    seat: Seat, house: ServedHouse
) -> None:
    zhangwei, lina = await seat("zhangwei"), await seat("lina")
    wangfang = await seat("wangfang", at="/console")
    await create(wangfang)
    await zhangwei.open("工银服务")
    await zhangwei.write_to_account("开通e支付")
    await expect(zhangwei.card("确认开通工银e支付")).to_be_visible(timeout=SOON)
    await prove(zhangwei, house, "确认开通")
    await expect(zhangwei.card("工银e支付已开通")).to_be_visible(timeout=SOON)

    # From the group to the bank's own conversation, where money is confirmed.
    await zhangwei.page.goto(house.url)
    await zhangwei.open(CLUB)
    await zhangwei.page.get_by_test_id("attach").click()
    await zhangwei.page.get_by_test_id("attach-gift").click()
    await zhangwei.sees("几个人领")
    await zhangwei.write_to_account("2个")
    await zhangwei.sees("一共多少钱")
    await zhangwei.write_to_account("88.88元")
    confirm = zhangwei.card("确认发红包")
    await expect(confirm).to_contain_text("捌拾捌元捌角捌分", timeout=SOON)
    await zhangwei.picture("gift-confirm-phone")
    await prove(zhangwei, house, "塞钱进红包")
    await expect(zhangwei.card("红包已发出")).to_be_visible(timeout=SOON)

    # Both take their share; who took what stands in the packet.
    await lina.open(CLUB)
    packet = lina.page.get_by_test_id("gift")
    await expect(packet).to_be_visible(timeout=SOON)
    await lina.picture("gift-closed-phone")
    await lina.page.get_by_test_id("gift-take").click()
    await expect(packet.get_by_test_id("gift-state")).to_contain_text("您领到", timeout=SOON)
    await expect(lina.page.get_by_test_id("gift-take")).to_have_count(0)
    await zhangwei.page.goto(house.url)
    await zhangwei.open(CLUB)
    await expect(zhangwei.page.get_by_test_id("gift-line").first).to_contain_text(
        "李娜", timeout=SOON
    )
    await zhangwei.page.get_by_test_id("gift-take").click()
    shares = zhangwei.page.get_by_test_id("gift-shares").locator("li")
    await expect(shares).to_have_count(2, timeout=SOON)
    await expect(lina.page.get_by_test_id("gift-shares").locator("li")).to_have_count(
        2, timeout=SOON
    )
    amounts = re.findall(r"¥(\d+)\.(\d\d)", " ".join(await shares.all_inner_texts()))
    assert sum(int(yuan) * 100 + int(fen) for yuan, fen in amounts) == 88_88
    await lina.picture("gift-taken-phone")
    books_are_right(house)
