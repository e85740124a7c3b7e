"""Words of the error table that few requests meet, over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx2
import pytest
from msgspec.structs import replace

from chat_server.domain.facts import Fact
from chat_server.domain.publishing import Broadcast, BroadcastState, hash_content
from tests.front_desk import ARTICLES, FrontDesk

AsUser = Callable[..., Awaitable[httpx2.AsyncClient]]


async def test_a_full_group_takes_nobody_more(
    desk: FrontDesk, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("change", "join"):
        monkeypatch.setattr(f"chat_server.usecases.groups.{room}.MOST_MEMBERS", 2)
    await desk.assign("lina", "wangfang", actor="test")
    async with await as_user("wangfang") as http:
        draft = {"title": "周五理财", "members": ["lina"]}
        conv = (await http.post("/v1/groups", json=draft)).json()["conv"]
        answer = await http.post(f"/v1/groups/{conv}/members", json={"users": ["zhangwei"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "group_full")


async def test_who_made_a_broadcast_and_reviews_now_leaves_it_to_another(
    desk: FrontDesk, as_user: AsUser
) -> None:
    broadcast = Broadcast(
        broadcast_id="b",
        account="@service",
        articles=ARTICLES,
        content_hash=hash_content("@service", ARTICLES),
        state=BroadcastState.SUBMITTED,
        maker="ops",
        submitted_ms=1,
    )
    made = replace(broadcast, maker="shenhe")  # who was an operator then
    await desk.store.accounts.save_broadcast(made, Fact("submitted", "shenhe", "b", 1))
    async with await as_user("shenhe") as http:
        said = {"content_hash": broadcast.content_hash}
        answer = await http.post("/v1/staff/broadcasts/b/approve", json=said)
    assert (answer.status_code, answer.json()["code"]) == (403, "four_eyes")
