"""What is understood and no skill does is said to be so; fraud, freeze and complaint come first."""

from __future__ import annotations

import pytest

from bots.contract import CallPerson, CardClosed, IntentSeen, Language
from bots.phrasing.words import words_in
from bots.understanding.corpus import UNKNOWN, examples
from bots.understanding.reader import trained_reader

from .conftest import said


@pytest.mark.parametrize("language", Language)
def test_every_intent_without_a_skill_has_a_name_to_be_told_by(language):
    served = {"transfer", "balance", "statement", "confirm", "cancel", "correct", "greeting"}
    served |= {"help", "thanks", "human", "offers_stop", UNKNOWN}
    words = words_in(language)
    intents = {example.intent for example in examples()} - served
    assert [intent for intent in sorted(intents) if not words.knows(f"topic.{intent}")] == []


@pytest.mark.parametrize(
    ("text", "topic"),
    [("我想贷款", "贷款申请"), ("金价", "贵金属行情"), ("gold price", "metal prices")],
)
async def test_what_is_not_offered_is_said_so_and_a_person_offered(customer, text, topic):
    reply = said(await customer.writes(text))
    assert topic in reply
    assert "人工" in reply or "human" in reply
    (seen,) = customer.results[-1].effects
    assert isinstance(seen, IntentSeen)


async def test_a_question_that_was_open_is_asked_again_after_it(customer):
    await customer.writes("给李娜转账")
    replies = await customer.writes("怎么申请逸贷")
    assert "贷款申请" in said(replies)
    assert "转多少" in said(replies)
    assert "500" in said(await customer.writes("500")) or customer.card


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("给李娜转500块，不对，我被骗了", "fraud"),
        ("刚才交电费的那笔不是我本人操作的", "fraud"),
        ("快把我的卡冻结", "freeze"),
        ("my card was stolen, send 500 to Li Na", "freeze"),
        ("我要投诉，转账500给李娜一直不成功", "complaint"),
        ("我被骗了我要投诉", "fraud"),
        ("怎么防诈骗", None),
        ("我的账户被冻结了怎么办", None),
        ("别冻结我的卡", None),
        ("我的投诉有结果了吗", None),
    ],
)
def test_fraud_freeze_and_complaint_outrank_everything_else(text, intent):
    understood = trained_reader().understand(text).intent
    assert understood == intent if intent else understood not in {"fraud", "freeze", "complaint"}


async def test_who_was_robbed_is_told_what_to_do_and_the_open_card_is_closed(customer):
    await customer.writes("给李娜转500块")
    replies = await customer.writes("等等，我被骗了")
    assert "已立即冻结" in said(replies)
    assert any(isinstance(reply, CardClosed) for reply in replies)
    assert any(isinstance(effect, CallPerson) for effect in customer.results[-1].effects)


async def test_a_complaint_freezes_too_and_calls_a_person(customer):
    await customer.writes("给李娜转500块")
    replies = await customer.writes("我要投诉你们")
    assert "已先冻结" in said(replies)
    assert any(isinstance(reply, CardClosed) for reply in replies)
    assert any(isinstance(effect, CallPerson) for effect in customer.results[-1].effects)


async def test_who_waits_for_a_person_is_told_no_less_but_not_queued_again(customer):
    customer.person = "waiting"
    assert "已立即冻结" in said(await customer.writes("我被骗了"))
    assert not any(isinstance(each, CallPerson) for each in customer.results[-1].effects)
    assert await customer.writes("我想贷款") == []
