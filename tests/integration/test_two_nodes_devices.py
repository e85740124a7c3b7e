"""Two nodes over MongoDB and Redis: log-ins at once on both, and a log-out felt on the other."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.error
import urllib.request

import pytest

from chat_server.client.client import Client
from chat_server.client.faults import Ended
from tests.house import ServedHouse
from tests.integration.two_nodes import Nodes, nodes, shared
from tests.servers import mongo_server, mongo_url, redis_server, redis_url

__all__ = ["mongo_server", "mongo_url", "nodes", "redis_server", "redis_url", "shared"]
pytestmark = pytest.mark.crash

SOON_S = 1.0


def log_in(house: ServedHouse, user: str, device: str) -> int:
    login = {"user": user, "password": f"demo-{user}", "device": device}
    request = urllib.request.Request(
        f"{house.url}/v1/login",
        data=json.dumps(login).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as exc:
        with exc:
            return exc.code


async def test_a_device_at_the_other_node_is_out_within_a_second(nodes: Nodes) -> None:
    a, b = nodes
    async with (
        asyncio.timeout(120),
        Client(a.url, "zhangwei", "demo-zhangwei", "phone") as phone,
        Client(b.url, "zhangwei", "demo-zhangwei", "tablet") as tablet,
    ):
        listed = await phone.devices.list()
        session = next(each.session for each in listed if each.device == "tablet")
        over = asyncio.ensure_future(until_over(tablet))
        await phone.devices.revoke(session)
        revoked_at = time.monotonic()
        assert await over - revoked_at < SOON_S
        with pytest.raises(Ended):
            await tablet.send("d:wangfang:zhangwei", "还在吗")


async def until_over(client: Client) -> float:
    async for _ in client.events():
        pass
    return time.monotonic()


async def test_log_ins_at_once_on_both_nodes_leave_five(nodes: Nodes) -> None:
    answers = await asyncio.gather(
        *(
            asyncio.to_thread(log_in, nodes[number % 2], "lina", f"d{number}")
            for number in range(10)
        )
    )
    assert sorted(answers) == [200] * 5 + [409] * 5
