"""`GET /v1/search` over HTTP: its answers, and each of its refusals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx2
import pytest

from chat_server.domain.ids import direct_conversation
from tests.front_desk import FrontDesk
from tests.socket_house import draft

AsUser = Callable[..., Awaitable[httpx2.AsyncClient]]
CONV = direct_conversation("zhangwei", "wangfang")


async def test_messages_are_found_with_their_places(as_user: AsUser, desk: FrontDesk) -> None:
    await desk.store.messages.append(draft(CONV, "zhangwei", "1", "请给李娜转500块"))
    await desk.deliver_changes()
    async with await as_user("wangfang") as http:
        answer = (await http.get("/v1/search", params={"q": "李娜"})).json()
        there = (await http.get("/v1/search", params={"q": "李娜", "conv": CONV})).json()
    assert answer["messages"] == [
        {
            "conv": CONV,
            "seq": 1,
            "sender": "zhangwei",
            "ts": answer["messages"][0]["ts"],
            "file": False,
            "text": "请给李娜转500块",
            "marks": [[2, 4]],
        }
    ]
    assert (answer["people"], answer["more"]) == ([], None)
    assert there == answer
    async with await as_user("lina") as http:
        assert (await http.get("/v1/search", params={"q": "李娜"})).json()["messages"] == []


async def test_people_are_found_by_name(as_user: AsUser) -> None:
    async with await as_user("zhangwei") as http:
        answer = (await http.get("/v1/search", params={"q": "王芳", "kind": "people"})).json()
        nobody = (await http.get("/v1/search", params={"q": "李娜", "kind": "people"})).json()
    assert answer["people"] == [
        {"user": "wangfang", "name": "王芳", "badge": "manager", "conv": CONV}
    ]
    assert nobody["people"] == []


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({}, 400, "invalid_value"),
        ({"q": "，。"}, 400, "invalid_value"),
        ({"q": "x", "kind": "money"}, 400, "invalid_value"),
        ({"q": "x", "before": "0"}, 400, "invalid_value"),
        ({"q": "x" * 65}, 413, "too_long"),
        ({"q": "x", "conv": "d:lina:wangfang"}, 403, "not_a_member"),
    ],
)
async def test_what_cannot_be_searched_is_said(
    as_user: AsUser, asked: dict[str, str], status: int, code: str
) -> None:
    async with await as_user("zhangwei") as http:
        refused = await http.get("/v1/search", params=asked)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_too_many_searches_are_told_when_to_come_back(as_user: AsUser) -> None:
    async with await as_user("zhangwei") as http:
        for _ in range(30):
            assert (await http.get("/v1/search", params={"q": "x"})).status_code == 200
        refused = await http.get("/v1/search", params={"q": "x"})
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.json()["retry_after"] > 0


async def test_who_is_not_logged_in_finds_nothing(http: httpx2.AsyncClient) -> None:
    assert (await http.get("/v1/search", params={"q": "x"})).status_code == 401
