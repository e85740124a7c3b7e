"""Two nodes of the open platform over one store: each callback and each message once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest

from chat_server.adapters.callbacks.line import open_line
from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.domain.message import EventKind
from chat_server.platform.xml_text import read
from tests.front_desk import FrontDesk
from tests.partner import Backend, backend
from tests.partner_front import PartnerFront

Nodes = tuple[PartnerFront, PartnerFront]


class AheadClock(SystemClock):
    """The time of day, moved forward by `ahead_ms`."""

    ahead_ms = 0

    def now_ms(self) -> int:
        return super().now_ms() + self.ahead_ms


@pytest.fixture
async def shop() -> AsyncIterator[Backend]:
    async with backend() as opened:
        yield opened


@pytest.fixture
async def nodes(tmp_path: Path, shop: Backend) -> AsyncIterator[Nodes]:
    """Each with a connection of its own to the same file; only the first made the people."""
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(open_line((), (), loopback=True))
        fronts = []
        for node in ("a", "b"):
            clock = AheadClock()
            url = f"sqlite:///{tmp_path / 'chat.db'}"
            store = await stack.enter_async_context(open_store(url, clock=clock))
            fronts.append(PartnerFront(FrontDesk(store, clock), line, node=node))  # type: ignore[arg-type]
        first, second = fronts
        await first.desk.open()
        await first.open(shop.url)
        second.created, second.account, second.token = first.created, first.account, first.token
        yield first, second
        for front in fronts:
            await front.close()


async def both_hear(nodes: Nodes) -> None:
    await asyncio.gather(*(each.settle() for each in nodes))


async def test_what_both_nodes_hear_of_is_called_back_once(nodes: Nodes, shop: Backend) -> None:
    first, second = nodes
    running = [asyncio.create_task(each.platform.run()) for each in nodes]
    await first.desk.cases.accounts.follow("zhangwei", first.account)
    await both_hear(nodes)
    for number in range(20):
        await (first, second)[number % 2].say(f"第{number}句")
        await both_hear(nodes)
    told = [read((await shop.next()).body.encode()) for _ in range(21)]
    with suppress(TimeoutError):
        await shop.next(within_s=1.5)
        raise AssertionError("a callback came twice")
    said = [each["Content"] for each in told if each["MsgType"] == "text"]
    assert said == [f"第{number}句" for number in range(20)]  # in the customer's order, too
    await ended(running)


async def test_a_node_that_dies_is_followed_by_the_other_with_the_same_number(
    nodes: Nodes, shop: Backend
) -> None:
    first, second = nodes
    silent = asyncio.Event()

    async def hangs(asked: object) -> object:
        silent.set()
        await asyncio.sleep(60)  # until the node that asks is gone
        raise AssertionError

    answer, shop.answer = shop.answer, hangs  # type: ignore[assignment]
    running = [asyncio.create_task(first.platform.run())]
    await first.desk.cases.accounts.follow("zhangwei", first.account)
    await first.settle()
    before = read((await shop.next()).body.encode())
    await silent.wait()
    await ended(running)
    shop.answer = answer
    second.clock.ahead_ms = 31_000  # the dead node's hold on the account ends
    running = [asyncio.create_task(second.platform.run())]
    again = read((await shop.next()).body.encode())
    assert (again["CreateTime"], again["Event"]) == (before["CreateTime"], "subscribe")
    await ended(running)


async def test_tokens_hold_on_both_and_a_new_secret_ends_them_on_both(nodes: Nodes) -> None:
    first, second = nodes
    await second.log_in()
    assert (await first.call("/cgi-bin/user/get", token=second.token))["total"] == 0
    await first.platform.parts.developing.renew_secret(first.account, "admin")
    for node in nodes:
        assert (await node.call("/cgi-bin/user/get", token=second.token))["errcode"] == 40001


async def test_a_mass_send_that_both_nodes_work_on_says_everything_once(nodes: Nodes) -> None:
    first, second = nodes
    openids = [await first.follow(), await first.follow("lina")]
    said = {"touser": openids, "msgtype": "text", "text": {"content": "您好"}}
    answer = await second.call("/cgi-bin/message/mass/send", said)
    for _ in range(3):
        await asyncio.gather(*(each.platform.parts.mass.go_round() for each in nodes))
    state = await first.call("/cgi-bin/message/mass/get", {"msg_id": answer["msg_id"]})
    assert state["msg_status"] == "SEND_SUCCESS"
    for user in ("zhangwei", "lina"):
        events = await first.store.messages.events(f"s:{first.account}:{user}", after=0, limit=9)
        assert len([each for each in events if each.kind is EventKind.MESSAGE]) == 1
    waiting = [each.event for each in await second.callbacks()]
    assert waiting.count("MASSSENDJOBFINISH") == 1


async def ended(running: list[asyncio.Task[None]]) -> None:
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
