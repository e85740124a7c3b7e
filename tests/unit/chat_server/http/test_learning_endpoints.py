from __future__ import annotations

from collections.abc import Callable

import pytest

from bots.contract import Judged, Lesson, NotUnderstood, SkillStep
from bots.understanding import artefact, corpus
from bots.understanding.reader import trained_reader
from chat_server.domain.facts import Purpose
from tests.front_desk import FrontDesk

BOTS = "/v1/staff/bots"
NO_SENTENCE = "0" * 32


@pytest.fixture
async def missed(desk: FrontDesk) -> None:
    await desk.cases.consents.change(
        "zhangwei", Purpose.CHAT_CONTENT, granted=True, text_hash="ab" * 32, channel="app"
    )
    for seq, shape in enumerate(("帮我瞅瞅还有多少钱", "今天天气咋样啊朋友"), 1):
        await desk.cases.learning.hear(NotUnderstood(shape), f"s:@service:zhangwei:{seq}")


def lesson() -> Lesson:
    """A model as training leaves it: the shipped one again, under a corpus of its own."""
    digest = f"{corpus.digest()}:1"
    shares = dict.fromkeys(("parts", "unseen", "labelled"), Judged(10, 0.9, 0.95, 0.8))
    return Lesson(
        model=artefact.encode(trained_reader().classifier, digest),
        corpus=digest,
        learnt=10,
        labelled=1,
        before=shares,
        after=shares,
        lost={"balance": 0.2},
    )


@pytest.mark.usefixtures("missed")
async def test_a_sentence_is_listed_labelled_and_gone(as_user: Callable[..., object]) -> None:
    async with await as_user("admin") as http:
        named = {
            each["intent"]: each["name"] for each in (await http.get(f"{BOTS}/intents")).json()
        }
        assert named["unknown"] == "不在服务范围"
        english = (await http.get(f"{BOTS}/intents?language=en")).json()
        assert {"intent": "balance", "name": "balance"} in english
        page = (await http.get(f"{BOTS}/missed?limit=1")).json()
        assert page["waiting"] == 2
        (first,) = page["items"]
        assert first["suggested"][0]["intent"] in named
        assert 0 < first["suggested"][0]["confidence"] <= 1
        path = f"{BOTS}/missed/{first['sentence']}"
        refused = await http.put(path, json={"intent": "nonsense"})
        assert refused.json()["code"] == "invalid_value"
        assert (await http.put(path, json={"intent": "balance"})).status_code == 204
        assert (await http.put(path, json={"intent": "balance"})).status_code == 404
        (label,) = (await http.get(f"{BOTS}/labels")).json()
        assert (label["shape"], label["intent"], label["by"]) == (
            first["shape"],
            "balance",
            "admin",
        )
        taken_back = await http.delete(f"{BOTS}/labels/{label['sentence']}")
        assert taken_back.status_code == 204
        (other,) = (await http.get(f"{BOTS}/missed")).json()["items"]
        assert (await http.delete(f"{BOTS}/missed/{other['sentence']}")).status_code == 204
        assert (await http.get(f"{BOTS}/missed")).json() == {"items": [], "waiting": 0}


async def test_a_model_is_promoted_and_rolled_back(
    desk: FrontDesk, as_user: Callable[..., object]
) -> None:
    await desk.cases.learning.models.add(lesson(), 0, "test")
    async with await as_user("admin") as http:
        listed = (await http.get(f"{BOTS}/models")).json()
        assert (listed["in_use"], listed["here"], len(listed["models"])) == (0, 0, 1)
        assert listed["models"][0]["before"]["unseen"]["right"] == 0.9
        promoted = (await http.post(f"{BOTS}/models/1/promote")).json()
        assert (promoted["in_use"], promoted["here"], promoted["former"]) == (1, 1, [0])
        assert (await http.post(f"{BOTS}/models/7/promote")).status_code == 404
        back = (await http.post(f"{BOTS}/models/roll-back")).json()
        assert (back["in_use"], back["former"]) == (0, [])
        assert (await http.post(f"{BOTS}/models/roll-back")).status_code == 404


async def test_the_funnel_is_shown(desk: FrontDesk, as_user: Callable[..., object]) -> None:
    step = SkillStep("c:1", "transfer", desk.clock.now(), ("confirm", "cancelled"), 1)
    await desk.cases.learning.hear(step, "c:1")
    async with await as_user("admin") as http:
        (skill,) = (await http.get(f"{BOTS}/funnel?days=1")).json()["skills"]
        assert skill["given_up"] == {"confirm": 1}
        assert (await http.get(f"{BOTS}/funnel?days=91")).status_code == 400


@pytest.mark.parametrize("user", ["zhangwei", "wangfang", "ops", "shenhe"])
async def test_only_supervisors_and_administrators_teach(
    as_user: Callable[..., object], user: str
) -> None:
    async with await as_user(user) as http:
        for path in ("intents", "missed", "labels", "models", "funnel"):
            assert (await http.get(f"{BOTS}/{path}")).status_code == 403
        assert (await http.post(f"{BOTS}/models/1/promote")).status_code == 403
        assert (await http.delete(f"{BOTS}/missed/{NO_SENTENCE}")).status_code == 403
