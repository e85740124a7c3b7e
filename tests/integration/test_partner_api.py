"""The API without a library: what customers do reaches the backend, pages, statistics, errors."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from chat_server.domain.bodies import Menu
from chat_server.platform.quotas import SHANGHAI
from chat_server.platform.xml_text import Read, read
from tests.house import ServedHouse, loaded_data
from tests.partner import Account, Backend, backend, call, created, customer, house, new_token

__all__ = ["house", "loaded_data"]


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def asked(
    account: Account, path: str, body: bytes | None = None, token: str = ""
) -> tuple[int, str]:
    """Status, and where it leads or what it says."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"{account.house.url}{path}", body, headers)
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as exc:
        with exc:
            return exc.code, exc.headers.get("location") or exc.read().decode()


async def heard(shop: Backend, names: set[str]) -> list[Read]:
    """Callbacks until there was one of each; a slow machine may repeat one."""
    found: list[Read] = []
    while not names <= {str(event["Event"]) for event in found}:
        found.append(read((await shop.next()).body.encode()))
    return found


async def test_taps_scans_and_template_results_are_events(house: ServedHouse) -> None:
    async with backend() as shop:
        account = await created(house, "events", shop.url)
        token = new_token(account)
        scene = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "poster"}}}
        code = call(account, "/cgi-bin/qrcode/create", token, scene)
        native = code["url"].partition("/scan/")[2]
        async with customer(account) as zhangwei:
            await zhangwei.unfollow()
            zhangwei_again = f"/v1/accounts/{account.account}/follow?ticket={native}"
            await asyncio.to_thread(zhangwei.ask, "POST", zhangwei_again)
            await asyncio.to_thread(zhangwei.ask, "POST", f"/v1/scans/{native}")
            await zhangwei.client.send(zhangwei.conv, Menu(key="BALANCE", title="余额"))
            openid = call(account, "/cgi-bin/user/get", token)["data"]["openid"][0]
            adopted = {"template_id_short": "TM00003"}
            template = call(account, "/cgi-bin/template/api_add_template", token, adopted)
            values = {"number": "A1", "business": "开户", "progress": "办理", "at": "09:30"}
            notice = {
                "touser": openid,
                "template_id": template["template_id"],
                "data": {key: {"value": value} for key, value in values.items()},
            }
            sent = call(account, "/cgi-bin/message/template/send", token, notice)
            events = await heard(shop, {"subscribe", "SCAN", "CLICK", "TEMPLATESENDJOBFINISH"})
            wrong = {**notice, "data": {"number": {"value": "A1"}}}
            refused = call(account, "/cgi-bin/message/template/send", token, wrong)
            info = call(account, f"/cgi-bin/user/info?openid={openid}", token)
    by_name = {str(event["Event"]): event for event in events}
    assert set(by_name) == {"subscribe", "unsubscribe", "SCAN", "CLICK", "TEMPLATESENDJOBFINISH"}
    keys = {str(each["EventKey"]) for each in events if each["Event"] == "subscribe"}
    assert keys == {"", "qrscene_poster"}
    assert (by_name["SCAN"]["EventKey"], by_name["SCAN"]["Ticket"]) == ("poster", code["ticket"])
    assert by_name["CLICK"]["EventKey"] == "BALANCE"
    assert by_name["TEMPLATESENDJOBFINISH"]["MsgID"] == str(sent["msgid"])
    assert by_name["TEMPLATESENDJOBFINISH"]["Status"] == "success"
    assert refused["errcode"] == 47003
    assert "data.business" in refused["errmsg"]
    assert (info["subscribe_scene"], info["qr_scene_str"]) == ("ADD_SCENE_QR_CODE", "poster")


async def test_what_was_refused_is_looked_up_by_its_rid(house: ServedHouse) -> None:
    account = await created(house, "errors")
    token, other = new_token(account), new_token(account)
    assert token != other
    refused = call(account, "/cgi-bin/tags/create", token, {"tag": {"name": 7}})
    rid = refused["errmsg"].rpartition(" rid: ")[2]
    found = call(account, "/cgi-bin/openapi/rid/get", other, {"rid": rid})["request"]
    assert refused["errcode"] == 47003
    assert "tag.name" in refused["errmsg"]
    assert found["request_url"] == "/cgi-bin/tags/create?access_token=***"
    assert json.loads(found["request_body"]) == {"tag": {"name": 7}}
    used = call(account, "/cgi-bin/openapi/quota/get", token, {"cgi_path": "/cgi-bin/tags/create"})
    assert used["quota"]["used"] == 1
    assert call(account, "/cgi-bin/clear_quota", token, {"appid": account.appid})["errcode"] == 0
    used = call(account, "/cgi-bin/openapi/quota/get", token, {"cgi_path": "/cgi-bin/tags/create"})
    assert used["quota"]["used"] == 0
    codes = {
        "/cgi-bin/user/get?access_token=": 41001,
        "/cgi-bin/user/get?access_token=nonsense": 40001,
        "/cgi-bin/token?grant_type=x": 40002,
        "/cgi-bin/token?grant_type=client_credential&appid=wx0&secret=x": 40013,
        f"/cgi-bin/token?grant_type=client_credential&appid={account.appid}&secret=x": 40125,
        f"/cgi-bin/menu/create?access_token={token}": 43002,
        f"/cgi-bin/media/get?media_id=none&access_token={token}": 40007,
    }
    assert {path: call(account, path)["errcode"] for path in codes} == codes
    capable = call(account, "/cgi-bin/openapi/capability/get", token)
    assert "templates" in capable["capabilities"]
    assert capable["limits"]["token_s"] == 7200


async def test_stable_tokens_stay_and_a_forced_one_is_another(house: ServedHouse) -> None:
    account = await created(house, "stable")
    who = {"grant_type": "client_credential", "appid": account.appid, "secret": account.appsecret}

    def token(**more: bool) -> str:
        answer = call(account, "/cgi-bin/stable_token", body={**who, **more})
        return str(answer["access_token"])

    first = token()
    assert token() == first
    assert token(force_refresh=True) != first
    assert call(account, "/cgi-bin/user/get", first)["total"] == 0


async def test_a_customer_lets_a_page_know_who_they_are(house: ServedHouse) -> None:
    account = await created(house, "pages")
    wanted = {
        "appid": account.appid,
        "redirect_uri": "http://127.0.0.1:9/back?x=1",
        "response_type": "code",
        "scope": "snsapi_userinfo",
        "state": "s&t",
    }
    page = f"/connect/oauth2/authorize?{urlencode(wanted)}"
    async with customer(account) as zhangwei:
        shown = asked(account, page)
        wrong = asked(account, page, urlencode({"user": "zhangwei", "password": "no"}).encode())
        typed = {"user": "zhangwei", "password": "demo-zhangwei"}
        logged_in = asked(account, page, urlencode(typed).encode())
        at_once = asked(account, page, token=zhangwei.token)
        elsewhere = asked(account, page.replace("127.0.0.1", "evil.example"))
        openid = call(account, "/cgi-bin/user/get", new_token(account))["data"]["openid"][0]
    assert (shown[0], wrong[0], logged_in[0], at_once[0]) == (200, 401, 302, 302)
    assert 'type="password"' in shown[1]
    assert elsewhere[0] == 400
    back = parse_qs(urlsplit(at_once[1]).query)
    assert (back["x"], back["state"]) == (["1"], ["s&t"])
    who = f"appid={account.appid}&secret={account.appsecret}"
    path = f"/sns/oauth2/access_token?{who}&grant_type=authorization_code&code={back['code'][0]}"
    granted = call(account, path)
    assert granted["openid"] == openid
    assert call(account, path)["errcode"] == 40163
    told = f"access_token={granted['access_token']}&openid={openid}"
    assert call(account, f"/sns/userinfo?{told}")["nickname"] == "张伟"
    assert call(account, f"/sns/auth?{told}")["errcode"] == 0
    assert call(account, f"/sns/auth?{told}x")["errcode"] == 40003
    refreshed = call(
        account,
        f"/sns/oauth2/refresh_token?appid={account.appid}&grant_type=refresh_token"
        f"&refresh_token={granted['refresh_token']}",
    )
    assert refreshed["openid"] == openid


async def test_drafts_are_published_and_read(house: ServedHouse) -> None:
    account = await created(house, "press")
    token = new_token(account)
    article = {"title": "利率", "content": "<p>一<script>x</script></p><p>二 &lt;三&gt;</p>"}
    draft = call(account, "/cgi-bin/draft/add", token, {"articles": [article]})["media_id"]
    changed = {"media_id": draft, "index": 0, "articles": {**article, "title": "新利率"}}
    assert call(account, "/cgi-bin/draft/update", token, changed)["errcode"] == 0
    listed = call(account, "/cgi-bin/draft/batchget", token, {"offset": 0, "count": 20})
    assert listed["item"][0]["content"]["news_item"][0]["title"] == "新利率"
    published = call(account, "/cgi-bin/freepublish/submit", token, {"media_id": draft})
    assert call(account, "/cgi-bin/draft/count", token)["total_count"] == 0
    found = call(
        account, "/cgi-bin/freepublish/get", token, {"publish_id": published["publish_id"]}
    )
    url = found["article_detail"]["item"][0]["article_url"]
    status, page = asked(account, urlsplit(url).path)
    assert (found["publish_status"], status) == (0, 200)
    assert "<h1>新利率</h1>" in page
    assert "二 &lt;三&gt;" in page
    assert "<script" not in page
    gone = {"article_id": found["article_id"], "index": 0}
    assert call(account, "/cgi-bin/freepublish/delete", token, gone)["errcode"] == 0
    assert asked(account, urlsplit(url).path)[0] == 410
    again = call(account, "/cgi-bin/freepublish/submit", token, {"media_id": draft})
    assert again["errcode"] == 53503


async def test_comments_are_moderated_by_the_partner(house: ServedHouse) -> None:
    account = await created(house, "talk")
    token = new_token(account)
    article = {"title": "题", "content": "<p>一</p>", "need_open_comment": 1}
    draft = call(account, "/cgi-bin/draft/add", token, {"articles": [article]})["media_id"]
    sent = call(account, "/cgi-bin/freepublish/submit", token, {"media_id": draft})
    place = {"msg_data_id": sent["msg_data_id"], "index": 0}
    found = call(account, "/cgi-bin/freepublish/get", token, {"publish_id": sent["publish_id"]})
    broadcast = found["article_detail"]["item"][0]["article_url"].rpartition("/")[2]
    comments = f"/v1/broadcasts/{broadcast}/articles/0/comments"
    async with customer(account) as zhangwei:
        await asyncio.to_thread(zhangwei.ask, "POST", comments, {"text": "好"})
    one = {**place, "user_comment_id": 1}
    for step in ("markelect", "reply/add"):
        said = {**one, "content": "谢谢"} if step == "reply/add" else one
        assert call(account, f"/cgi-bin/comment/{step}", token, said)["errcode"] == 0
    listed = call(account, "/cgi-bin/comment/list", token, {**place, "begin": 0, "count": 50})
    (comment,) = listed["comment"]
    assert (listed["total"], comment["content"], comment["comment_type"]) == (1, "好", 1)
    assert (comment["reply"]["content"], len(comment["openid"])) == ("谢谢", 28)
    plain = call(account, "/cgi-bin/comment/list", token, {**place, "count": 50, "type": 1})
    assert (plain["total"], plain["comment"]) == (0, [])
    for step in ("unmarkelect", "reply/delete", "close", "open", "delete"):
        assert call(account, f"/cgi-bin/comment/{step}", token, one)["errcode"] == 0
    assert call(account, "/cgi-bin/comment/delete", token, one)["errcode"] == 88008
    nowhere = {**place, "index": 7}
    assert call(account, "/cgi-bin/comment/close", token, nowhere)["errcode"] == 88001
    many = {**place, "count": 51}
    assert call(account, "/cgi-bin/comment/list", token, many)["errcode"] == 88010


async def test_statistics_are_of_days_that_are_over(house: ServedHouse) -> None:
    account = await created(house, "figures")
    token = new_token(account)
    today = datetime.now(SHANGHAI).date()
    past = {"begin_date": str(today - timedelta(3)), "end_date": str(today - timedelta(1))}
    for name in ("getusersummary", "getusercumulate"):
        rows = call(account, f"/datacube/{name}", token, past)["list"]
        assert [row["ref_date"] for row in rows] == [str(today - timedelta(n)) for n in (3, 2, 1)]
    assert call(account, "/datacube/getinterfacesummary", token, past)["list"] == []
    late = {"begin_date": str(today), "end_date": str(today)}
    assert call(account, "/datacube/getusersummary", token, late)["errcode"] == 61501
    assert call(account, "/datacube/getupstreammsg", token, {})["errcode"] == 61500


async def test_a_simulated_customer_tries_a_backend(house: ServedHouse) -> None:
    async with backend() as shop:
        account = await created(house, "tried", shop.url, "aes")
        said = await asyncio.to_thread(house.elian, "account", "simulate", account.account, "你好")
    told = json.loads(said)
    assert (told["verified"], told["outcome"]) == (True, "none")


async def test_an_account_without_a_desk_has_no_agents(house: ServedHouse) -> None:
    account = await created(house, "alone")
    token = new_token(account)
    assert call(account, "/cgi-bin/customservice/getkflist", token) == {"kf_list": []}
    assert call(account, "/cgi-bin/customservice/getonlinekflist", token)["kf_online_list"] == []
    assert call(account, "/customservice/kfsession/getwaitcase", token)["count"] == 0
    asked_for = "/customservice/kfsession/getsessionlist?kf_account=kefu1@alone"
    assert call(account, asked_for, token)["errcode"] == 61452
    async with customer(account):
        openid = call(account, "/cgi-bin/user/get", token)["data"]["openid"][0]
    found = call(account, f"/customservice/kfsession/getsession?openid={openid}", token)
    assert found["kf_account"] == ""


async def test_a_tag_hears_a_mass_send_in_its_chat_and_it_is_taken_back(
    house: ServedHouse,
) -> None:
    async with backend() as shop:
        account = await created(house, "mass", shop.url)
        token = new_token(account)
        async with customer(account) as zhangwei:
            [openid] = call(account, "/cgi-bin/user/get", token)["data"]["openid"]
            tag = call(account, "/cgi-bin/tags/create", token, {"tag": {"name": "贵宾"}})["tag"][
                "id"
            ]
            tagging = {"openid_list": [openid], "tagid": tag}
            call(account, "/cgi-bin/tags/members/batchtagging", token, tagging)
            said = {"msgtype": "text", "text": {"content": "周末有礼"}}
            preview = {"touser": openid, **said}
            assert call(account, "/cgi-bin/message/mass/preview", token, preview)["errcode"] == 0
            previewed = await zhangwei.hears()
            body = {"filter": {"is_to_all": False, "tag_id": tag}, **said}
            sent = call(account, "/cgi-bin/message/mass/sendall", token, body)
            heard_in_chat = await zhangwei.hears()
            [told] = [
                each
                for each in await heard(shop, {"MASSSENDJOBFINISH"})
                if each["Event"] == "MASSSENDJOBFINISH"
            ]
            asked_for = {"msg_id": sent["msg_id"]}
            state = call(account, "/cgi-bin/message/mass/get", token, asked_for)
            call(account, "/cgi-bin/message/mass/delete", token, asked_for)
            async with asyncio.timeout(20):
                async for event in zhangwei.client.events():
                    if event.kind == "recall":
                        break
    assert (previewed["text"], heard_in_chat["text"]) == ("周末有礼", "周末有礼")
    counts = [told[name] for name in ("TotalCount", "SentCount", "ErrorCount")]
    assert (told["MsgID"], told["Status"], counts) == (
        str(sent["msg_id"]),
        "send success",
        ["1", "1", "0"],
    )
    assert state["msg_status"] == "SEND_SUCCESS"
