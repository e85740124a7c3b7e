"""Story 3: money moves by a sentence, once, and every other ending is a truthful one."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import expect

from tests.house import ServedHouse

from .conftest import Screen, Seat, newest_code

pytestmark = pytest.mark.browser


async def _until_code(zhangwei: Screen, sentence: str) -> None:
    await zhangwei.open("工银服务")
    await zhangwei.write_to_account(sentence)
    await zhangwei.page.get_by_role("button", name="确认转账").last.click()
    await expect(zhangwei.page.get_by_placeholder("6位数字").last).to_be_visible(timeout=10_000)


async def _enter(zhangwei: Screen, code: str) -> None:
    await zhangwei.page.get_by_placeholder("6位数字").last.fill(code)
    await zhangwei.page.get_by_role("button", name="提交", exact=True).last.click()


def _books_are_right(house: ServedHouse) -> None:
    report = json.loads(house.elian("bank", "audit", "--json"))
    assert (report["violations"], report["writes_stopped"]) == ([], None)


async def test_five_hundred_yuan_reach_lina_by_a_sentence(seat: Seat, house: ServedHouse) -> None:
    lina = await seat("lina")
    await lina.open("工银服务")
    zhangwei = await seat("zhangwei")
    await zhangwei.open("工银服务")
    await zhangwei.write_to_account("给李娜转500块")
    confirm = zhangwei.card("伍佰元整")
    await expect(confirm).to_contain_text("500.00")
    await expect(confirm).to_contain_text("李娜")
    await expect(confirm.get_by_test_id("card-countdown")).to_be_visible()
    await zhangwei.picture("3-confirm-phone")
    await zhangwei.page.get_by_role("button", name="确认转账").click()
    await expect(zhangwei.page.get_by_placeholder("6位数字").last).to_be_visible(timeout=10_000)
    await zhangwei.picture("3-code-phone")
    phone = await zhangwei.page.context.new_page()
    await phone.goto(house.url + "/demo/phone")
    await expect(phone.get_by_text("500.00").first).to_be_visible()
    await phone.screenshot(path="artifacts/3-sms-phone.png")
    await phone.close()
    await _enter(zhangwei, newest_code(house))
    receipt = zhangwei.card("转账成功")
    await expect(receipt).to_be_visible(timeout=10_000)
    await zhangwei.picture("3-receipt-phone")

    await lina.sees("500.00")
    await lina.picture("3-notice-phone")
    await zhangwei.write_to_account("查余额")
    await expect(zhangwei.card("19,500.00").or_(zhangwei.card("18,772.10"))).to_be_visible()
    await zhangwei.picture("3-balance-phone")
    await lina.write_to_account("查余额")
    await expect(lina.card("8,500.00")).to_be_visible(timeout=10_000)
    _books_are_right(house)
    assert newest_code(house) not in house.log.read_text()


async def test_a_wrong_code_is_refused_and_the_right_one_then_pays_once(
    seat: Seat, house: ServedHouse
) -> None:
    zhangwei = await seat("zhangwei")
    await _until_code(zhangwei, "转账给李娜 12.34元")
    right = newest_code(house)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    await _enter(zhangwei, wrong)
    await zhangwei.sees("还可尝试 2 次")
    await zhangwei.picture("3-wrong-code-phone")
    await _enter(zhangwei, right)
    await expect(zhangwei.card("转账成功")).to_be_visible(timeout=10_000)
    _books_are_right(house)


async def test_an_expired_code_pays_nothing(seat: Seat, house: ServedHouse) -> None:
    house.stop()
    house.settings = {"ELIAN_SMS_CODE_S": "3"}
    house.start()
    zhangwei = await seat("zhangwei")
    await _until_code(zhangwei, "给李娜转20元")
    code = newest_code(house)
    await zhangwei.page.wait_for_timeout(3_500)
    await _enter(zhangwei, code)
    await zhangwei.sees("验证未通过")
    await zhangwei.picture("3-expired-code-phone")
    await zhangwei.write_to_account("查余额")
    await expect(zhangwei.card("19,272.10")).to_be_visible(timeout=10_000)
    _books_are_right(house)


async def test_more_than_there_is_moves_nothing(seat: Seat, house: ServedHouse) -> None:
    zhangwei = await seat("zhangwei")
    await zhangwei.open("工银服务")
    await zhangwei.write_to_account("给李娜转4万9千块")
    await zhangwei.sees("余额不足")
    await zhangwei.picture("3-not-enough-phone")
    _books_are_right(house)


async def test_a_code_typed_as_plain_text_is_refused_and_stored_nowhere(
    seat: Seat, house: ServedHouse
) -> None:
    zhangwei = await seat("zhangwei")
    await _until_code(zhangwei, "给李娜转88元")
    code = newest_code(house)
    await zhangwei.write_to_account(code)
    await expect(zhangwei.page.get_by_text("验证码").last).to_be_visible()
    await zhangwei.picture("3-code-as-text-phone")
    for path in house.data.glob("chat.db*"):
        assert code.encode() not in path.read_bytes()


async def test_a_server_killed_between_confirm_and_receipt_tells_the_truth_afterwards(
    seat: Seat, house: ServedHouse
) -> None:
    zhangwei = await seat("zhangwei")
    await _until_code(zhangwei, "给李娜转66.60")
    code = newest_code(house)
    house.kill()
    house.start()
    await expect(zhangwei.page.get_by_test_id("connection-banner")).to_have_count(0, timeout=20_000)
    await _enter(zhangwei, code)
    await expect(zhangwei.card("转账成功")).to_be_visible(timeout=20_000)
    await zhangwei.picture("3-after-kill-phone")
    _books_are_right(house)
