from __future__ import annotations

import pytest

from chat_server.domain.errors import NotFound
from tests.front_desk import ARTICLES, FrontDesk


async def broadcast(desk: FrontDesk, *, approved: bool) -> str:
    sent = (await desk.cases.broadcasts.submit("ops", "@service", ARTICLES)).broadcast
    if approved:
        await desk.cases.broadcasts.approve("shenhe", sent.broadcast_id, sent.content_hash)
    return sent.broadcast_id


async def test_a_follower_reads_and_that_is_told_once(desk: FrontDesk) -> None:
    broadcast_id = await broadcast(desk, approved=True)
    await desk.cases.accounts.follow("zhangwei", "@service")
    for _ in range(3):
        view = await desk.cases.read_article("zhangwei", broadcast_id, 1)
    assert (view.article, view.account_name) == (ARTICLES[1], "工银服务")
    assert view.published_ms == desk.clock.now_ms()
    (fact,) = await desk.facts("article_read")
    assert (fact.actor, fact.subject) == ("zhangwei", f"{broadcast_id}/1")


@pytest.mark.parametrize("index", [-1, 2, 10**9])
async def test_there_is_no_article_beyond_the_last(desk: FrontDesk, index: int) -> None:
    broadcast_id = await broadcast(desk, approved=True)
    with pytest.raises(NotFound):
        await desk.cases.read_article("ops", broadcast_id, index)


async def test_before_approval_only_the_desk_reads(desk: FrontDesk) -> None:
    broadcast_id = await broadcast(desk, approved=False)
    await desk.cases.accounts.follow("zhangwei", "@service")
    for reader in ("ops", "shenhe", "admin"):
        await desk.cases.read_article(reader, broadcast_id, 0)
    for reader in ("zhangwei", "wangfang", "nobody"):
        with pytest.raises(NotFound):
            await desk.cases.read_article(reader, broadcast_id, 0)
    assert await desk.facts("article_read") == []


async def test_who_does_not_follow_or_no_longer_does_reads_nothing(desk: FrontDesk) -> None:
    broadcast_id = await broadcast(desk, approved=True)
    with pytest.raises(NotFound):
        await desk.cases.read_article("lina", broadcast_id, 0)
    await desk.cases.accounts.follow("lina", "@service")
    await desk.cases.read_article("lina", broadcast_id, 0)
    await desk.cases.accounts.unfollow("lina", "@service")
    with pytest.raises(NotFound):
        await desk.cases.read_article("lina", broadcast_id, 0)
    assert (await desk.cases.read_article("wangfang", broadcast_id, 0)).account == "@service"
