"""The assist desk of a served house: from the bot to a person and back, over real connections."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from chat_server.client.faults import Refused
from tests.house import ServedHouse, copy_of, demo_data, loaded_data
from tests.integration.desk_people import CASES, Desk, Phone, at_desk, phone
from tests.integration.reading import read_logs

__all__ = ["demo_data", "loaded_data"]

LINA, ZHANGWEI = "s:@service:lina", "s:@service:zhangwei"
NONE = "/v1/desk/cases/none"


class Scene:
    """Two customers, two agents, a supervisor and an administrator."""

    def __init__(self, house: ServedHouse, people: dict[str, Desk]) -> None:
        self.house, self.people = house, people

    def __getattr__(self, user: str) -> Desk:
        return self.people[user]


@pytest.fixture
async def scene(demo_data: Path) -> AsyncIterator[Scene]:
    house = ServedHouse(demo_data)
    await asyncio.to_thread(house.start)
    try:
        async with AsyncExitStack() as stack:
            people = {
                user: await stack.enter_async_context(at_desk(house.url, user))
                for user in ("lina", "zhangwei", "kefu1", "kefu2", "zhuguan", "admin", "wangfang")
            }
            yield Scene(house, people)
    finally:
        await asyncio.to_thread(house.stop)


async def quiet(device: Phone, conv: str) -> list[str]:
    """Texts of the account after its last word to this customer was settled."""
    page = await device.client.history(conv, after=0, limit=200)
    bodies = [json.loads(bytes(each.body)) for each in page.events if each.from_ == "@service"]
    return [each["text"] for each in bodies if each["type"] == "text"]


async def test_from_the_bot_to_a_person_and_back_with_a_rating(scene: Scene) -> None:
    async with phone(scene.house.url, "lina") as lina, phone(scene.house.url, "kefu1") as kefu1:
        await lina.client.send(LINA, "人工")
        told = await lina.state("waiting")
        assert (told["position"], told["reason"]) == (1, "asked")
        case = await scene.kefu1.waiting("lina")
        claimed = await scene.kefu1.post(f"/v1/desk/cases/{case}/claim")
        assert (claimed["agent"], claimed["why"], claimed["preview"]) == (
            "kefu1",
            "claimed",
            "人工",
        )
        assert (await lina.state("serving"))["name"] == "林晓"
        assert (await kefu1.state("serving"))["case"] == case
        lines = {each.conv: each for each in await kefu1.client.conversations()}
        assert (lines[LINA].title, lines[LINA].peer) == ("李娜", "lina")

        said = await quiet(lina, LINA)
        await lina.client.send(LINA, "查余额")
        await kefu1.text("查余额")
        await kefu1.client.send(LINA, "您好李娜，我来帮您查")
        await lina.text("您好李娜，我来帮您查")
        assert await quiet(lina, LINA) == said

        await scene.kefu1.post(f"/v1/desk/cases/{case}/close", {"note": "已解答"})
        await lina.state("closed")
        seq, card = await lina.until(lambda b: b.get("card_id", "").startswith("rating:"))
        assert len(card["card"]["actions"]) == 5
        await lina.client.submit(LINA, seq, "rate_5", {"comment": "很快"})
        await lina.until(lambda b: b["type"] == "card_state" and b["state"] == "done")
        with pytest.raises(Refused, match="card_not_open"):
            await lina.client.submit(LINA, seq, "rate_1", {"comment": ""})
        (closed,) = await scene.zhuguan.get(f"{CASES}?state=closed")
        assert (closed["rating"], closed["comment"], closed["agent"]) == (5, "很快", "kefu1")

        with pytest.raises(Refused, match="not_a_member"):
            await kefu1.client.send(LINA, "还在吗")
        heard = len(kefu1.heard)
        await lina.client.send(LINA, "查余额")  # the bot answers again
        await lina.until(lambda b: b.get("card_id", "").startswith("balance:"))
        page = await kefu1.client.history(LINA, after=0, limit=200)
        assert "查余额" not in str([bytes(e.body) for e in page.events if e.seq > seq])
        assert max(event.seq for event in page.events) < seq  # up to the closing, not the card
        assert len(kefu1.heard) == heard


async def test_passed_on_noted_and_handed_back_to_the_bot(scene: Scene) -> None:
    async with phone(scene.house.url, "lina") as lina, phone(scene.house.url, "kefu1") as kefu1:
        await lina.client.send(LINA, "转人工")
        case = await scene.kefu1.waiting("lina")
        at = f"/v1/desk/cases/{case}"
        await scene.kefu1.post(f"{at}/claim")
        await kefu1.state("serving")
        note = await scene.kefu1.post(f"{at}/notes", {"text": "客户很着急"})
        assert (note["author_name"], note["text"]) == ("林晓", "客户很着急")
        body = {"agent": "kefu2", "note": "请继续"}
        assert await scene.kefu1.refused("POST", f"{at}/transfer", body) == (
            409,
            "agent_unavailable",
        )
        await scene.kefu2.say("available")
        passed = await scene.kefu1.post(f"{at}/transfer", body)
        assert (passed["agent"], passed["agent_name"]) == ("kefu2", "陈晨")
        _, told = await lina.until(lambda b: b.get("agent") == "kefu2")
        assert told["former"] == ["kefu1"]
        await lina.client.send(LINA, "只给陈晨看")
        with pytest.raises(Refused, match="not_a_member"):
            await kefu1.client.send(LINA, "我还在")
        page = await kefu1.client.history(LINA, after=0, limit=200)
        assert "只给陈晨看" not in str([bytes(event.body) for event in page.events])

        detail = await scene.kefu2.get(at)
        assert [each["text"] for each in detail["notes"]] == ["客户很着急", "请继续"]
        kinds = [each["kind"] for each in detail["history"]]
        assert kinds[:2] == ["case_opened", "case_claimed"]
        assert "case_transferred" in kinds
        assert detail["canned"]["manager_name"] == "王芳"
        assert len(await scene.kefu2.get(f"{at}/notes")) == 2
        filled = await scene.kefu2.post(f"{at}/replies/hello")
        assert filled["text"] == "李娜您好，我是工银服务的陈晨，很高兴为您服务。"
        assert await scene.kefu2.refused("POST", f"{at}/replies/opening", {}) == (
            422,
            "missing_variable",
        )
        log = await scene.zhuguan.get(f"{at}/log?limit=200")
        assert "只给陈晨看" in str(log)
        returned = await scene.kefu2.post(f"{at}/return", {"note": "有事"})
        assert (returned["state"], returned["reason"]) == ("waiting", "returned")
        await scene.kefu2.post(f"{at}/claim")
        assert (await scene.kefu2.post(f"{at}/bot", {"note": ""}))["outcome"] == "bot"
        await lina.state("bot")
        for event in lina.heard:
            assert "客户很着急" not in str(event)


async def test_a_customer_asks_by_a_button_and_sees_where_they_stand(scene: Scene) -> None:
    place = await scene.lina.get(f"/v1/service/{LINA}")
    assert (place["has_desk"], place["state"], place["open"]) == (True, "none", True)
    asked = await scene.lina.post(f"/v1/service/{LINA}/person")
    assert (asked["state"], asked["position"], asked["estimate_s"]) == ("waiting", 1, None)
    await scene.zhangwei.post(f"/v1/service/{ZHANGWEI}/person")
    second = await scene.zhangwei.get(f"/v1/service/{ZHANGWEI}")
    assert second["position"] == 2
    await scene.kefu1.say("available")
    served = await scene.lina.get(f"/v1/service/{LINA}")
    assert (served["state"], served["agent_name"]) == ("serving", "林晓")
    assert await scene.lina.refused("GET", f"/v1/service/{ZHANGWEI}") == (404, "not_found")
    assert await scene.lina.refused("POST", f"/v1/service/{ZHANGWEI}/person") == (404, "not_found")
    rating = {"score": 5}
    at = f"/v1/cases/{served['case']}/rating"
    assert await scene.lina.refused("POST", at, rating) == (409, "case_closed")
    assert await scene.zhangwei.refused("POST", at, rating) == (404, "not_found")
    assert await scene.lina.refused("POST", at, {"score": 6}) == (400, "invalid_value")
    await scene.kefu1.post(f"/v1/desk/cases/{served['case']}/close", {"ask_rating": True})
    assert (await scene.lina.get(f"/v1/service/{LINA}"))["rate"] is True
    await scene.lina.ask("POST", at, 204, rating)
    assert await scene.lina.refused("POST", at, rating) == (409, "already_rated")


async def test_the_supervisor_sees_and_moves_everything(scene: Scene) -> None:
    await scene.lina.post(f"/v1/service/{LINA}/person")
    await scene.zhangwei.post(f"/v1/service/{ZHANGWEI}/person")
    case = await scene.zhuguan.waiting("lina")
    figures = await scene.zhuguan.get("/v1/desks/main/figures")
    assert (figures["waiting"], figures["serving"], figures["ratings"]) == (2, 0, [0] * 5)
    assert [each["user"] for each in figures["agents"]] == ["kefu1", "kefu2", "zhuguan"]
    await scene.kefu2.say("busy")
    moved = await scene.zhuguan.post(
        f"/v1/desk/cases/{case}/transfer", {"agent": "kefu2", "note": "请处理"}
    )
    assert (moved["agent"], moved["why"]) == ("kefu2", "reassigned")
    (mine,) = await scene.kefu2.get(f"{CASES}?state=serving")
    assert mine["customer"] == "lina"
    assert await scene.kefu1.get(f"{CASES}?state=serving") == []
    agents = {each["user"]: each for each in await scene.kefu1.get("/v1/desks/main/agents")}
    assert (agents["kefu2"]["serving"], agents["kefu2"]["status"]) == (1, "busy")
    (desk,) = await scene.zhuguan.get("/v1/desks")
    assert (desk["role"], desk["queues"][0]["waiting"]) == ("supervisor", 1)
    assert await scene.kefu1.refused("GET", "/v1/desks/main/figures") == (403, "forbidden")
    log = f"/v1/desk/cases/{case}/log"
    assert await scene.kefu2.refused("GET", log) == (403, "forbidden")


async def test_the_administrator_sets_a_desk_up(scene: Scene) -> None:
    path = "/v1/desks/main/settings"
    found = await scene.admin.get(path)
    assert (found["version"], found["week"][0]) == (1, [["00:00", "24:00"]])
    changed = {**found, "name": "夜间服务台", "calendar": "cn"}
    put = await scene.admin.put(path, changed)
    assert (put["version"], put["name"], put["calendar_until"][4:]) == (2, "夜间服务台", "-12-31")
    assert (await scene.zhuguan.get(path))["version"] == 2
    assert await scene.admin.refused("PUT", path, changed) == (409, "version_conflict")
    bad = {**put, "staff": [{"user": "lina", "role": "agent"}]}
    assert await scene.admin.refused("PUT", path, bad) == (400, "invalid_value")
    other = {**put, "version": 0}
    assert await scene.admin.refused("PUT", "/v1/desks/two/settings", other) == (
        409,
        "already_exists",
    )
    assert await scene.zhuguan.refused("PUT", path, put) == (403, "forbidden")
    assert await scene.admin.refused("GET", "/v1/desks/none/settings") == (404, "not_found")
    reply = {"shortcut": "wx", "title": "网点", "text": "请到{queue_name}"}
    replies = await scene.zhuguan.put("/v1/desks/main/replies/branch", reply)
    assert "branch" in [each["reply"] for each in replies]
    (found_one,) = await scene.kefu1.get("/v1/desks/main/replies?q=wx")
    assert found_one["title"] == "网点"
    bad_reply = {**reply, "text": "{nothing}"}
    at = "/v1/desks/main/replies/branch"
    assert await scene.zhuguan.refused("PUT", at, bad_reply) == (400, "invalid_value")
    assert await scene.kefu1.refused("DELETE", at) == (403, "forbidden")
    await scene.zhuguan.ask("DELETE", at, 204)
    assert await scene.zhuguan.refused("DELETE", at) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", NONE, None),
        ("POST", f"{NONE}/claim", None),
        ("POST", f"{NONE}/transfer", {"queue": "general", "note": "x"}),
        ("POST", f"{NONE}/return", {}),
        ("POST", f"{NONE}/bot", {}),
        ("POST", f"{NONE}/close", {}),
        ("GET", f"{NONE}/notes", None),
        ("POST", f"{NONE}/notes", {"text": "x"}),
        ("GET", f"{NONE}/log", None),
        ("POST", f"{NONE}/replies/hello", None),
        ("GET", "/v1/desks/none/cases?state=waiting", None),
        ("GET", "/v1/desks/none/agents", None),
        ("GET", "/v1/desks/none/figures", None),
        ("GET", "/v1/desks/none/replies", None),
    ],
)
async def test_what_is_not_there_is_not_found(
    desk_house: ServedHouse, method: str, path: str, body: object
) -> None:
    async with at_desk(desk_house.url, "zhuguan") as zhuguan:
        assert await zhuguan.refused(method, path, body) == (404, "not_found")


async def test_who_was_slower_is_told_by_whom(scene: Scene) -> None:
    await scene.lina.post(f"/v1/service/{LINA}/person")
    case = await scene.kefu1.waiting("lina")
    at = f"/v1/desk/cases/{case}"
    claims = [each.http.post(f"{at}/claim") for each in (scene.kefu1, scene.kefu2) for _ in "ab"]
    answers = await asyncio.gather(*claims)
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
    lost = next(each.json() for each in answers if each.status_code == 409)
    assert lost["code"] == "case_taken"
    winner = next(each.json() for each in answers if each.status_code == 200)["agent"]
    loser = scene.kefu2 if winner == "kefu1" else scene.kefu1
    await scene.people[winner].post(f"{at}/close", {"ask_rating": False})
    assert await scene.people[winner].refused("POST", f"{at}/close", {}) == (409, "case_closed")
    assert await scene.zhuguan.refused("POST", f"{at}/claim") == (409, "case_closed")
    assert await loser.refused("POST", f"{at}/claim") == (404, "not_found")


async def test_words_of_fraud_outrank_the_bot_and_the_queue(scene: Scene) -> None:
    async with phone(scene.house.url, "lina") as lina:
        await scene.zhangwei.post(f"/v1/service/{ZHANGWEI}/person")
        await lina.client.send(LINA, "我被骗了，刚转了五千")
        told = await lina.state("waiting")
        assert (told["reason"], told["position"]) == ("urgent", 1)
        await scene.zhuguan.waiting("lina")
        listed = await scene.zhuguan.get(f"{CASES}?state=waiting")
        assert [(each["customer"], each["urgent"]) for each in listed] == [
            ("lina", True),
            ("zhangwei", False),
        ]
        assert await quiet(lina, LINA) == []


async def test_an_absent_manager_is_stood_in_for(scene: Scene) -> None:
    await scene.wangfang.say("away")
    async with phone(scene.house.url, "lina") as lina:
        await lina.client.send("d:lina:wangfang", "王经理，我想提前还款")
        told = await lina.state("waiting")
        assert "王芳现在不在" in told["text"]
        await lina.until(lambda b: b["type"] == "notice" and "王芳" in b["text"])
        case = await scene.kefu1.waiting("lina")
        detail = await scene.kefu1.get(f"/v1/desk/cases/{case}")
        assert (detail["case"]["manager"], detail["case"]["preview"]) == ("wangfang", "")


@pytest.mark.crash
async def test_killed_after_the_customers_word_it_is_given_once(scene: Scene) -> None:
    await scene.kefu1.say("available")
    async with phone(scene.house.url, "lina") as lina:
        for _ in range(3):
            await lina.client.send(LINA, "我要投诉，请转人工")
            scene.house.kill()  # acked; what runs behind the outbox may not have seen it
            await asyncio.to_thread(scene.house.start)
        await lina.state("serving")
    await asyncio.to_thread(scene.house.stop)
    log = (await read_logs(f"sqlite:///{scene.house.data}/chat.db", [LINA]))[LINA]
    told = [json.loads(each.body) for each in log if each.kind == "assign"]
    assert [each["state"] for each in told].count("serving") == 1
    assert len({each["case"] for each in told}) == 1


@pytest.fixture(scope="module")
def desk_house(
    loaded_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedHouse]:
    served = ServedHouse(copy_of(loaded_data, tmp_path_factory.mktemp("desk") / "data"))
    served.start()
    yield served
    served.stop()
