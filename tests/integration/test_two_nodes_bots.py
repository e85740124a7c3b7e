"""A customer's turn while two nodes are alive: taken once, whoever takes it, and whoever dies."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.integration.balancer import Balancer
from tests.integration.bank_reading import Attempt, names, the_bank_did_what_was_told
from tests.integration.paying import Customer, customer, service_of
from tests.integration.reading import read_logs
from tests.integration.two_nodes import Nodes, Shared, nodes, shared
from tests.servers import mongo_server, mongo_url, redis_server, redis_url

__all__ = ["mongo_server", "mongo_url", "nodes", "redis_server", "redis_url", "shared"]
pytestmark = pytest.mark.crash

QUESTIONS = 8
PATIENCE_S = 180.0
ZHANGWEI, LINA = ("zhangwei", "13800000001", "李娜"), ("lina", "13800000002", "张伟")


async def test_a_turn_is_taken_once_while_two_nodes_live_and_when_one_dies(
    nodes: Nodes, shared: Shared, tmp_path: Path
) -> None:
    a, b = nodes
    calm, killed = Attempt("zhangwei", "lina", "81.41"), Attempt("lina", "zhangwei", "82.42")

    async def kill_its_node(moment: str) -> None:
        if moment == "code.submit acked" and a.process and a.process.poll() is None:
            a.kill()  # its turn has begun, and not yet ended

    async with asyncio.timeout(PATIENCE_S), AsyncExitStack() as stack:
        door = await stack.enter_async_context(Balancer(a.port, b.port))
        zhangwei = await stack.enter_async_context(customer(door.url, *ZHANGWEI, tmp_path))
        lina = await stack.enter_async_context(customer(door.url, *LINA, tmp_path))
        asked = [
            ack.seq
            for ack in await asyncio.gather(
                *(zhangwei.client.send(zhangwei.conv, "查余额") for _ in range(QUESTIONS))
            )
        ]
        await _balance_cards(zhangwei, QUESTIONS)
        calm.receipt = await zhangwei.transfer(calm.amount, _undisturbed)
        killed.receipt = await lina.transfer(killed.amount, kill_its_node)
        assert door.used == {a.port, b.port}
        for person in (zhangwei, lina):
            await _noticed(person, calm.amount)
            await _noticed(person, killed.amount)
    assert (calm.receipt, killed.receipt) == (True, True)
    b.stop()
    await the_bank_did_what_was_told(b, shared.store_url, [calm, killed])
    log = (await read_logs(shared.store_url, [service_of("zhangwei")]))[zhangwei.conv]
    said = Counter(event.mid.rpartition("#")[0] or event.mid for event in log)
    for seq in asked:
        answers = (said[f"balance:{seq}"], said[f"{zhangwei.conv}:{seq}"])
        assert answers == (1, 0), answers  # the card, and no word beside it


async def _undisturbed(moment: str) -> None:
    """Nothing happens to the house."""


async def _balance_cards(person: Customer, number: int) -> None:
    while _seen(person, "balance:") < number:  # noqa: ASYNC110 - the screen is a list
        await asyncio.sleep(0.02)


def _seen(person: Customer, prefix: str) -> int:
    return sum(body.get("card_id", "").startswith(prefix) for _, body in person.screen)


async def _noticed(person: Customer, amount: str) -> None:
    while not any(names(body, amount) for _, body in person.screen):  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.02)
