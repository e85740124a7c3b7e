from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx2
import pytest

from chat_server.ports.bus import SessionEnded
from chat_server.ports.notify import SmsMessage
from tests.front_desk import FrontDesk

AsUser = Callable[..., Awaitable[httpx2.AsyncClient]]
LOGIN = {"user": "zhangwei", "password": "demo-zhangwei", "device": "phone"}
DRAFT = {
    "account": "@service",
    "articles": [{"title": "利率调整", "digest": "自下月起", "paragraphs": ["第一段"]}],
}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 20


async def test_log_in_refresh_and_out(http: httpx2.AsyncClient, desk: FrontDesk) -> None:
    given = await http.post("/v1/login", json=LOGIN)
    assert given.status_code == 200
    tokens = given.json()
    assert set(tokens) == {"access_token", "refresh_token", "expires_in", "user"}
    assert (tokens["user"], tokens["expires_in"]) == ("zhangwei", 900)
    assert given.headers["cache-control"] == "no-store"
    again = await http.post(
        "/v1/refresh", json={"refresh_token": tokens["refresh_token"], "device": "phone"}
    )
    bearer = {"authorization": f"Bearer {again.json()['access_token']}"}
    assert (await http.get("/v1/me", headers=bearer)).json() == {
        "user": "zhangwei",
        "name": "张伟",
        "role": "customer",
        "language": "zh-CN",
        "branch": "chaoyang",
        "demo": True,
    }
    out = await http.post("/v1/logout", headers=bearer)
    assert (out.status_code, out.content) == (204, b"")
    assert isinstance(desk.signals[-1], SessionEnded)
    refused = await http.get("/v1/me", headers=bearer)
    assert (refused.status_code, refused.json()["code"]) == (401, "session_revoked")


@pytest.mark.parametrize("user", ["zhangwei", "nobody"])
async def test_a_wrong_log_in_gets_one_answer(http: httpx2.AsyncClient, user: str) -> None:
    refused = await http.post("/v1/login", json={**LOGIN, "user": user, "password": "wrong"})
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert refused.json() == {
        "code": "not_authenticated",
        "message": "wrong name or password",
        "retry_after": None,
    }


async def test_guessing_gets_a_time_to_come_back(http: httpx2.AsyncClient) -> None:
    for _ in range(10):
        await http.post("/v1/login", json={**LOGIN, "password": "wrong"})
    refused = await http.post("/v1/login", json=LOGIN)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    assert (refused.json()["code"], refused.json()["retry_after"]) == ("rate_limited", 30.0)


async def test_devices_are_listed_and_revoked(as_user: AsUser) -> None:
    async with await as_user("zhangwei") as phone, await as_user("zhangwei", "tablet") as tablet:
        devices = (await phone.get("/v1/devices")).json()
        assert {each["device"]: each["current"] for each in devices} == {
            "phone": True,
            "tablet": False,
        }
        session = next(each["session"] for each in devices if each["device"] == "tablet")
        assert (await phone.delete(f"/v1/devices/{session}")).status_code == 204
        assert (await tablet.get("/v1/me")).status_code == 401
        assert len((await phone.get("/v1/devices")).json()) == 1
        assert (await phone.delete("/v1/devices/none")).status_code == 404


async def test_the_language_one_chose_is_on_record(as_user: AsUser, desk: FrontDesk) -> None:
    async with await as_user("zhangwei") as http:
        for _ in range(2):
            assert (await http.put("/v1/me/language", json={"language": "en"})).status_code == 204
        assert (await http.get("/v1/me")).json()["language"] == "en"
        assert len(await desk.facts("language_chosen")) == 1
        unknown = await http.put("/v1/me/language", json={"language": "fr"})
        assert (unknown.status_code, unknown.json()["code"]) == (400, "invalid_value")


async def test_people_one_may_know(as_user: AsUser) -> None:
    async with await as_user("zhangwei") as http:
        cards = (await http.get("/v1/people", params={"ids": "wangfang,lina,@service"})).json()
        assert [(card["user"], card["badge"]) for card in cards] == [
            ("wangfang", "manager"),
            ("@service", "verified"),
        ]
        assert (await http.get("/v1/people", params={"ids": ""})).json() == []
        assert (await http.get("/v1/people")).json()["code"] == "invalid_value"


async def test_consents_turn_one_by_one(as_user: AsUser) -> None:
    change = {"granted": True, "text_hash": "ab" * 32}
    async with await as_user("zhangwei") as http:
        before = (await http.get("/v1/consents")).json()
        assert [item["granted"] for item in before] == [False] * 3
        turned = await http.put("/v1/consents/chat_content", json=change)
        assert turned.json()["granted"] is True
        assert turned.json()["changed"] > 0
        after = (await http.get("/v1/consents")).json()
        assert [item["purpose"] for item in after if item["granted"]] == ["chat_content"]
        assert (await http.put("/v1/consents/everything", json=change)).status_code == 400
        wrong = await http.put("/v1/consents/chat_content", json={**change, "text_hash": "x"})
        assert wrong.status_code == 400
    async with await as_user("wangfang") as http:
        assert (await http.get("/v1/consents")).status_code == 403


async def test_accounts_are_found_followed_and_left(as_user: AsUser) -> None:
    async with await as_user("zhangwei") as http:
        (item,) = (await http.get("/v1/accounts")).json()
        assert (item["account"], item["following"], item["verified"]) == ("@service", False, True)
        assert item["menu"][1]["children"] == [
            {"title": "明细", "key": "statement", "children": [], "kind": "click", "url": ""}
        ]
        followed = (await http.post("/v1/accounts/@service/follow")).json()
        assert (followed["following"], followed["followers"]) == (True, 1)
        assert (followed["service"], followed["feed"]) == ("s:@service:zhangwei", "f:@service")
        assert (await http.get("/v1/accounts/@service")).json() == followed
        left = (await http.delete("/v1/accounts/@service/follow")).json()
        assert (left["following"], left["followers"]) == (False, 0)
        assert (await http.get("/v1/accounts/@nowhere")).status_code == 404


async def test_a_broadcast_goes_through_four_eyes_to_a_reader(
    as_user: AsUser, desk: FrontDesk
) -> None:
    async with (
        await as_user("ops") as ops,
        await as_user("shenhe") as shenhe,
        await as_user("zhangwei") as zhangwei,
    ):
        await zhangwei.post("/v1/accounts/@service/follow")
        sent = (await ops.post("/v1/staff/broadcasts", json=DRAFT)).json()
        assert (sent["state"], sent["audience"], sent["maker"]) == ("submitted", 1, "ops")
        place = f"/v1/staff/broadcasts/{sent['broadcast']}"
        article = f"/v1/broadcasts/{sent['broadcast']}/articles/0"
        approval = {"content_hash": sent["content_hash"]}
        assert (await ops.post(f"{place}/approve", json=approval)).status_code == 403
        assert (await zhangwei.get(article)).status_code == 404
        wrong = await shenhe.post(f"{place}/approve", json={"content_hash": "0" * 64})
        assert (wrong.status_code, wrong.json()["code"]) == (409, "already_decided")
        approved = await shenhe.post(f"{place}/approve", json=approval)
        assert (approved.json()["state"], approved.json()["reviewer"]) == ("approved", "shenhe")
        assert (approved.json()["maker_name"], approved.json()["reviewer_name"]) == (
            "运营",
            "审核",
        )
        page = (await zhangwei.get(article)).json()
        assert (page["title"], page["paragraphs"]) == ("利率调整", ["第一段"])
        assert page["account_name"] == "工银服务"
        assert (await zhangwei.get(f"{article[:-1]}7")).status_code == 404
        assert (await zhangwei.get(f"{article}x")).status_code == 400
        rejected = await shenhe.post(f"{place}/reject", json={"reason": "late"})
        assert rejected.status_code == 409
        listed = await ops.get("/v1/staff/broadcasts", params={"account": "@service"})
        assert [item["state"] for item in listed.json()] == ["approved"]


async def test_pictures_go_up_and_come_back(as_user: AsUser) -> None:
    async with await as_user("ops") as ops, await as_user("zhangwei") as zhangwei:
        digest = (await ops.post("/v1/media", content=PNG)).json()["digest"]
        picture = await zhangwei.get(f"/v1/media/{digest}")
        assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")
        assert "immutable" in picture.headers["cache-control"]
        assert picture.headers["x-content-type-options"] == "nosniff"
        assert (await ops.post("/v1/media", content=b"<svg>")).status_code == 400
        assert (await zhangwei.post("/v1/media", content=PNG)).status_code == 403
        too_long = await ops.post("/v1/media", content=PNG.ljust(2 * 1024 * 1024 + 1, b"\0"))
        assert too_long.status_code == 413


async def test_the_desk_of_each_office(as_user: AsUser) -> None:
    async with await as_user("wangfang") as http:
        assert (await http.get("/v1/staff/customers")).json() == [
            {
                "user": "zhangwei",
                "name": "张伟",
                "branch": "chaoyang",
                "conv": "d:wangfang:zhangwei",
            }
        ]
    async with await as_user("admin") as http:
        page = (await http.get("/v1/staff/audit", params={"subject": "zhangwei"})).json()
        assert {item["kind"] for item in page} == {"user_added", "manager_assigned"}
        assert [(item["actor"], item["subject_name"]) for item in page] == [("test", "张伟")] * 2
        viewed = (await http.get("/v1/staff/audit", params={"kind": "audit_viewed"})).json()
        assert [(item["actor_name"], item["subject"]) for item in viewed] == [
            ("管理员", "zhangwei")
        ]
        earlier = {"subject": "zhangwei", "before": page[-1]["position"]}
        assert (await http.get("/v1/staff/audit", params=earlier)).json() == []
        assert (await http.get("/v1/staff/audit", params={"before": "-1"})).status_code == 400


async def test_the_demonstration_phone_shows_what_was_sent(
    http: httpx2.AsyncClient, desk: FrontDesk
) -> None:
    desk.sms.sent += [SmsMessage("138", "验证码 123456", 1), SmsMessage("139", "hello", 2)]
    assert len((await http.get("/demo/phone/messages")).json()) == 2
    shown = (await http.get("/demo/phone/messages", params={"phone": "138"})).json()
    assert shown == [{"phone": "138", "text": "验证码 123456", "at": 1}]
    page = await http.get("/demo/phone")
    assert "短信" in page.text
    assert "sha256-" in page.headers["content-security-policy"]
