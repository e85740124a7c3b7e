"""Lists for a customer over HTTP: what they may open, with reasons, and what they refused."""

from __future__ import annotations

import pytest

from recommender.contract import Because, SuggestedItem
from tests.front_desk import ARTICLES


@pytest.fixture
async def published(desk, as_user):
    """A follower, and a broadcast of two articles that was approved."""
    async with await as_user("zhangwei") as customer:
        await customer.post("/v1/accounts/@service/follow")
        broadcasts = desk.cases.broadcasts
        made = (await broadcasts.submit("ops", "@service", ARTICLES)).broadcast
        await broadcasts.approve("shenhe", made.broadcast_id, made.content_hash)
        yield customer, made.broadcast_id


async def test_articles_come_as_the_recommender_ranks_them_and_then_what_is_new(desk, published):
    customer, broadcast = published
    because = [Because(f"{broadcast}/0", 0.5), Because("gone", -0.1)]
    desk.offers.items = [
        SuggestedItem("gone/0", 2.0),
        SuggestedItem(f"{broadcast}/1", 0.4, because),
    ]
    found = (await customer.get("/v1/recommended/article")).json()
    assert [one["item"] for one in found["items"]] == [f"{broadcast}/1", f"{broadcast}/0"]
    first, new = found["items"]
    assert (first["title"], first["account_name"]) == ("网点", "工银服务")
    assert first["because"] == [{"item": f"{broadcast}/0", "title": "利率调整", "weight": 0.5}]
    assert (new["score"], new["because"]) == (0.0, [])
    assert not found["personal"]


async def test_what_was_read_or_refused_does_not_come_again(desk, published):
    customer, broadcast = published
    await customer.get(f"/v1/broadcasts/{broadcast}/articles/0")
    refused = {"item": f"{broadcast}/1"}
    assert (
        await customer.post("/v1/recommended/article/unwanted", json=refused)
    ).status_code == 204
    assert (await customer.get("/v1/recommended/article")).json()["items"] == []


async def test_an_account_that_one_follows_is_not_recommended(desk, published):
    customer, _ = published
    desk.offers.items = [SuggestedItem("@service", 1.0)]
    assert (await customer.get("/v1/recommended/account")).json()["items"] == []
    await customer.delete("/v1/accounts/@service/follow")
    found = (await customer.get("/v1/recommended/account")).json()["items"]
    assert [one["title"] for one in found] == ["工银服务"]


async def test_the_consents_that_hold_now_are_asked_with(desk, published):
    customer, _ = published
    given = {"granted": True, "text_hash": "a" * 64}
    await customer.put("/v1/consents/personalised_offers", json=given)
    found = (await customer.get("/v1/recommended/goods", params={"limit": 3})).json()
    assert found == {"items": [], "personal": True, "model_version": "v-1"}
    assert desk.offers.asked[-1].consents.personalised_offers
    assert (await customer.get("/v1/interests")).json() == [{"topic": "gold", "weight": 1.5}]


@pytest.mark.parametrize(
    ("path", "status"),
    [("article?limit=0", 400), ("article?limit=51", 400), ("shoes", 400), ("article?limit=x", 400)],
)
async def test_a_list_that_does_not_exist_is_refused(published, path, status):
    customer, _ = published
    answer = await customer.get(f"/v1/recommended/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, "invalid_value")


async def test_what_nobody_can_be_shown_cannot_be_refused(published):
    customer, _ = published
    answer = await customer.post("/v1/recommended/article/unwanted", json={"item": "nothing/0"})
    assert answer.status_code == 404


async def test_staff_have_no_lists(as_user):
    async with await as_user("ops") as staff:
        assert (await staff.get("/v1/recommended/article")).status_code == 403
