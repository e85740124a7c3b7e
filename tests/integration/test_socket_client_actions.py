"""The client library edits, recalls, reacts, answers and passes on; another process may act too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from chat_server.adapters.open import open_store
from chat_server.client.client import Client
from chat_server.client.faults import Refused
from chat_server.domain.bodies import Edit, Recall, Text
from chat_server.domain.ids import direct_conversation
from chat_server.domain.message import EventKind
from tests.socket_house import DIRECT, House, draft, open_house

WITH_MIA = direct_conversation("ann", "mia")


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'chat.db'}"


@pytest.fixture
async def house(store_url: str) -> AsyncIterator[House]:
    async with open_house(store_url) as house:
        yield house


async def client(house: House, user: str) -> Client:
    url = f"http://127.0.0.1:{house.port}"
    return Client(url, user, device="phone", token=await house.token(user))


async def test_a_client_does_everything_to_messages(house):
    async with await client(house, "ann") as ann, await client(house, "bob") as bob:
        await ann.send(DIRECT, "helo")
        await ann.edit(DIRECT, 1, "hello")
        await bob.react(DIRECT, 1, "👍")
        answer = await bob.send(DIRECT, "hi", reply_to=1)
        first, *_ = (await ann.history(DIRECT, after=0)).events
        assert (msgspec.json.decode(first.body), first.edited) == (
            {"type": "text", "text": "hello"},
            True,
        )
        assert [(one.emoji, one.count) for one in first.reactions] == [("👍", 1)]
        await ann.forward(WITH_MIA, first)
        await bob.recall(DIRECT, answer.seq)
        with pytest.raises(Refused, match="not_found"):
            await bob.recall(DIRECT, answer.seq)
        events = bob.events()
        async with asyncio.timeout(10):
            kinds = [(await anext(events)).kind for _ in range(2)]
        assert kinds == ["message", "edit"]


async def test_the_same_action_under_the_same_name_is_done_once(house):
    async with await client(house, "ann") as ann:
        await ann.send(DIRECT, "helo")
        first = await ann.edit(DIRECT, 1, "hello", mid="e1")
        again = await ann.edit(DIRECT, 1, "hello", mid="e1")
        assert (again.seq, again.duplicate) == (first.seq, True)


async def test_what_was_recalled_before_a_node_heard_of_it_is_never_pushed(house, store_url):
    bob = await house.device("bob")
    async with open_store(store_url, clock=house.clock) as elsewhere:
        await elsewhere.messages.append(draft(DIRECT, "ann", "m1", "secret words"))
        for action, kind in ((Edit(1, Text("more secret")), EventKind.EDIT), (Recall(1), "recall")):
            named = msgspec.structs.replace(
                draft(DIRECT, "ann", kind), kind=EventKind(kind), counts=False
            )
            await elsewhere.messages.act(named, action)
    house.room.fanout.look_again()
    pushed = [await bob.get() for _ in range(3)]
    assert [one["kind"] for one in pushed] == ["message", "edit", "recall"]
    assert "secret" not in str(pushed)
    assert pushed[0]["body"] == pushed[1]["body"] == {"type": "recalled"}
