from __future__ import annotations

import msgspec
import pytest

from bots.contract import NotUnderstood
from chat_server.domain import bodies
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.errors import InvalidValue, NotFound
from chat_server.domain.facts import Fact, Purpose
from chat_server.domain.forms import Form
from chat_server.domain.message import Draft, EventKind
from chat_server.usecases.learning import missed as limits
from tests.front_desk import FrontDesk, desk

__all__ = ["desk"]

HASH = "ab" * 32
SHAPE = "我想让钱生钱咋整"
CONV = "s:@service:{}"


async def consents(desk: FrontDesk, user: str, *, granted: bool = True) -> None:
    await desk.cases.consents.change(
        user, Purpose.CHAT_CONTENT, granted=granted, text_hash=HASH, channel="app"
    )


async def missed(desk: FrontDesk, user: str, seq: int, shape: str = SHAPE) -> None:
    turn = f"{CONV.format(user)}:{seq}"
    await desk.cases.learning.hear(NotUnderstood(shape), turn)


async def waiting(desk: FrontDesk) -> dict[str, int]:
    found, count = await desk.cases.learning.labelling.waiting(50)
    assert count == len(found)
    return {one.missed.shape: one.missed.times for one in found}


async def told_of_changes(desk: FrontDesk) -> None:
    for change in await desk.store.audit.facts(limit=1000):
        await desk.cases.learning.sentences.on_change(change)


async def name_of_first(desk: FrontDesk) -> str:
    found, _ = await desk.cases.learning.labelling.waiting(1)
    return found[0].name


async def test_nothing_is_kept_of_a_customer_who_has_not_agreed(desk: FrontDesk) -> None:
    await missed(desk, "zhangwei", 1)
    assert await waiting(desk) == {}


async def test_the_same_sentence_of_two_customers_waits_once_and_a_replay_does_not_count(
    desk: FrontDesk,
) -> None:
    for user in ("zhangwei", "lina"):
        await consents(desk, user)
        await missed(desk, user, 1)
        await missed(desk, user, 1)
    await missed(desk, "lina", 2, "另一句")
    assert await waiting(desk) == {SHAPE: 2, "另一句": 1}


async def test_who_withdraws_the_consent_is_forgotten_and_the_other_is_not(desk: FrontDesk) -> None:
    for user in ("zhangwei", "lina"):
        await consents(desk, user)
        await missed(desk, user, 1)
    await missed(desk, "zhangwei", 2, "只有我说过")
    await consents(desk, "zhangwei", granted=False)
    assert await waiting(desk) == {SHAPE: 2}  # at once, before anything behind the outbox ran
    await told_of_changes(desk)
    await told_of_changes(desk)
    assert await waiting(desk) == {SHAPE: 1}


async def test_a_recalled_message_is_not_labelled(desk: FrontDesk) -> None:
    await consents(desk, "zhangwei")
    conv = CONV.format("zhangwei")
    fact = Fact("test", "test", conv, 0)
    members = [Membership(conv, user, Role.MEMBER) for user in ("zhangwei", "@service")]
    service = Conversation(conv, ConversationKind.SERVICE, "@service")
    await desk.store.conversations.open_conversation(service, members, fact)
    body = msgspec.json.encode(bodies.Text(SHAPE))
    said = Draft(conv, "zhangwei", "m1", EventKind.MESSAGE, body, b"h", desk.clock.now_ms())
    stored = (await desk.store.messages.append(said)).event
    await missed(desk, "zhangwei", stored.seq)
    assert await waiting(desk) == {SHAPE: 1}
    recall = bodies.Recall(stored.seq)
    taken = msgspec.json.encode(recall)
    draft = Draft(conv, "zhangwei", "m2", EventKind.RECALL, taken, b"r", desk.clock.now_ms())
    await desk.store.messages.act(draft, recall)
    assert await waiting(desk) == {}
    forms = await desk.store.messages.forms(conv, [stored.seq])
    assert isinstance(forms[stored.seq], Form)


async def test_a_label_is_learnt_and_the_sentence_waits_no_more(desk: FrontDesk) -> None:
    await consents(desk, "zhangwei")
    await missed(desk, "zhangwei", 1)
    labelling = desk.cases.learning.labelling
    name = await name_of_first(desk)
    with pytest.raises(InvalidValue):
        await labelling.label("ops", name, "no_such_intent")
    await labelling.label("ops", name, "balance")
    assert await waiting(desk) == {}
    with pytest.raises(NotFound):
        await labelling.label("ops", name, "unknown")
    await missed(desk, "zhangwei", 2)  # said again: it was decided on
    assert await waiting(desk) == {}
    assert [one.shape for one in await desk.cases.learning.sentences.lesson()] == [SHAPE]
    await labelling.take_back("ops", name)
    assert await desk.cases.learning.sentences.lesson() == []
    await missed(desk, "zhangwei", 3)
    assert await waiting(desk) == {SHAPE: 1}
    kinds = [fact.kind for fact in await _facts(desk)]
    assert kinds == ["bot_sentence_labelled", "bot_label_taken_back"]


async def test_of_a_discarded_sentence_no_word_is_kept(desk: FrontDesk) -> None:
    await consents(desk, "zhangwei")
    await missed(desk, "zhangwei", 1)
    labelling = desk.cases.learning.labelling
    name = await name_of_first(desk)
    await labelling.discard("ops", name)
    assert await waiting(desk) == {}
    assert await desk.cases.learning.sentences.lesson() == []
    assert await labelling.labels(50) == []
    kept = await desk.store.shelf.get("bots", "bot_label", name)
    assert kept is not None
    assert SHAPE not in kept.body


async def test_what_nobody_labels_is_forgotten_in_time(desk: FrontDesk) -> None:
    await consents(desk, "zhangwei")
    await missed(desk, "zhangwei", 1)
    desk.clock.move(29 * 86_400)
    await desk.cases.learning.sweep()
    assert await waiting(desk) == {SHAPE: 1}
    desk.clock.move(2 * 86_400)
    await desk.cases.learning.sweep()
    assert await waiting(desk) == {}


async def test_a_flood_of_sentences_is_bounded(
    desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_KEPT", 3)
    await consents(desk, "zhangwei")
    for number in range(6):
        await missed(desk, "zhangwei", number + 1, f"第{number}句")
    await missed(desk, "zhangwei", 9, "第0句")
    await missed(desk, "zhangwei", 10, "长" * 301)
    assert await waiting(desk) == {"第0句": 2, "第1句": 1, "第2句": 1}


async def _facts(desk: FrontDesk) -> list[Fact]:
    page = await desk.store.audit.facts(limit=1000)
    return [each.fact for each in page if each.fact and each.fact.kind.startswith("bot_")]
