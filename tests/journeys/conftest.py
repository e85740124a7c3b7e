"""A browser, a house in its own process, and the people of the demonstration at their screens."""

from __future__ import annotations

import json
import os
import re
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

from tests.house import ServedHouse, demo_data, loaded_data

__all__ = ["demo_data", "loaded_data"]

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a microphone that hums
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1360, "height": 860}
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


@pytest.fixture
def house(demo_data: Path) -> Iterator[ServedHouse]:
    served = ServedHouse(demo_data)
    served.start()
    yield served
    served.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = os.environ.get("ELIAN_TEST_CHROMIUM", "/usr/bin/chromium")
        launched = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield launched
        await launched.close()


@dataclass
class Screen:
    """One person at one device: a browser profile of its own."""

    page: Page
    house: ServedHouse
    user: str

    async def log_in(self) -> None:
        await self.page.get_by_test_id("login-user").fill(self.user)
        await self.page.get_by_test_id("login-password").fill(f"demo-{self.user}")
        await self.page.get_by_test_id("login-submit").click()

    async def open(self, title: str) -> None:
        await self.page.get_by_test_id(f"conversation-{title}").click()

    async def write(self, text: str) -> None:
        await self.page.get_by_test_id("message-input").fill(text)
        await self.page.get_by_test_id("message-send").click()

    async def write_to_account(self, text: str) -> None:
        """An account's thread shows its menu first, as WeChat does."""
        keyboard = self.page.get_by_test_id("keyboard-toggle")
        field = self.page.get_by_test_id("message-input")
        await expect(keyboard.or_(field)).to_be_visible()
        if await keyboard.is_visible():
            await keyboard.click()
        await self.write(text)

    def bubble(self, text: str) -> Locator:
        return self.page.get_by_test_id("bubble").filter(has_text=text)

    def card(self, text: str) -> Locator:
        return self.page.get_by_test_id("card").filter(has_text=text).last

    async def sees(self, text: str) -> None:
        await expect(self.bubble(text).last).to_be_visible(timeout=10_000)

    async def texts(self) -> list[str]:
        """What was written, top to bottom."""
        return await self.page.locator('[data-body="text"] p').all_inner_texts()

    async def picture(self, name: str) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        await self.page.screenshot(path=ARTIFACTS / f"{name}.png")


Seat = Callable[..., Awaitable[Screen]]


@pytest.fixture
async def seat(browser: Browser, house: ServedHouse) -> AsyncIterator[Seat]:
    """Sit somebody down at a fresh device and log them in."""
    contexts: list[BrowserContext] = []

    async def sit(
        user: str, *, at: str = "/", size: dict[str, int] | None = None, site: str = ""
    ) -> Screen:
        phone = at == "/"
        context = await browser.new_context(
            viewport=size or (PHONE if phone else DESK),
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            device_scale_factor=2 if phone else 1,
        )
        contexts.append(context)
        page = await context.new_page()
        await page.goto((site or house.url) + at)
        screen = Screen(page, house, user)
        await screen.log_in()
        return screen

    yield sit
    for context in contexts:
        await context.close()


def newest_code(house: ServedHouse, phone: str = "13800000001") -> str:
    """The code in the last text on the demonstration's phone."""
    with urllib.request.urlopen(f"{house.url}/demo/phone/messages?phone={phone}") as answer:
        texts = json.load(answer)
    return CODE.findall(texts[-1]["text"])[-1]
