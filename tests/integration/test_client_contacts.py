"""The client library finds, asks and keeps contacts, and sees who is there, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from chat_server.client.client import Client
from chat_server.client.contacts import Privacy
from chat_server.client.faults import Refused
from tests.house import ServedHouse, copy_of, loaded_data

__all__ = ["loaded_data"]
PATIENCE_S = 40.0
CONV = "d:lina:zhangwei"


@pytest.fixture(scope="module")
def served(loaded_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHouse]:
    house = ServedHouse(copy_of(loaded_data, tmp_path_factory.mktemp("contacts") / "data"))
    try:
        house.start()
        yield house
    finally:
        house.stop()


@pytest.fixture
async def people(served: ServedHouse) -> AsyncIterator[dict[str, Client]]:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(asyncio.timeout(PATIENCE_S))
        yield {
            user: await stack.enter_async_context(Client(served.url, user, f"demo-{user}"))
            for user in ("wangfang", "zhangwei", "lina")
        }


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - the client calls back, and has no event for it
        await asyncio.sleep(0.02)


async def test_two_customers_become_contacts_talk_and_block(people):
    zhangwei, lina = people["zhangwei"], people["lina"]
    told: list[object] = []
    lina.contacts.on_change(told.append)
    with pytest.raises(Refused, match="not_found"):
        await zhangwei.contacts.find("13800000002")
    await lina.contacts.set_privacy(Privacy(findable=True, presence="contacts"))
    (found,) = await zhangwei.contacts.find("138 0000 0002")
    assert (found.name, found.state) == ("*娜", "stranger")
    told.clear()
    outcome = await zhangwei.contacts.ask(found.ticket, "我是张伟")
    assert outcome.state == "asked"
    await until(lambda: bool(told))
    (request,) = (await lina.contacts.requests()).theirs
    assert (request.user, request.name, request.greeting) == ("zhangwei", "张伟", "我是张伟")
    assert (await lina.contacts.accept("zhangwei")).conv == CONV
    assert {each.user: each.fixed for each in await zhangwei.contacts.all()} == {
        "lina": False,
        "wangfang": True,
    }
    async with asyncio.timeout(10):
        async for event in lina.events():
            if event.conv == CONV:
                assert (event.from_, event.mid[:8]) == ("zhangwei", "contact-")
                break
    assert (await zhangwei.send(CONV, "你好")).seq == 2
    await lina.contacts.note("zhangwei", remark="老张", tags=["同学"])
    (noted,) = [each for each in await lina.contacts.all() if each.user == "zhangwei"]
    assert (noted.remark, list(noted.tags)) == ("老张", ["同学"])
    await lina.contacts.block("zhangwei")
    with pytest.raises(Refused, match="not_accepting"):
        await zhangwei.send(CONV, "还在吗")
    await lina.contacts.unblock("zhangwei")
    await zhangwei.send(CONV, "谢谢")
    await lina.contacts.remove("zhangwei")
    with pytest.raises(Refused, match="not_accepting"):
        await lina.send(CONV, "再见")
    with pytest.raises(Refused, match="bank_duty"):
        await lina.contacts.remove("wangfang")


async def test_the_manager_sees_presence_over_dropped_lines(people, served):
    manager = people["wangfang"]
    heard: list[tuple[str, str]] = []
    manager.presence.on_presence(lambda state: heard.append((state.user, state.state)))
    await manager.presence.watch(["zhangwei", "nobody"])
    await until(lambda: ("zhangwei", "online") in heard)
    await people["zhangwei"].presence.appear("away")
    await until(lambda: heard[-1] == ("zhangwei", "away"))
    heard.clear()
    manager.drop()
    await until(lambda: heard[-1:] == [("zhangwei", "away")])
    people["zhangwei"].drop()
    await until(lambda: heard[-1] in {("zhangwei", "away"), ("zhangwei", "online")})
    await people["zhangwei"].presence.appear("online")
    await until(lambda: heard[-1] == ("zhangwei", "online"))
    assert ("zhangwei", "offline") not in heard
    await people["zhangwei"].close()
    await until(lambda: heard[-1] == ("zhangwei", "offline"))
    assert manager.presence.known["zhangwei"].last_seen
    assert {user for user, _ in heard} == {"zhangwei"}
