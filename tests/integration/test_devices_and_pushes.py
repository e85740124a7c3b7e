"""Devices over a real server: a sixth log-in, log-outs that are felt at once, pushes that a
real push service gets and a real key opens.
"""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from chat_server.client.client import Client
from chat_server.client.faults import Ended, TooManyDevices
from tests.house import ServedHouse, demo_data, loaded_data
from tests.push_service import Browser, PushService, push_service, vapid_claims

__all__ = ["demo_data", "loaded_data"]

WITH_WANGFANG = "d:wangfang:zhangwei"
PASSWORDS = {user: f"demo-{user}" for user in ("zhangwei", "wangfang")}


@pytest.fixture
def house(demo_data: Path) -> Iterator[ServedHouse]:
    settings = {"ELIAN_PUSH_LOOPBACK": "true", "ELIAN_PUSH_AFTER_S": "1"}
    served = ServedHouse(demo_data, settings)
    served.start()
    yield served
    served.stop()


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with push_service() as opened:
        yield opened


def person(house: ServedHouse, user: str, device: str, instead_of: str = "") -> Client:
    return Client(house.url, user, PASSWORDS[user], device, instead_of=instead_of)


class Browsing:
    """One log-in of a browser over plain HTTP; nothing connected."""

    def __init__(self, house: ServedHouse, user: str, device: str) -> None:
        self._house = house
        login = {"user": user, "password": PASSWORDS[user], "device": device}
        self._token = ""
        self._token = self.ask("POST", "/v1/login", login)["access_token"]

    def ask(self, method: str, path: str, body: object = None) -> dict[str, str]:
        request = urllib.request.Request(
            self._house.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            content = answer.read()
        found: dict[str, str] = json.loads(content) if content else {}
        return found

    def subscribed(self) -> bool:
        return bool(self.ask("GET", "/v1/notifications")["subscribed"])

    def subscribe(self, browser: Browser) -> str:
        """The server's key, as the browser would be given it."""
        address = browser.address
        body = {"endpoint": address.endpoint, "key": address.key, "secret": address.secret}
        self.ask("PUT", "/v1/notifications/device", body)
        return self.ask("GET", "/v1/notifications")["public_key"]


async def test_a_sixth_client_hears_which_may_go_and_comes_in_for_it(house: ServedHouse) -> None:
    async with asyncio.timeout(60):
        clients = [person(house, "zhangwei", f"d{number}") for number in range(5)]
        for client in clients:
            await client.__aenter__()
        with pytest.raises(TooManyDevices) as refused:
            async with person(house, "zhangwei", "sixth"):
                pass
        assert len(refused.value.devices) == 5
        assert {each.kind for each in refused.value.devices} == {"program"}
        goes = next(each for each in refused.value.devices if each.device == "d2")
        async with person(house, "zhangwei", "sixth", goes.session) as sixth:
            async for _ in clients[2].events():
                pass  # until it is told that it is out
            with pytest.raises(Ended):
                await clients[2].send(WITH_WANGFANG, "不在了")
            listed = await sixth.devices.list()
            assert {each.device for each in listed} == {"d0", "d1", "d3", "d4", "sixth"}
            await sixth.devices.rename(listed[0].session, "命令行")
            await sixth.devices.revoke_others()
            (left,) = await sixth.devices.list()
            assert (left.device, left.name, left.current) == ("sixth", "命令行", True)
        for client in clients:
            await client.close()


async def test_who_is_away_gets_a_push_that_only_their_browser_can_read(
    house: ServedHouse, service: PushService
) -> None:
    zhangwei = await asyncio.to_thread(Browsing, house, "zhangwei", "web-1")
    browser = Browser(service)
    public_key = await asyncio.to_thread(zhangwei.subscribe, browser)
    async with person(house, "wangfang", "desk") as wangfang:
        first = await wangfang.send(WITH_WANGFANG, "基金已经到账 500 元")
        posted = await service.next()
        told = browser.read(posted)
        assert told["title"] == "王芳"
        assert told["body"] == "您有一条新消息"
        assert (told["conv"], told["seq"]) == (WITH_WANGFANG, first.seq)
        assert vapid_claims(posted, public_key)["aud"] == service.base
        # whoever is there and takes it is not told
        async with person(house, "zhangwei", "phone") as phone:
            taken = await wangfang.send(WITH_WANGFANG, "第二条")
            await phone.delivered(WITH_WANGFANG, taken.seq)
        # a browser that is gone is forgotten
        service.status = 410
        last = await wangfang.send(WITH_WANGFANG, "第三条")
        gone = browser.read(await service.next())
        assert gone["seq"] == last.seq
        async with asyncio.timeout(20):
            while await asyncio.to_thread(zhangwei.subscribed):
                pass
        assert service.posts.empty()


async def test_a_killed_server_still_tells_what_it_had_acknowledged(
    house: ServedHouse, service: PushService
) -> None:
    zhangwei = await asyncio.to_thread(Browsing, house, "zhangwei", "web-1")
    browser = Browser(service)
    await asyncio.to_thread(zhangwei.subscribe, browser)
    async with person(house, "wangfang", "desk") as wangfang:
        ack = await wangfang.send(WITH_WANGFANG, "请回电")
        house.kill()
        await asyncio.to_thread(house.start)
        assert browser.read(await service.next())["seq"] == ack.seq


async def test_a_dead_push_service_harms_nobody(house: ServedHouse, service: PushService) -> None:
    zhangwei = await asyncio.to_thread(Browsing, house, "zhangwei", "web-1")
    await asyncio.to_thread(zhangwei.subscribe, Browser(service))
    service.stuck = True
    async with asyncio.timeout(30), person(house, "wangfang", "desk") as wangfang:
        await wangfang.send(WITH_WANGFANG, "在吗")
        await service.next()  # it hangs now
        for number in range(50):
            await wangfang.send(WITH_WANGFANG, f"{number}")


async def test_an_address_inside_the_bank_is_refused(demo_data: Path) -> None:
    served = ServedHouse(demo_data)
    served.start()
    try:
        zhangwei = await asyncio.to_thread(Browsing, served, "zhangwei", "web-1")
        for endpoint in ("http://127.0.0.1:9/x", "https://10.0.0.1/x", "https://core.bank/x"):
            body = {"endpoint": endpoint, "key": "k", "secret": "s"}
            with pytest.raises(urllib.error.HTTPError) as refused:
                await asyncio.to_thread(zhangwei.ask, "PUT", "/v1/notifications/device", body)
            with refused.value:
                assert json.load(refused.value)["code"] == "invalid_value"
    finally:
        served.stop()


async def test_a_new_device_gets_conversations_first_and_history_when_it_asks(
    house: ServedHouse,
) -> None:
    async with (
        asyncio.timeout(60),
        person(house, "wangfang", "desk") as wangfang,
        person(house, "zhangwei", "old"),
    ):
        acks = [await wangfang.send(WITH_WANGFANG, f"第{number}条") for number in range(5)]
        async with person(house, "zhangwei", "new") as new:
            listed = await new.conversations()
            here = next(item for item in listed if item.conv == WITH_WANGFANG)
            assert here.head == acks[-1].seq
            assert new.cursors().get(WITH_WANGFANG, here.head) == here.head  # nothing was pushed
            page = await new.history(WITH_WANGFANG, before=here.head + 1, limit=3)
            assert [event.seq for event in page.events] == [ack.seq for ack in acks[-3:]]
            live = asyncio.ensure_future(anext(aiter(new.events())))
            fresh = await wangfang.send(WITH_WANGFANG, "新的")
            assert (await live).seq == fresh.seq
