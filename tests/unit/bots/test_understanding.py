"""What sentences mean, on sentences that the training never saw."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.open import open_understanding
from bots.understanding import corpus
from bots.understanding.artefact import decode
from bots.understanding.corpus import digest, examples, unseen
from bots.understanding.reader import MODEL, shipped_model, trained_reader
from bots.understanding.text import squeeze

HELD_OUT = [(one.intent, one.sentence) for one in unseen()]
MOVING = {"transfer", "correct"}


def test_every_intent_has_at_least_forty_sentences_and_no_two_are_the_same():
    counts = Counter(example.intent for example in examples())
    assert {"transfer", "balance", "statement", "confirm", "cancel", "correct"} <= set(counts)
    assert {"greeting", "help", "thanks", "human", "offers_stop", "unknown"} <= set(counts)
    assert len(counts) > 60
    assert min(counts.values()) >= 40
    sentences = Counter(example.sentence for example in examples())
    assert [said for said, times in sentences.items() if times > 1] == []


def test_no_sentence_is_trained_with_two_meanings():
    meanings: dict[str, set[str]] = {}
    for example in examples():
        meanings.setdefault(squeeze(example.sentence) or "-", set()).add(example.intent)
    assert [said for said, meant in meanings.items() if len(meant) > 1] == []


def test_held_out_sentences_were_not_trained_on():
    trained = {squeeze(example.sentence) for example in examples()}
    assert [sentence for _, sentence in HELD_OUT if squeeze(sentence) in trained] == []


def test_held_out_sentences_are_understood():
    reader = open_understanding()
    wrong = [
        (intent, reader.understand(sentence).intent, sentence)
        for intent, sentence in HELD_OUT
        if reader.understand(sentence).intent != intent
    ]
    assert len(wrong) <= 0.1 * len(HELD_OUT), wrong
    outside = [line for line in wrong if line[0] == "unknown"]
    assert len(outside) <= 0.1 * sum(intent == "unknown" for intent, _ in HELD_OUT), outside


def test_nothing_else_is_taken_for_a_transfer():
    reader = open_understanding()
    taken = [
        sentence
        for intent, sentence in HELD_OUT
        if intent not in MOVING and reader.understand(sentence).intent in MOVING
    ]
    assert taken == []


@pytest.mark.parametrize(
    "sentence",
    [
        "别给李娜转500",
        "不要转500给李娜",
        "先别转500给李娜",
        "取消给李娜的转账",
        "don't send 500 to Li Na",
        "please do not transfer 500 to lina",
        "不给王五转钱了",
    ],
)
def test_a_refused_transfer_is_a_cancel(sentence):
    assert open_understanding().understand(sentence).intent == "cancel"


@pytest.mark.parametrize(
    "sentence",
    [
        "昨天给李娜转的500到账了吗",
        "李娜给我转了500块收到了吗",
        "为什么给李娜转500失败了",
        "给我转500",
        "给李娜打电话",
        "did you send 500 to Li Na",
        "我给李娜转错了500块怎么办",
    ],
)
def test_talk_about_transfers_is_not_a_transfer(sentence):
    assert open_understanding().understand(sentence).intent not in MOVING


@pytest.mark.parametrize(
    ("sentence", "slots"),
    [
        ("给李娜转500块", {"payee": "李娜", "amount": "500", "currency": "CNY"}),
        ("给李萬千轉三百", {"payee": "李萬千", "amount": "300", "currency": "CNY"}),
        ("transfer 500 to Li Na", {"payee": "Li Na", "amount": "500", "currency": "CNY"}),
        (
            "从尾号1234转500到尾号8888",
            {"amount": "500", "currency": "CNY", "account_tail": "1234", "payee_tail": "8888"},
        ),
        ("给李娜转三五百", {"payee": "李娜", "amount_problem": "unreadable"}),
        ("查余额", {}),
    ],
)
def test_slots_come_with_the_intent(sentence, slots):
    assert open_understanding().understand(sentence).slots == slots


def test_the_reader_of_a_process_is_opened_once():
    assert trained_reader() is trained_reader()


def test_the_shipped_model_was_trained_on_the_sentences_beside_it():
    shipped = files("bots.understanding") / "data" / MODEL
    assert decode(shipped.read_bytes(), digest()).intents


def test_a_model_of_other_sentences_is_not_used(monkeypatch):
    assert shipped_model() is not None
    monkeypatch.setattr(corpus, "digest", lambda: "other sentences")
    assert shipped_model() is None


@given(st.text())
def test_any_text_is_answered_with_a_known_intent_and_an_honest_number(sentence):
    understood = trained_reader().understand(sentence)
    assert 0 <= understood.confidence <= 1
    assert understood.intent in {example.intent for example in examples()}
