"""Groups on two nodes: what one node decides holds on the other at once (I7)."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import msgspec
import pytest

from chat_server.client.client import Client
from chat_server.client.faults import Refused
from chat_server.wire import frames
from tests.integration.two_nodes import Nodes, nodes, shared
from tests.servers import mongo_server, mongo_url, redis_server, redis_url

__all__ = ["mongo_server", "mongo_url", "nodes", "redis_server", "redis_url", "shared"]
pytestmark = pytest.mark.crash

PATIENCE_S = 120.0
MANY = 20


class Listener:
    """Somebody's device, with all that it hears."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.heard: list[frames.Event] = []

    async def listen(self) -> None:
        async for event in self.client.events():
            self.heard.append(event)

    def held(self, conv: str) -> list[int]:
        return [event.seq for event in self.heard if event.conv == conv]

    async def until(self, conv: str, seq: int) -> None:
        while seq not in self.held(conv):  # noqa: ASYNC110 - the client calls back, and has no event
            await asyncio.sleep(0.02)

    async def told(self, conv: str, what: str) -> int:
        """The seq of the change that it was told of."""
        while True:
            for event in self.heard:
                body = msgspec.json.decode(event.body)
                if event.conv == conv and body.get("what") == what:
                    return event.seq
            await asyncio.sleep(0.02)


async def test_who_is_removed_on_one_node_hears_nothing_more_from_the_other(nodes: Nodes) -> None:
    a, b = nodes
    async with asyncio.timeout(PATIENCE_S), AsyncExitStack() as stack:
        manager, gone, stays = [
            await _listening(stack, url, user, device)
            for url, user, device in (
                (a.url, "wangfang", "desk"),
                (b.url, "zhangwei", "phone"),
                (b.url, "lina", "phone"),
            )
        ]
        group = await manager.client.groups.create("周五理财", ["zhangwei", "lina"])
        conv = group.conv
        first = await manager.client.send(conv, "大家好")
        await asyncio.gather(gone.until(conv, first.seq), stays.until(conv, first.seq))
        writing = asyncio.gather(*(stays.client.send(conv, f"第{n}句") for n in range(MANY)))
        await manager.client.groups.remove(conv, "zhangwei")
        await writing
        last = await manager.client.send(conv, "他听不到")
        await stays.until(conv, last.seq)
        removed = await gone.told(conv, "removed")
        assert gone.held(conv) == list(range(1, removed + 1))
        for edge in ({"after": 0}, {"before": last.seq + 1}):
            page = await gone.client.history(conv, limit=200, **edge)
            assert [event.seq for event in page.events] == list(range(1, removed + 1))
            assert page.head == removed
        with pytest.raises(Refused, match="not_a_member"):
            await gone.client.send(conv, "我呢")
        tablet = await _listening(stack, a.url, "zhangwei", "tablet", from_start=True)
        await tablet.until(conv, removed)
        await manager.client.send(conv, "再说一句")
        back = await manager.client.groups.invite(conv, ["zhangwei"])
        assert back.members == 3
        invited = await gone.told(conv, "invited")
        assert invited > last.seq
        after = await stays.client.send(conv, "欢迎回来")
        await gone.until(conv, after.seq)
        assert gone.held(conv)[removed:] == [invited, after.seq]
        await tablet.until(conv, after.seq)
        assert tablet.held(conv) == [*range(1, removed + 1), invited, after.seq]


async def test_what_is_ones_own_reaches_a_device_on_the_other_node(nodes: Nodes) -> None:
    a, b = nodes
    conv = "d:wangfang:zhangwei"
    async with asyncio.timeout(PATIENCE_S), AsyncExitStack() as stack:
        phone = await _listening(stack, a.url, "zhangwei", "phone")
        tablet = await _listening(stack, b.url, "zhangwei", "tablet")
        told: asyncio.Queue[object] = asyncio.Queue()
        tablet.client.own.on_settings(told.put_nowait)
        ack = await phone.client.send(conv, "明天来")
        settled = await phone.client.own.settle(conv, pinned=True)
        assert getattr(await told.get(), "version", 0) == settled.version
        cleared = await phone.client.own.clear(conv, ack.seq)
        assert getattr(await told.get(), "first_seq", 0) == cleared.first_seq == ack.seq + 1
        page = await tablet.client.history(conv, after=0)
        assert page.first_seq == ack.seq + 1
        with pytest.raises(Refused, match="not_found"):  # the other node forgot where it stood
            await tablet.client.send(conv, "回复", reply_to=ack.seq)


async def _listening(
    stack: AsyncExitStack, url: str, user: str, device: str, *, from_start: bool = False
) -> Listener:
    client = Client(url, user, f"demo-{user}", device, from_start=from_start)
    listener = Listener(await stack.enter_async_context(client))
    task = asyncio.create_task(listener.listen())
    stack.callback(task.cancel)
    return listener
