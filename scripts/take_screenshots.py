"""Pictures of the real thing: plays the stories in headless Chromium on a folder of its own.

`python -m scripts.take_screenshots` writes what the README shows into docs/screenshots/;
`--gallery DIR` writes every main screen in both languages there instead, to be looked at.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.house import ServedHouse

ROOT = Path(__file__).parents[1]
SHOWN = ROOT / "docs" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1120, "height": 844}
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
SETTLED_MS = 700  # animations of the component library
LANGUAGES = ("zh-CN", "en")
TRANSFER = re.compile("^(确认转账|Confirm transfer)$")
SIDE_BY_SIDE = """<style>
body{{margin:0;padding:28px;display:flex;gap:28px;background:#e9ecf1;width:max-content}}
img{{height:844px;border-radius:14px;box-shadow:0 6px 28px #0003;display:block}}
</style>{images}"""


class Photographer:
    """One house, one browser, one folder for the pictures."""

    def __init__(self, house: ServedHouse, browser: Browser, folder: Path) -> None:
        self.house, self._browser, self._folder = house, browser, folder
        folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def screen(
        self, user: str = "", *, at: str = "/", language: str = "zh-CN", desk: bool = False
    ) -> Iterator[Page]:
        """Somebody at a fresh device; logged in when a name is given."""
        context = self._browser.new_context(
            viewport=DESK if desk else PHONE,
            locale=language,
            timezone_id="Asia/Shanghai",
            device_scale_factor=1 if desk else 2,
        )
        page = context.new_page()
        page.goto(self.house.url + at)
        if language != "zh-CN":
            page.get_by_test_id(f"language-{language}").click()
        if user:
            page.get_by_test_id("login-user").fill(user)
            page.get_by_test_id("login-password").fill(f"demo-{user}")
            page.get_by_test_id("login-submit").click()
            page.get_by_test_id("login-submit").wait_for(state="detached")
        yield page
        context.close()

    def shoot(self, page: Page, name: str = "") -> bytes:
        """A picture as it is now; kept when it has a name."""
        page.wait_for_timeout(SETTLED_MS)
        return page.screenshot(path=self._folder / f"{name}.png" if name else None)

    def together(self, name: str, *pictures: bytes) -> None:
        """Several screens as one picture."""
        context = self._browser.new_context(viewport={"width": 2100, "height": 900})
        page = context.new_page()
        images = "".join(
            f'<img src="data:image/png;base64,{b64encode(each).decode()}">' for each in pictures
        )
        page.set_content(SIDE_BY_SIDE.format(images=images))
        page.locator("body").screenshot(path=self._folder / f"{name}.png")
        context.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--gallery", type=Path, metavar="DIR")
    gallery: Path | None = arguments.parse_args().gallery
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        house = ServedHouse(Path(folder) / "data")
        house.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            photographer = Photographer(house, browser, gallery or SHOWN)
            if gallery:
                show_all(photographer)
            else:
                show_transfer(photographer)
        finally:
            browser.close()
            house.stop()


def show_transfer(photographer: Photographer) -> None:
    """The README's picture: the money's way on the phone, and the manager's desk beside it."""
    with photographer.screen("zhangwei") as zhangwei:
        talk_to_manager(zhangwei)
        zhangwei.go_back()
        steps: list[bytes] = []
        transfer(
            photographer.house,
            zhangwei,
            lambda step: steps.append(photographer.shoot(zhangwei)) if step == "card" else None,
        )
        steps.append(photographer.shoot(zhangwei))
        with photographer.screen("wangfang", at="/console", desk=True) as wangfang:
            wangfang.get_by_test_id("conversation-张伟").click()
            write(wangfang, "张先生，明天上午十点可以，到了请直接找我。")
            steps.append(photographer.shoot(wangfang))
    photographer.together("overview", *steps)


def show_all(photographer: Photographer) -> None:
    for language in LANGUAGES:
        show_log_in(photographer, language)
        show_phone(photographer, language)
        show_desk(photographer, language)
    with photographer.screen(at="/docs", desk=True) as page:
        photographer.shoot(page, "docs")
    with photographer.screen(at="/demo/phone") as page:
        photographer.shoot(page, "demo-phone")


def show_log_in(photographer: Photographer, language: str) -> None:
    with photographer.screen(language=language) as page:
        photographer.shoot(page, f"{language}-log-in")
    with photographer.screen(at="/console", language=language, desk=True) as page:
        photographer.shoot(page, f"{language}-console-log-in")


def show_phone(photographer: Photographer, language: str) -> None:
    def shoot(what: str) -> None:
        photographer.shoot(page, f"{language}-{what}")

    with photographer.screen("zhangwei", language=language) as page:
        page.get_by_test_id("conversation-工银服务").wait_for()
        shoot("conversations")
        talk_to_manager(page)
        shoot("chat")
        page.go_back()
        page.get_by_test_id("conversation-工银服务").click()
        shoot("account")
        page.get_by_test_id("article").first.click()
        shoot("article")
        page.go_back()
        page.go_back()
        transfer(photographer.house, page, lambda step: shoot(f"transfer-{step}"))
        shoot("transfer-receipt")
        photographer.house.elian("demo", "buy", "zhangwei", "328.00")
        page.wait_for_timeout(5_000)
        shoot("offer")
        write(page, "帮我查一下余额")
        page.wait_for_timeout(1_500)
        shoot("balance")
        page.go_back()
        page.get_by_test_id("tab-me").click()
        shoot("me")
        for part in ("me-consents", "me-devices"):
            page.get_by_test_id(part).click()
            shoot(part)
            page.go_back()


def show_desk(photographer: Photographer, language: str) -> None:
    with photographer.screen("wangfang", at="/console", language=language, desk=True) as page:
        page.get_by_test_id("conversation-张伟").click()
        photographer.shoot(page, f"{language}-console-inbox")
    with photographer.screen("ops", at="/console", language=language, desk=True) as page:
        page.get_by_test_id("broadcast-new").click()
        page.get_by_test_id("article-title").fill("五一假期网点营业安排")
        page.get_by_test_id("article-digest").fill("部分网点照常营业")
        page.get_by_test_id("article-body").fill("海淀支行假期照常营业。\n\n其余网点请先预约。")
        photographer.shoot(page, f"{language}-console-compose")
        page.get_by_test_id("broadcast-submit").click()
        photographer.shoot(page, f"{language}-console-submitted")
    with photographer.screen("shenhe", at="/console", language=language, desk=True) as page:
        page.get_by_text("五一假期网点营业安排").first.click()
        photographer.shoot(page, f"{language}-console-review")
    with photographer.screen("admin", at="/console", language=language, desk=True) as page:
        page.get_by_test_id("audit-table").wait_for()
        photographer.shoot(page, f"{language}-console-audit")


def talk_to_manager(page: Page) -> None:
    page.get_by_test_id("conversation-王芳").click()
    write(page, "王经理您好，我想问问明天上午能不能到网点办理？")


def write(page: Page, text: str) -> None:
    """An account's thread shows its menu first."""
    page.wait_for_timeout(SETTLED_MS)
    keyboard = page.get_by_test_id("keyboard-toggle")
    if keyboard.is_visible():
        keyboard.click()
    page.get_by_test_id("message-input").fill(text)
    page.get_by_test_id("message-send").click()


def transfer(
    house: ServedHouse, page: Page, at_step: Callable[[str], object] = lambda _: None
) -> None:
    """The transfer by a sentence, up to the receipt."""
    page.get_by_test_id("conversation-工银服务").click()
    write(page, "给李娜转500块")
    confirm = page.get_by_role("button", name=TRANSFER).last
    confirm.wait_for()
    at_step("card")
    confirm.click()
    field = page.get_by_placeholder(re.compile("6位数字|6 digits")).last
    field.wait_for()
    at_step("code")
    field.fill(newest_code(house))
    page.get_by_role("button", name=re.compile("^(提交|Submit)$")).last.click()
    field.wait_for(state="detached")
    page.wait_for_timeout(2 * SETTLED_MS)  # receipt and notice


def newest_code(house: ServedHouse) -> str:
    """From the last text on the demonstration's phone."""
    address = f"{house.url}/demo/phone/messages?phone=13800000001"
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own http address
        texts = json.load(answer)
    return CODE.findall(texts[-1]["text"])[-1]


if __name__ == "__main__":
    main()
