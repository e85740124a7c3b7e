from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx2
import pytest

from chat_server.wire.error_table import FAULTS
from tests.front_desk import FrontDesk

AsUser = Callable[..., Awaitable[httpx2.AsyncClient]]
LOGIN = {"user": "zhangwei", "password": "demo-zhangwei"}
WEB = {"endpoint": "https://push.example/1", "key": "k", "secret": "s"}


async def five(desk: FrontDesk) -> None:
    for number in range(5):
        await desk.log_in("zhangwei", f"d{number}")


async def test_a_sixth_log_in_is_told_which_device_may_go(
    http: httpx2.AsyncClient, desk: FrontDesk
) -> None:
    await five(desk)
    refused = await http.post("/v1/login", json={**LOGIN, "device": "sixth"})
    assert refused.status_code == 409
    told = refused.json()
    assert told["code"] == "too_many_devices"
    assert {each["device"] for each in told["devices"]} == {"d0", "d1", "d2", "d3", "d4"}
    assert "refresh_hash" not in refused.text
    named = told["devices"][0]["session"]
    agent = {"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/156.0.0.0 Safari/537.36"}
    login = {**LOGIN, "device": "sixth", "instead_of": named}
    let_in = await http.post("/v1/login", json=login, headers=agent)
    assert let_in.status_code == 200
    bearer = {"authorization": f"Bearer {let_in.json()['access_token']}"}
    listed = (await http.get("/v1/devices", headers=bearer)).json()
    assert named not in {each["session"] for each in listed}
    (here,) = [each for each in listed if each["current"]]
    assert (here["kind"], here["browser"], here["system"]) == ("desk", "Chrome", "Windows")


async def test_a_wrong_password_sees_no_devices(http: httpx2.AsyncClient, desk: FrontDesk) -> None:
    await five(desk)
    wrong = {"user": "zhangwei", "password": "guess", "device": "sixth"}
    refused = await http.post("/v1/login", json=wrong)
    assert refused.status_code == 401
    assert "devices" not in refused.json()


async def test_a_device_is_renamed(as_user: AsUser) -> None:
    async with await as_user("zhangwei") as phone:
        (device,) = (await phone.get("/v1/devices")).json()
        path = f"/v1/devices/{device['session']}"
        assert (await phone.patch(path, json={"name": "我的手机"})).status_code == 204
        (device,) = (await phone.get("/v1/devices")).json()
        assert device["name"] == "我的手机"
        assert (await phone.patch(path, json={"name": "长" * 100})).json()["code"] == "too_long"
        assert (await phone.patch("/v1/devices/none", json={"name": "x"})).status_code == 404


async def test_all_other_devices_go_at_once(as_user: AsUser) -> None:
    async with await as_user("zhangwei") as phone, await as_user("zhangwei", "tablet") as tablet:
        assert (await phone.delete("/v1/devices")).status_code == 204
        assert (await tablet.get("/v1/me")).status_code == 401
        assert len((await phone.get("/v1/devices")).json()) == 1


async def test_a_device_asks_to_be_told_and_not_to_be(as_user: AsUser) -> None:
    async with await as_user("zhangwei") as phone:
        before = (await phone.get("/v1/notifications")).json()
        assert before["subscribed"] is False
        assert before["public_key"] == "BPublic"
        assert before["wishes"]["hide_content"] is True
        assert (await phone.put("/v1/notifications/device", json=WEB)).status_code == 204
        assert (await phone.get("/v1/notifications")).json()["subscribed"] is True
        (device,) = (await phone.get("/v1/devices")).json()
        assert device["push"] is True
        assert "push.example" not in (await phone.get("/v1/devices")).text
        assert (await phone.delete("/v1/notifications/device")).status_code == 204
        assert (await phone.get("/v1/notifications")).json()["subscribed"] is False


@pytest.mark.parametrize(
    "body",
    [
        {"endpoint": "https://evil.example/"},
        {"endpoint": ""},
        {"endpoint": "https://push.example/" + "x" * 1024},
        {"endpoint": "https://push.example/1", "kind": "pigeon"},
        {"endpoint": "https://push.example/1", "more": 1},
    ],
)
async def test_an_address_that_cannot_be_is_refused(
    as_user: AsUser, body: dict[str, object]
) -> None:
    async with await as_user("zhangwei") as phone:
        refused = await phone.put("/v1/notifications/device", json=body)
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_value")


async def test_wishes_are_kept_for_all_devices(as_user: AsUser, desk: FrontDesk) -> None:
    wishes = {
        "hide_content": False,
        "quiet_from": "22:00",
        "quiet_until": "07:30",
        "zone": "Asia/Shanghai",
    }
    async with await as_user("zhangwei") as phone, await as_user("zhangwei", "tablet") as tablet:
        assert (await phone.put("/v1/notifications", json=wishes)).status_code == 204
        assert (await tablet.get("/v1/notifications")).json()["wishes"] == wishes
        for wrong in (
            {**wishes, "quiet_from": "25:00"},
            {**wishes, "quiet_from": ""},
            {**wishes, "zone": "Mars/Olympus"},
        ):
            refused = await phone.put("/v1/notifications", json=wrong)
            assert refused.json()["code"] == "invalid_value"
        assert (await tablet.get("/v1/notifications")).json()["wishes"] == wishes
    assert len(await desk.facts("notifications_changed")) == 1


def test_every_word_of_devices_is_in_the_table() -> None:
    assert "too_many_devices" in {fault.code for fault in FAULTS.values()}
