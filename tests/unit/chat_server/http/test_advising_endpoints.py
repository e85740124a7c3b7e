"""What the bank's people ask the recommender over HTTP, and who may ask what."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from recommender.contract import ModelCard, ProductCard

NEXT = "/v1/staff/customers/{}/next-offers"
FORESEE = "/v1/staff/accounts/@service/foresee"


@pytest.fixture
async def each(as_user):
    """Each of them logged in."""
    async with AsyncExitStack() as stack:
        yield {
            user: await stack.enter_async_context(await as_user(user))
            for user in ("zhangwei", "lina", "wangfang", "ops", "admin")
        }


async def agree(http) -> None:
    given = {"granted": True, "text_hash": "a" * 64}
    await http.put("/v1/consents/personalised_offers", json=given)


async def test_a_manager_sees_the_next_offers_of_their_own_customer_under_consent(each):
    manager = each["wangfang"]
    assert (await manager.get(NEXT.format("zhangwei"))).json() == []
    await agree(each["zhangwei"])
    (offer,) = (await manager.get(NEXT.format("zhangwei"))).json()
    assert (offer["product"], offer["score"], offer["adds"]) == ("accumulated_gold", 0.4, None)
    assert offer["reasons"] == [{"feature": "gold_read", "value": 2.0, "weight": 0.7}]


@pytest.mark.parametrize(
    ("user", "customer", "told"),
    [
        ("wangfang", "lina", (404, "not_found")),
        ("wangfang", "nobody", (404, "not_found")),
        ("ops", "zhangwei", (403, "forbidden")),
        ("zhangwei", "zhangwei", (403, "forbidden")),
    ],
)
async def test_nobody_sees_the_offers_of_others_customers(each, user, customer, told):
    answer = await each[user].get(NEXT.format(customer))
    assert (answer.status_code, answer.json()["code"]) == told


async def test_an_audience_is_foreseen_from_those_who_follow_and_agreed(desk, each):
    desk.offers.chances = {"zhangwei": 0.5, "lina": 0.2}
    for user in ("zhangwei", "lina"):
        await each[user].post("/v1/accounts/@service/follow")
    await agree(each["zhangwei"])
    ops = each["ops"]
    assert (await ops.post(FORESEE, json={"product": "fund"})).json()["reached"] == 1
    await agree(each["lina"])
    both = (await ops.post(FORESEE, json={"product": "fund"})).json()
    assert (both["reached"], both["interested"], both["added"]) == (2, 0.7, None)
    best = (await ops.post(FORESEE, json={"product": "fund", "top": 1})).json()
    assert (best["reached"], best["interested"]) == (1, 0.5)
    likely = (await ops.post(FORESEE, json={"product": "fund", "at_least": 0.9})).json()
    assert (likely["reached"], likely["interested"]) == (0, 0.0)


@pytest.mark.parametrize(
    "body",
    [
        {"product": "yacht"},
        {"product": ""},
        {"product": "fund", "at_least": 1.1},
        {"product": "fund", "top": -1},
        {"product": "fund", "customers": ["lina"]},
        {},
    ],
)
async def test_a_question_that_means_nothing_is_refused(each, body):
    answer = await each["ops"].post(FORESEE, json=body)
    assert answer.status_code in {400, 422}
    assert answer.json()["code"] in {"invalid_value", "malformed"}


async def test_the_model_has_a_card_for_the_operators(desk, each):
    assert (await each["ops"].get("/v1/staff/recommender")).json()["version"] == ""
    products = [ProductCard("fund", 300, 0.2, ("fund_read",))]
    desk.offers.model = ModelCard(version="v-2", offers=300, roc_auc=0.7, products=products)
    card = (await each["admin"].get("/v1/staff/recommender")).json()
    assert (card["version"], card["roc_auc"], card["readings"]["drift"]) == ("v-2", 0.7, 0.1)
    assert card["products"][0]["drivers"] == ["fund_read"]
    assert (await each["zhangwei"].get("/v1/staff/recommender")).status_code == 403
