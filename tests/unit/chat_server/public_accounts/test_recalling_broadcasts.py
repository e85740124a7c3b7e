from __future__ import annotations

import asyncio

import pytest

from chat_server.domain.errors import AlreadyDecided, Forbidden, NotFound, RecallTooLate
from chat_server.domain.publishing import Broadcast, BroadcastState
from chat_server.usecases.public_accounts.publish import PublishBroadcast
from tests.front_desk import ARTICLES, FrontDesk

FEED = "f:@service"


async def approved(desk: FrontDesk) -> Broadcast:
    made = (await desk.cases.broadcasts.submit("ops", "@service", ARTICLES)).broadcast
    broadcasts = desk.cases.broadcasts
    return (await broadcasts.approve("shenhe", made.broadcast_id, made.content_hash)).broadcast


async def kinds(desk: FrontDesk) -> list[str]:
    events = await desk.store.messages.events(FEED, after=0, limit=9)
    return [event.kind.value for event in events]


async def test_a_broadcast_is_taken_back_for_everybody_once(desk: FrontDesk) -> None:
    await desk.cases.accounts.follow("zhangwei", "@service")
    sent = await approved(desk)
    await desk.deliver_changes()
    await desk.cases.read_article("zhangwei", sent.broadcast_id, 0)
    recalled = await desk.cases.broadcasts.recall("ops", sent.broadcast_id)
    assert recalled.broadcast.state is BroadcastState.RECALLED
    assert await desk.cases.broadcasts.recall("ops", sent.broadcast_id) == recalled
    for _ in range(3):
        await desk.deliver_changes()
    assert await kinds(desk) == ["message", "recall"]
    assert (await desk.store.messages.forms(FEED, [1]))[1].recalled
    with pytest.raises(NotFound):
        await desk.cases.read_article("zhangwei", sent.broadcast_id, 0)
    assert len(await desk.facts("broadcast_recalled")) == 1


async def test_recalled_before_it_was_sent_it_never_is(desk: FrontDesk) -> None:
    sent = await approved(desk)
    await desk.cases.broadcasts.recall("ops", sent.broadcast_id)
    await desk.deliver_changes()
    assert await kinds(desk) == []


async def test_recalled_while_it_is_being_sent_it_is_taken_back(desk: FrontDesk) -> None:
    sent = await approved(desk)
    (approval,) = [
        change
        for change in await desk.store.changes.changes(0, 1000)
        if change.fact and change.fact.kind == "broadcast_approved"
    ]

    class Slow:
        """A feed whose append is overtaken by the recall and all that follows from it."""

        def __getattr__(self, name: str):
            return getattr(desk.store.messages, name)

        def append(self, draft):
            async def late():
                await desk.cases.broadcasts.recall("ops", sent.broadcast_id)
                return await desk.store.messages.append(draft)

            return asyncio.ensure_future(late())

    publish = PublishBroadcast(desk.store.accounts, Slow(), desk.clock)
    await publish.on_change(approval)
    assert await kinds(desk) == ["message", "recall"]


async def test_who_may_recall_what_and_until_when(desk: FrontDesk) -> None:
    broadcasts = desk.cases.broadcasts
    waiting = (await broadcasts.submit("ops", "@service", ARTICLES[:1])).broadcast
    with pytest.raises(AlreadyDecided):
        await broadcasts.recall("ops", waiting.broadcast_id)
    with pytest.raises(NotFound):
        await broadcasts.recall("ops", "none")
    sent = await approved(desk)
    for user in ("shenhe", "zhangwei"):
        with pytest.raises(Forbidden):
            await broadcasts.recall(user, sent.broadcast_id)
    desk.clock.move(24 * 3600 + 1)
    with pytest.raises(RecallTooLate):
        await broadcasts.recall("ops", sent.broadcast_id)
