"""Contacts over HTTP."""

from __future__ import annotations

import pytest


@pytest.fixture
async def zhangwei(as_user):
    async with await as_user("zhangwei") as http:
        yield http


@pytest.fixture
async def lina(as_user):
    async with await as_user("lina") as http:
        yield http


async def let_find(http) -> None:
    change = {"findable": True, "presence": "contacts"}
    assert (await http.put("/v1/privacy", json=change)).json() == change


async def test_two_customers_find_ask_and_keep_each_other(zhangwei, lina):
    missed = await zhangwei.post("/v1/contact-search", json={"number": "lina"})
    assert (missed.status_code, missed.json()["code"]) == (404, "not_found")
    await let_find(lina)
    (found,) = (await zhangwei.post("/v1/contact-search", json={"number": "lina"})).json()
    assert (found["name"], found["state"], found["user"]) == ("*娜", "stranger", "")
    wish = {"ticket": found["ticket"], "greeting": "你好"}
    asked = (await zhangwei.post("/v1/contact-requests", json=wish)).json()
    assert asked == {"state": "asked", "user": "", "conv": ""}
    waiting = (await lina.get("/v1/contact-requests")).json()
    (request,) = waiting["theirs"]
    assert (request["user"], request["name"], request["greeting"]) == ("zhangwei", "张伟", "你好")
    (own,) = (await zhangwei.get("/v1/contact-requests")).json()["mine"]
    assert (own["name"], "user" in own) == ("*娜", False)
    accepted = (await lina.post("/v1/contact-requests/zhangwei")).json()
    assert accepted == {"state": "contact", "user": "zhangwei", "conv": "d:lina:zhangwei"}
    noted = await lina.patch("/v1/contacts/zhangwei", json={"remark": "老张", "tags": ["同学"]})
    assert noted.status_code == 204
    page = (await lina.get("/v1/contacts")).json()
    (contact,) = page["contacts"]
    assert (contact["remark"], contact["tags"], contact["name"]) == ("老张", ["同学"], "张伟")
    assert (await lina.put("/v1/contacts/zhangwei/block")).status_code == 204
    assert (await lina.get("/v1/contacts")).json()["contacts"][0]["blocked"]
    assert (await lina.delete("/v1/contacts/zhangwei/block")).status_code == 204
    assert (await lina.delete("/v1/contacts/zhangwei")).status_code == 204
    assert (await lina.get("/v1/contacts")).json() == {"contacts": [], "next": ""}


async def test_a_card_is_shown_looked_up_and_renewed(zhangwei, lina):
    card = (await lina.get("/v1/contact-card")).json()["card"]
    found = (await zhangwei.post("/v1/contact-search/card", json={"card": card})).json()
    assert (found["name"], found["state"]) == ("李娜", "stranger")
    fresh = (await lina.post("/v1/contact-card")).json()["card"]
    assert fresh != card
    old = await zhangwei.post("/v1/contact-search/card", json={"card": card})
    assert old.status_code == 404


async def test_a_request_is_refused_in_silence(zhangwei, lina):
    card = (await lina.get("/v1/contact-card")).json()["card"]
    found = (await zhangwei.post("/v1/contact-search/card", json={"card": card})).json()
    await zhangwei.post("/v1/contact-requests", json={"ticket": found["ticket"]})
    assert (await lina.delete("/v1/contact-requests/zhangwei")).status_code == 204
    assert (await lina.post("/v1/contact-requests/zhangwei")).status_code == 404
    assert len((await zhangwei.get("/v1/contact-requests")).json()["mine"]) == 1


async def test_the_account_manager_stays(zhangwei):
    for gone in (
        await zhangwei.delete("/v1/contacts/wangfang"),
        await zhangwei.put("/v1/contacts/wangfang/block"),
    ):
        assert (gone.status_code, gone.json()["code"]) == (403, "bank_duty")


async def test_staff_keep_contacts_and_neither_search_nor_block(as_user):
    async with await as_user("wangfang", "desk") as http:
        (customer,) = (await http.get("/v1/contacts")).json()["contacts"]
        assert (customer["user"], customer["fixed"]) == ("zhangwei", False)
        noted = await http.patch("/v1/contacts/zhangwei", json={"tags": ["重点"]})
        assert noted.status_code == 204
        search = await http.post("/v1/contact-search", json={"number": "lina"})
        block = await http.put("/v1/contacts/zhangwei/block")
        assert (search.status_code, block.status_code) == (403, 403)


async def test_searching_without_end_is_told_when_to_come_back(zhangwei):
    for _ in range(20):
        await zhangwei.post("/v1/contact-search", json={"number": "nobody"})
    refused = await zhangwei.post("/v1/contact-search", json={"number": "nobody"})
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.json()["retry_after"] == 60.0
    assert refused.headers["retry-after"] == "60"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/contact-search", {"number": ""}),
        ("POST", "/v1/contact-search", {"number": "a\tb"}),
        ("POST", "/v1/contact-requests", {"ticket": "x", "greeting": "长" * 101}),
        ("PATCH", "/v1/contacts/wangfang", {"remark": "长" * 33}),
        ("PATCH", "/v1/contacts/wangfang", {"tags": [""]}),
        ("PUT", "/v1/privacy", {"findable": True, "presence": "everybody"}),
    ],
)
async def test_what_cannot_be_is_told_so(zhangwei, method, path, body):
    refused = await zhangwei.request(method, path, json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_value")
