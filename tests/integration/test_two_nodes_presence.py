"""Presence on two nodes over Redis: seen across them, and a killed node's people go offline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from chat_server.client.client import Client
from chat_server.delivery.presence import ASK_S, FORGET_S
from tests.integration.two_nodes import Nodes, nodes, shared
from tests.servers import mongo_server, mongo_url, redis_server, redis_url

__all__ = ["mongo_server", "mongo_url", "nodes", "redis_server", "redis_url", "shared"]
pytestmark = pytest.mark.crash

PATIENCE_S = 60.0


async def until(true: Callable[[], bool], within_s: float) -> None:
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110 - the client calls back, and has no event for it
            await asyncio.sleep(0.02)


async def test_who_is_at_the_other_node_is_seen_and_goes_with_it(nodes: Nodes) -> None:
    a, b = nodes
    heard: list[tuple[str, str]] = []
    async with Client(a.url, "wangfang", "demo-wangfang", "desk") as manager:
        manager.presence.on_presence(lambda state: heard.append((state.user, state.state)))
        await manager.presence.watch(["zhangwei", "lina"])
        await until(lambda: len(heard) == 2, PATIENCE_S)
        assert sorted(heard) == [("lina", "offline"), ("zhangwei", "offline")]
        async with (
            Client(b.url, "zhangwei", "demo-zhangwei", "phone") as zhangwei,
            Client(b.url, "lina", "demo-lina", "phone"),
        ):
            await until(lambda: len(heard) == 4, PATIENCE_S)
            assert sorted(heard[2:]) == [("lina", "online"), ("zhangwei", "online")]
            await zhangwei.presence.appear("away")
            await until(lambda: heard[-1] == ("zhangwei", "away"), PATIENCE_S)
            heard.clear()
            b.kill()
            await until(lambda: len(heard) == 2, FORGET_S + 2 * ASK_S)
            assert sorted(heard) == [("lina", "offline"), ("zhangwei", "offline")]
            heard.clear()
            b.start()
            await until(lambda: dict(heard) == {"lina": "online", "zhangwei": "away"}, PATIENCE_S)
