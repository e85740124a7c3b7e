"""Two nodes at one desk: of agents who claim at the same moment one gets the case, everywhere."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack

import pytest

from tests.integration.desk_people import CASES, Desk, at_desk, phone
from tests.integration.reading import read_logs
from tests.integration.two_nodes import Nodes, Shared, nodes, shared
from tests.servers import mongo_server, mongo_url, redis_server, redis_url

__all__ = ["mongo_server", "mongo_url", "nodes", "redis_server", "redis_url", "shared"]
pytestmark = pytest.mark.crash

LINA = "s:@service:lina"
ROUNDS = 3


async def test_a_case_is_claimed_once_and_each_node_seats_and_unseats(
    nodes: Nodes, shared: Shared
) -> None:
    a, b = nodes
    async with asyncio.timeout(240), AsyncExitStack() as stack:
        one = await stack.enter_async_context(at_desk(a.url, "kefu1"))
        other = await stack.enter_async_context(at_desk(b.url, "kefu2"))
        lina = await stack.enter_async_context(phone(a.url, "lina"))
        far = await stack.enter_async_context(phone(b.url, "kefu2", "window"))
        for number in range(ROUNDS):
            await lina.client.send(LINA, "转人工")
            case = await other.waiting("lina")
            winner = await _race(case, one, other)
            await lina.until(lambda body: body.get("agent") == winner.user)  # noqa: B023 - awaited here
            if winner is one:  # over to the other node
                await other.say("busy")
                await one.post(
                    f"/v1/desk/cases/{case}/transfer", {"agent": "kefu2", "note": "请接手"}
                )
            await lina.client.send(LINA, f"第{number}次只对坐席说")
            await far.text(f"第{number}次只对坐席说")
            await other.post(f"/v1/desk/cases/{case}/bot", {"note": ""})
            await far.until(lambda body: body.get("state") == "bot" and body["case"] == case)  # noqa: B023 - as above
            heard = len(far.heard)
            await lina.client.send(LINA, "查余额")
            await lina.until(lambda body: body.get("card_id", "").startswith("balance:"))
            assert len(far.heard) == heard
            far.heard.clear()
            lina.heard.clear()
    log = (await read_logs(shared.store_url, [LINA]))[LINA]
    told = [json.loads(each.body)["state"] for each in log if each.kind == "assign"]
    assert told.count("waiting") == told.count("bot") == ROUNDS


async def _race(case: str, *agents: Desk) -> Desk:
    claims = [each.http.post(f"/v1/desk/cases/{case}/claim") for each in agents for _ in range(3)]
    answers = await asyncio.gather(*claims)
    codes = [each.json().get("code", "") for each in answers]
    assert codes.count("") == 1, codes
    assert codes.count("case_taken") == len(claims) - 1, codes
    won = next(each.json()["agent"] for each in answers if each.status_code == 200)
    for agent in agents:
        serving = await agent.get(f"{CASES}?state=serving")
        assert [each["case"] for each in serving] == ([case] if agent.user == won else [])
    return next(agent for agent in agents if agent.user == won)
