"""Chat becomes topics under consent, and its words stay in the chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from chat_server.domain.bodies import Recall, Text
from chat_server.domain.facts import Purpose
from chat_server.domain.ids import service_conversation
from chat_server.domain.message import Draft, EventKind
from chat_server.usecases.compliance.consents import ForgetWithdrawn
from chat_server.usecases.marketing.observe import ObserveFacts
from chat_server.usecases.marketing.topics import HearTopics, topic_sources
from recommender.contract import Consents as Given
from recommender.contract import Recommender, TopicSource
from recommender.open import open_recommender, train_topics
from tests.front_desk import ARTICLES, FrontDesk, desk

__all__ = ["desk"]

CONV = service_conversation("@service", "zhangwei")
ALL_ON = Given("any", personalised_offers=True, chat_content=True, account_data=True)
WORDS = ("黄金积存划算吗", "今天黄金金价多少", "想买黄金积存金")


@pytest.fixture
async def recommender(desk: FrontDesk, tmp_path: Path) -> AsyncIterator[Recommender]:
    now = desk.clock.now
    async with open_recommender(f"model://{tmp_path / 'house'}", now=now) as opened:
        yield opened


async def say(desk: FrontDesk, text: str, sender: str = "zhangwei", conv: str = CONV) -> None:
    desk.clock.move(1)
    body = msgspec.json.encode(Text(text))
    await append(desk, body, EventKind.MESSAGE, sender, conv)


async def append(desk: FrontDesk, body: bytes, kind: EventKind, sender: str, conv: str) -> None:
    mid = f"m{desk.clock.ms}{sender}{len(body)}"
    draft = Draft(conv, sender, mid, kind, body, body[:16], desk.clock.ms)
    await desk.store.messages.append(draft)


async def agree(desk: FrontDesk, purpose: Purpose, *, granted: bool = True) -> None:
    desk.clock.move(1)
    await desk.consents.change(
        "zhangwei", purpose, granted=granted, text_hash="a" * 64, channel="app"
    )


async def hear(desk: FrontDesk, recommender: Recommender) -> None:
    handlers = [
        HearTopics(recommender, desk.consents).on_change,
        ObserveFacts(desk.store, recommender, desk.consents).on_change,
        ForgetWithdrawn(recommender, desk.store.audit, desk.clock).on_change,
    ]
    for change in await desk.store.changes.changes(0, 1000):
        for handle in handlers:
            await handle(change)


async def known(desk: FrontDesk, recommender: Recommender) -> set[str]:
    """What the recommender knows, whatever consents hold."""
    found = await recommender.interests("zhangwei", ALL_ON, desk.clock.now())
    return {one.topic for one in found}


@pytest.fixture
async def learnt(desk: FrontDesk, tmp_path: Path) -> None:
    """Topics of a bank whose customers wrote of gold."""
    texts = [TopicSource(WORDS[n % 3], f"c{n}") for n in range(30)]
    texts += [TopicSource("房贷贷款提前还款", f"d{n}") for n in range(30)]
    train_topics(tmp_path / "house", texts, now=desk.clock.now, seed=7)


@pytest.mark.usefixtures("learnt")
async def test_only_what_is_written_under_both_consents_becomes_a_topic(desk, recommender):
    await say(desk, WORDS[0])
    await hear(desk, recommender)
    await agree(desk, Purpose.PERSONALISED_OFFERS)
    await hear(desk, recommender)
    assert await known(desk, recommender) == set()
    await agree(desk, Purpose.CHAT_CONTENT)
    await say(desk, WORDS[1])
    await say(desk, "黄金金价", sender="@service")
    await hear(desk, recommender)
    await hear(desk, recommender)
    found = await recommender.interests("zhangwei", ALL_ON, desk.clock.now())
    assert {one.topic for one in found} == {"gold"}
    await agree(desk, Purpose.CHAT_CONTENT, granted=False)
    await hear(desk, recommender)
    assert await known(desk, recommender) == set()


@pytest.mark.usefixtures("learnt")
async def test_the_words_never_leave_the_chat(desk, recommender, tmp_path):
    await agree(desk, Purpose.PERSONALISED_OFFERS)
    await agree(desk, Purpose.CHAT_CONTENT)
    secret = "我的黄金藏在阁楼，金价涨了就卖"
    await say(desk, secret)
    await hear(desk, recommender)
    assert await known(desk, recommender) == {"gold"}
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert "阁楼".encode() not in written
    assert "藏在".encode() not in written


@pytest.mark.usefixtures("learnt")
async def test_a_read_article_counts_for_what_it_is_about(desk, recommender):
    await agree(desk, Purpose.PERSONALISED_OFFERS)
    await desk.cases.accounts.follow("zhangwei", "@service")
    article = msgspec.structs.replace(ARTICLES[0], title="黄金金价走势", paragraphs=["积存金定投"])
    made = (await desk.cases.broadcasts.submit("ops", "@service", [article])).broadcast
    await desk.cases.broadcasts.approve("shenhe", made.broadcast_id, made.content_hash)
    await desk.cases.read_article("zhangwei", made.broadcast_id, 0)
    await hear(desk, recommender)
    assert await known(desk, recommender) == {"gold"}


async def test_topics_are_learnt_from_what_was_agreed_to_and_not_recalled(desk):
    await say(desk, "之前说的话")
    await agree(desk, Purpose.PERSONALISED_OFFERS)
    await agree(desk, Purpose.CHAT_CONTENT)
    await say(desk, "同意以后说的")
    await say(desk, "说错了要撤回")
    head = await desk.store.messages.head(CONV)
    recall = msgspec.json.encode(Recall(head.seq))
    await append(desk, recall, EventKind.RECALL, "zhangwei", CONV)
    await say(desk, "别人没有同意", sender="lina", conv=service_conversation("@service", "lina"))
    made = (await desk.cases.broadcasts.submit("ops", "@service", ARTICLES)).broadcast
    await desk.cases.broadcasts.approve("shenhe", made.broadcast_id, made.content_hash)
    found = [source async for source in topic_sources(desk.store)]
    assert [one.text for one in found if one.customer] == ["同意以后说的"]
    assert [one.text.split("\n")[0] for one in found if not one.customer] == ["利率调整", "网点"]
