"""Callbacks over real sockets: a served house, a partner's backend, a customer at a phone."""

from __future__ import annotations

import asyncio
import hashlib
import urllib.error
from pathlib import Path

import pytest
from aiohttp import web

from chat_server.platform.sealing import Crypter
from chat_server.platform.xml_text import read
from tests.house import ServedHouse, demo_data, loaded_data
from tests.partner import Asked, backend, call, created, customer, house, new_token

__all__ = ["demo_data", "house", "loaded_data"]


def signed(token: str, *parts: str) -> str:
    return hashlib.sha1("".join(sorted((token, *parts))).encode()).hexdigest()  # noqa: S324 - the protocol's own


def reply(asked: Asked, inner: str) -> web.Response:
    told = read(asked.body.encode())
    return web.Response(
        text=f"""<xml>
        <ToUserName><![CDATA[{told["FromUserName"]}]]></ToUserName>
        <FromUserName><![CDATA[{told["ToUserName"]}]]></FromUserName>
        <CreateTime>1700000000.5</CreateTime>{inner}</xml>""",
        content_type="text/xml",
    )


async def test_a_follow_and_a_message_reach_the_backend_and_its_answer_the_customer(
    house: ServedHouse,
) -> None:
    async with backend() as shop:
        account = await created(house, "花店", shop.url)

        async def answer(asked: Asked) -> web.Response:
            if "<Event>" in asked.body:
                return web.Response(text="success")
            said = "<MsgType>text</MsgType><Content>你说：&lt;你好&gt;</Content>"
            return reply(asked, said)

        shop.answer = answer
        async with customer(account) as zhangwei:
            followed = await shop.next()
            await zhangwei.say("<你好>")
            asked = await shop.next()
            heard = await zhangwei.hears()
    assert shop.echoes == 1
    event, told = read(followed.body.encode()), read(asked.body.encode())
    assert (event["MsgType"], event["Event"], event["EventKey"]) == ("event", "subscribe", "")
    assert "MsgId" not in event
    assert (told["MsgType"], told["Content"]) == ("text", "<你好>")
    assert str(told["MsgId"]).isdecimal()
    assert told["FromUserName"] == event["FromUserName"] == asked.query["openid"]
    assert asked.query["partner"] == "1"
    stamp = asked.query["timestamp"], asked.query["nonce"]
    assert asked.query["signature"] == signed(account.token, *stamp)
    assert heard["text"] == "你说：<你好>"
    assert heard["conv"] == zhangwei.conv


@pytest.mark.parametrize("mode", ["mixed", "aes"])
async def test_what_is_sealed_opens_with_the_key_and_so_does_the_answer(
    house: ServedHouse, mode: str
) -> None:
    async with backend() as shop:
        account = await created(house, f"sealed {mode}", shop.url, mode)
        crypter = Crypter(account.appid, account.aes_key)

        async def answer(asked: Asked) -> web.Response:
            inner = "<MsgType>text</MsgType><Content>sealed</Content>"
            sealed = crypter.encrypt(f"<xml>{inner}</xml>")
            stamp = ("1700000000123", "abc")
            return web.Response(
                text=f"<xml><Encrypt>{sealed}</Encrypt>"
                f"<MsgSignature>{signed(account.token, *stamp, sealed)}</MsgSignature>"
                f"<TimeStamp>{stamp[0]}</TimeStamp><Nonce>{stamp[1]}</Nonce></xml>"
            )

        async with customer(account) as zhangwei:
            await shop.next()
            shop.answer = answer
            await zhangwei.say("secret")
            asked = await shop.next()
            heard = await zhangwei.hears()
    outer = read(asked.body.encode())
    assert ("Content" in outer) == (mode == "mixed")
    sealed = str(outer["Encrypt"])
    stamp = asked.query["timestamp"], asked.query["nonce"]
    assert asked.query["msg_signature"] == signed(account.token, *stamp, sealed)
    assert read(crypter.decrypt(sealed).encode())["Content"] == "secret"
    assert heard["text"] == "sealed"


async def test_a_backend_that_hangs_is_asked_three_times_and_the_customer_told(
    house: ServedHouse,
) -> None:
    """With the same MsgId; another account's customer waits for none of it."""
    async with backend() as slow, backend() as quick:
        hung = await created(house, "slow", slow.url)
        other = await created(house, "quick", quick.url)

        async def answer(asked: Asked) -> web.Response:
            return reply(asked, "<MsgType>text</MsgType><Content>at once</Content>")

        async def hang(asked: Asked) -> web.Response:
            await asyncio.sleep(60)
            return web.Response()

        async with customer(hung) as zhangwei, customer(other, "lina") as lina:
            await slow.next()
            await quick.next()
            slow.answer, quick.answer = hang, answer
            token = new_token(hung)
            settle = {"timeout_ms": 300}
            assert call(hung, "/cgi-bin/callback/settings", token, settle)["errcode"] == 0
            await zhangwei.say("anybody?")
            first = await slow.next()
            await lina.say("hello")
            assert (await lina.hears(within_s=5))["text"] == "at once"
            again = [await slow.next(), await slow.next()]
            heard = await zhangwei.hears()
            page = call(hung, "/cgi-bin/callback/log", token)["callbacks"]
            number = page[0]["msgid"]
            late = "<xml><MsgType>text</MsgType><Content>sorry, late</Content></xml>"
            path = f"/cgi-bin/callback/reply?msgid={number}"
            said = await asyncio.to_thread(post, hung, f"{path}&access_token={token}", late)
            repeated = await asyncio.to_thread(post, hung, f"{path}&access_token={token}", late)
            came_late = await zhangwei.hears()
            slow.answer = answer
            assert call(hung, "/cgi-bin/callback/replay", token, {"msgid": number})["errcode"] == 0
            replayed = await slow.next()
    numbers = {read(each.body.encode())["MsgId"] for each in (first, *again, replayed)}
    assert numbers == {str(number)}
    assert "故障" in heard["text"]
    assert (page[0]["state"], len(page[0]["attempts"])) == ("failed", 3)
    assert "no answer within 0.3 s" in page[0]["attempts"][0]["outcome"]
    assert '"errcode":0' in said
    assert '"errcode":40035' in repeated
    assert came_late["text"] == "sorry, late"


def post(account: object, path: str, body: str) -> str:
    import urllib.request  # noqa: PLC0415 - one use

    url = f"{account.house.url}{path}"  # type: ignore[attr-defined]
    with urllib.request.urlopen(urllib.request.Request(url, body.encode())) as answer:
        return str(answer.read().decode())


async def test_a_page_opened_from_the_menu_is_told_with_its_address(house: ServedHouse) -> None:
    async with backend() as shop:
        account = await created(house, "pages", shop.url)
        url = "https://shop.example/spring?from=menu&n=1"
        button = {"type": "view", "name": "春天", "url": url}
        made = call(account, "/cgi-bin/menu/create", new_token(account), {"button": [button]})
        assert made["errcode"] == 0
        page = f"/v1/accounts/{account.account}/pages"
        async with customer(account) as zhangwei:
            await shop.next()
            with pytest.raises(urllib.error.HTTPError, match="404"):
                await asyncio.to_thread(zhangwei.ask, "POST", page, {"url": f"{url}#other"})
            await asyncio.to_thread(zhangwei.ask, "POST", page, {"url": url})
            told = read((await shop.next()).body.encode())
    assert (told["MsgType"], told["Event"], told["EventKey"]) == ("event", "VIEW", url)
    assert told["MenuId"] == "1"


async def test_nobody_is_called_who_does_not_answer_the_echo(house: ServedHouse) -> None:
    async with backend() as shop:
        shop.verifies = False
        account = await created(house, "unverified", shop.url)
        async with customer(account) as zhangwei:
            await zhangwei.say("hello")
            heard = await zhangwei.hears()
    assert "故障" in heard["text"]
    assert shop.asked.empty()


async def test_what_waits_is_delivered_by_the_next_process_once(
    demo_data: Path,
) -> None:
    """Killed while the backend hangs: the same MsgId comes again, and one answer is said."""
    killed = ServedHouse(demo_data)
    killed.start()
    try:
        async with backend() as shop:
            account = await created(killed, "killed", shop.url)
            begun = asyncio.Event()

            async def hang(asked: Asked) -> web.Response:
                begun.set()
                await asyncio.sleep(60)
                return web.Response()

            async def answer(asked: Asked) -> web.Response:
                return reply(asked, "<MsgType>text</MsgType><Content>after all</Content>")

            async with customer(account) as zhangwei:
                await shop.next()
                shop.answer = hang
                await zhangwei.say("are you there?")
                first = await shop.next()
                await begun.wait()
                await asyncio.to_thread(killed.kill)
                shop.answer = answer
                await asyncio.to_thread(killed.start)
                second = await shop.next(60)
                heard = await zhangwei.hears()
                history = await zhangwei.client.history(zhangwei.conv, before=1 << 50, limit=10)
    finally:
        killed.stop()
    both = [read(each.body.encode())["MsgId"] for each in (first, second)]
    assert both[0] == both[1]
    assert heard["text"] == "after all"
    said = [each for each in history.events if each.from_ == account.account]
    assert len(said) == 1
