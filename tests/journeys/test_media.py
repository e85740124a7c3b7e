"""Pictures and files: sent from a phone, seen and kept at the desk, and by nobody else."""

from __future__ import annotations

import re
import time
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import Page, expect

from .conftest import Seat

pytestmark = pytest.mark.browser

PDF = b"%PDF-1.7\n" + b"%\xe2\xe3\xcf\xd3 statement\n" * 4000
TICKET = re.compile(r"/v1/media/[0-9a-f]{64}/[^/]+\.\d+\.wangfang$")
ASK = """async ([path, method]) => {
  const key = "elian.client.refresh";
  const device = localStorage.getItem("elian.client.device");
  const asked = JSON.stringify({refresh_token: localStorage.getItem(key), device});
  const json = {"Content-Type": "application/json"};
  const fresh = await fetch("/v1/refresh", {method: "POST", headers: json, body: asked});
  const tokens = await fresh.json();
  localStorage.setItem(key, tokens.refresh_token);
  const bearer = {Authorization: `Bearer ${tokens.access_token}`};
  const answer = await fetch(path, {method, headers: bearer});
  return answer.status;
}"""

PASTE = """async (field) => {
  const canvas = new OffscreenCanvas(300, 200);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "seagreen";
  pen.fillRect(0, 0, 300, 200);
  const data = new DataTransfer();
  data.items.add(new File([await canvas.convertToBlob()], "截图.png", {type: "image/png"}));
  field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
}"""
FILM = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 160, height: 120});
  const pen = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(10), {mimeType: "video/webm"});
  const done = new Promise((resolve) => (recorder.ondataavailable = ({data}) => resolve(data)));
  recorder.start();
  for (let n = 0; n < 8; n += 1) {
    pen.fillStyle = n % 2 ? "crimson" : "white";
    pen.fillRect(0, 0, 160, 120);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  recorder.stop();
  return Array.from(new Uint8Array(await (await done).arrayBuffer()));
}"""


def picture() -> bytes:
    """A branch with a sign, more or less."""
    drawn = Image.new("RGB", (1200, 900), (236, 228, 220))
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((150, 300, 1050, 900), fill=(181, 18, 27))
    pen.ellipse((450, 380, 750, 680), fill=(255, 255, 255))
    out = BytesIO()
    drawn.save(out, "PNG")
    return out.getvalue()


async def attach(page: Page, kind: str, name: str, mime: str, content: bytes) -> None:
    await page.get_by_test_id("attach").click()
    file = {"name": name, "mimeType": mime, "buffer": content}
    await page.get_by_test_id(f"attach-{kind}").set_input_files(file)


async def close_by_tap_and_by_key(page: Page) -> None:
    viewer = page.locator(".adm-image-viewer-content:visible")
    await viewer.click(delay=80)  # a tap lasts: one of no time at all is not taken
    await expect(viewer).to_have_count(0)
    await page.get_by_test_id("image").click()
    await expect(viewer).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(viewer).to_have_count(0)


async def test_a_photo_and_a_file_reach_the_manager_and_nobody_else(
    seat: Seat, tmp_path: Path
) -> None:
    zhangwei = await seat("zhangwei")
    wangfang = await seat("wangfang", at="/console")
    await zhangwei.open("王芳")
    await wangfang.open("张伟")
    await zhangwei.page.get_by_test_id("attach").click()
    await zhangwei.picture("media-attach-phone")
    await zhangwei.page.get_by_test_id("attach").click()
    await attach(zhangwei.page, "photo", "网点.png", "image/png", picture())
    await attach(zhangwei.page, "file", "账单.pdf", "application/pdf", PDF)
    await expect(zhangwei.page.locator('[data-body="file"][data-mid]')).to_be_visible(
        timeout=20_000
    )
    await expect(zhangwei.page.get_by_test_id("upload-tray")).to_have_count(0)

    shown = wangfang.page.get_by_test_id("image").locator("img")
    await expect(shown).to_be_visible(timeout=20_000)
    await expect(shown).to_have_js_property("naturalWidth", 480)
    await expect(wangfang.page.get_by_test_id("file")).to_contain_text("账单.pdf")
    await zhangwei.picture("media-chat-phone")
    await wangfang.picture("media-inbox-desk")

    async with wangfang.page.expect_response(
        lambda answer: TICKET.search(answer.url) is not None
    ) as full:
        await wangfang.page.get_by_test_id("image").click()
    link = (await full.value).url
    viewer = wangfang.page.locator(".adm-image-viewer-content img").first
    await expect(viewer).to_have_js_property("naturalWidth", 1200)
    await expect(wangfang.page.locator(".adm-image-viewer-content")).to_be_visible()
    await wangfang.page.wait_for_timeout(800)  # it unfolds
    await wangfang.picture("media-viewer-desk")
    await close_by_tap_and_by_key(wangfang.page)

    async with wangfang.page.expect_download() as kept:
        await wangfang.page.get_by_test_id("file").click()
    download = await kept.value
    assert download.suggested_filename == "账单.pdf"
    await download.save_as(tmp_path / "kept.pdf")
    assert (tmp_path / "kept.pdf").read_bytes() == PDF

    await wangfang.page.get_by_test_id("message-input").evaluate(PASTE)
    await expect(zhangwei.page.get_by_test_id("image")).to_have_count(2, timeout=20_000)
    await wangfang.write("https://www.example.com/rates")
    link_card = zhangwei.page.get_by_test_id("link")
    await expect(link_card).to_have_attribute("rel", "noopener noreferrer")
    await zhangwei.picture("media-link-phone")

    lina = await seat("lina")
    await expect(lina.page.get_by_test_id("conversation-王芳")).to_be_visible()
    digest = link.split("/v1/media/")[1].split("/")[0]
    assert await lina.page.evaluate(ASK, [f"/v1/media/{digest}", "GET"]) == 404
    assert await lina.page.evaluate(ASK, [f"/v1/media/{digest}/link", "POST"]) == 404
    seal, _, user = link.rsplit("/", 1)[1].split(".")
    stale = f"/v1/media/{digest}/{seal}.{int(time.time() * 1000) - 1}.{user}"
    assert await lina.page.evaluate("(url) => fetch(url).then((r) => r.status)", stale) == 403


async def test_a_place_a_voice_and_what_is_refused(seat: Seat) -> None:
    zhangwei = await seat("zhangwei")
    context = zhangwei.page.context
    await context.grant_permissions(["geolocation", "microphone"])
    await context.set_geolocation({"latitude": 39.9139, "longitude": 116.3615})
    await zhangwei.open("王芳")
    await zhangwei.page.get_by_test_id("attach").click()
    await zhangwei.page.get_by_test_id("attach-place").click()
    await expect(zhangwei.page.get_by_test_id("location")).to_contain_text("39.9139° N")
    await attach(zhangwei.page, "file", "setup.exe", "application/octet-stream", b"MZ" + bytes(99))
    tray = zhangwei.page.get_by_test_id("upload-tray")
    await expect(tray.get_by_role("alert")).to_be_visible(timeout=15_000)
    await zhangwei.picture("media-refused-phone")
    await tray.get_by_role("button", name="取消").click()
    await expect(tray).to_have_count(0)

    await zhangwei.page.get_by_test_id("attach").click()
    await zhangwei.page.get_by_test_id("attach-voice").click()
    await expect(zhangwei.page.get_by_test_id("voice-send")).to_be_visible()
    await zhangwei.page.wait_for_timeout(1500)
    await zhangwei.page.get_by_test_id("voice-send").click()
    await expect(zhangwei.page.get_by_test_id("voice")).to_be_visible(timeout=15_000)
    await zhangwei.page.get_by_test_id("voice").click()
    await expect(zhangwei.page.locator("audio")).to_be_visible()
    await zhangwei.picture("media-voice-phone")

    film = bytes(await zhangwei.page.evaluate(FILM))
    await attach(zhangwei.page, "photo", "短片.webm", "video/webm", film)
    await zhangwei.page.get_by_test_id("video").click(timeout=20_000)
    await expect(zhangwei.page.locator("video")).to_have_js_property("videoWidth", 160)
    await zhangwei.picture("media-video-phone")
