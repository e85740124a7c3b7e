"""Every card is a valid Adaptive Card 1.6, and every word stands in both catalogues."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bots
from bank_bridge.contract import BankEvent, BankRefusal, Money, RefusalCode
from bots.contract import BotError, Card, Language, TurnKind
from bots.phrasing.capitals import LARGEST_FEN, capitals
from bots.phrasing.figures import yuan
from bots.phrasing.herald import PhrasedHerald
from bots.phrasing.words import words_in
from bots.transactions.refusals import refusal_text
from recommender.contract import Contribution, Suggestion
from recommender.features.columns import FEATURES
from recommender.features.words import PRODUCTS

from .conftest import Customer, shown

AT = datetime(2026, 11, 23, 4, 1, tzinfo=UTC)
ELEMENTS = {
    "AdaptiveCard": {"version", "body"},
    "TextBlock": {"text"},
    "FactSet": {"facts"},
    "ColumnSet": {"columns"},
    "Column": {"items"},
    "Container": {"items"},
    "Input.Text": {"id", "label", "errorMessage"},
    "Action.Submit": {"title", "data"},
    "Action.ToggleVisibility": {"title", "targetElements"},
}


def check_card(card: Card) -> None:
    assert card.fallback
    root = card.card
    assert root["type"] == "AdaptiveCard"
    assert root["version"] == "1.6"
    assert root["lang"] in set(Language)
    ids: set[str] = set()
    check_nodes([root], ids)
    assert set(card.secret_inputs) <= ids
    for action in root.get("actions", []):
        assert set(action.get("targetElements", [])) <= ids


def check_nodes(nodes: list, ids: set[str]) -> None:
    for node in nodes:
        missing = ELEMENTS[node["type"]] - node.keys()
        assert not missing, (node["type"], missing)
        if node["type"] == "TextBlock":
            assert node["text"]
            assert not set(node["text"]) & set("*_`[]<>")
        if node["type"] == "FactSet":
            assert all(isinstance(f["title"], str) and f["value"] for f in node["facts"])
        if node["type"] == "Action.Submit":
            assert isinstance(node["data"]["action"], str)
            assert node["associatedInputs"] in {"auto", "none"}
        if "id" in node:
            assert node["id"] not in ids
            ids.add(node["id"])
        for inner in ("body", "items", "columns", "actions"):
            check_nodes(node.get(inner, []), ids)


@pytest.mark.parametrize("language", Language)
async def test_every_card_of_a_transfer_is_valid(customer: Customer, phone, language):
    customer.language = language
    words = {
        Language.ZH: ["转账", "余额", "明细"],
        Language.EN: ["transfer", "balance", "statement"],
    }
    for text in words[language]:
        await customer.writes(text)
    card = customer.cards["payee::1"]
    await customer.presses(card.card["actions"][0]["data"]["action"], card)
    await customer.writes("500.05")
    await customer.presses("confirm")
    await customer.presses("code.submit", code=phone.code)
    assert len(customer.cards) == 6
    for shown_card in customer.cards.values():
        check_card(shown_card)
        assert shown_card.card["lang"] == language
        assert "Action.Execute" not in str(shown_card.card)


async def test_only_the_submit_button_collects_the_code(customer, phone):
    await customer.writes("给李娜转500块")
    _, card = await customer.presses("confirm")
    collects = {a["data"]["action"]: a["associatedInputs"] for a in card.card["actions"]}
    assert collects == {"code.submit": "auto", "code.resend": "none", "cancel": "none"}
    (field,) = [node for node in card.card["body"] if node["type"] == "Input.Text"]
    assert field["style"] == "Password"
    assert re.fullmatch(field["regex"], "012345")
    assert not re.fullmatch(field["regex"], "12345a")


async def test_a_code_ends_before_its_card(customer, phone):
    await customer.writes("给李娜转500块")
    _, card = await customer.presses("confirm")
    assert card.expires_at - card.secret_until == timedelta(minutes=12)


def suggestion(**fields) -> Suggestion:
    plain = {
        "offer_id": "o-1",
        "product": "easy_loan",
        "score": 0.7,
        "reasons": (
            Contribution("now_large", 1.0, 1.2),
            Contribution("shop_purchases", 9.0, 0.8),
            Contribution("baseline", 1.0, 0.5),
            Contribution("no_such_feature", 1.0, 0.4),
            Contribution("transfers", 2.0, -0.3),
        ),
        "consent_snapshot_id": "7",
        "model_version": "m1",
        "expires_at": AT + timedelta(hours=72),
        "customer": "zhangwei",
    }
    return Suggestion(**(plain | fields))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("product", [*PRODUCTS, "something_new"])
def test_an_offer_says_what_why_and_how_to_refuse(language, product):
    card = PhrasedHerald().offer(suggestion(product=product), language)
    check_card(card)
    assert card.card_id == "offer:o-1"
    assert card.expires_at == AT + timedelta(hours=72)
    actions = [action["data"]["action"] for action in card.card["actions"] if "data" in action]
    assert actions == ["offer.interested", "offer.dismiss", "offer.refuse"]
    assert "%" not in shown(card)


def test_the_reasons_are_hidden_until_opened_and_name_only_what_spoke_for_it():
    card = PhrasedHerald().offer(suggestion(), Language.ZH)
    (box,) = [node for node in card.card["body"] if node.get("id") == "reasons"]
    (toggle,) = [a for a in card.card["actions"] if a["type"] == "Action.ToggleVisibility"]
    assert box["isVisible"] is False
    assert toggle["title"] == "为什么推荐给我"
    lines = [node["text"] for node in box["items"]]
    assert lines[1:] == ["· 您刚刚的消费超过2,000元", "· 您常在商户购物"]
    assert "合同" in shown(card)


def test_an_offer_without_words_for_its_reasons_still_says_where_it_comes_from():
    card = PhrasedHerald().offer(suggestion(reasons=()), Language.ZH)
    assert "授权" in shown(card)


def posting(**fields) -> BankEvent:
    plain = {
        "position": 1,
        "event_id": "e-1",
        "type": "posting",
        "customer": "zhangwei",
        "occurred_at": AT,
        "business_date": "2026-11-23",
        "product": "transfer",
        "channel": "chat",
        "amount_band": "",
        "trace_id": "i-1",
        "account_tail": "1234",
        "counterparty": "张伟",
        "amount": Money(50_000),
        "balance_after": Money(7_777_777),
    }
    return BankEvent(**(plain | fields))


def test_a_balance_notice_tells_the_movement_and_not_the_balance():
    herald = PhrasedHerald()
    zh = herald.balance_notice(posting(), Language.ZH)
    assert "您尾号1234的账户于11月23日12:01收入人民币500.00元（对方：张伟）" in zh
    assert "77,777.77" not in zh
    en = herald.balance_notice(posting(amount=Money(-50_000)), Language.EN)
    assert "paid 500.00 yuan on 23 Nov 12:01" in en
    assert "支出" in herald.balance_notice(posting(amount=Money(-1), counterparty=""), Language.ZH)
    with pytest.raises(BotError):
        herald.balance_notice(posting(amount=None), Language.ZH)


@pytest.mark.parametrize("language", Language)
def test_trouble_is_said_in_both_languages(language):
    assert PhrasedHerald().trouble(language)


def placeholders(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


def test_both_catalogues_have_the_same_keys_and_placeholders():
    chinese, english = (words_in(language).phrases for language in Language)
    assert chinese.keys() == english.keys()
    for key, phrase in chinese.items():
        assert placeholders(phrase) == placeholders(english[key]), key
        assert phrase.strip()
        assert english[key].strip()


def test_every_key_said_in_the_code_stands_in_the_catalogue_and_the_other_way_round():
    sources = "".join(p.read_text("utf-8") for p in Path(bots.__file__).parent.rglob("*.py"))
    phrases = words_in(Language.ZH).phrases
    said = set(re.findall(r'"([a-z]+\.[a-zA-Z_]+)"', sources))
    said = {key for key in said if key.partition(".")[0] in {k.partition(".")[0] for k in phrases}}
    said -= {"product.other"}  # the head of two keys
    buttons = {"code.submit", "code.resend", "offer.interested", "offer.refuse", "offer.dismiss"}
    assert said <= phrases.keys() | buttons
    built = ("refusal.", "reason.", "product.", "summary.", "notice.", "amount.", "stage.")
    built += ("kind.", "channel.", "bill.state.", "day.", "topic.", "intent.", "service.urgent_")
    unsaid = {key for key in phrases if key not in said and not key.startswith(built)}
    assert unsaid <= {"outcome.cancelled", "outcome.expired", "service.press_button"}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("code", RefusalCode)
def test_every_refusal_has_its_words(language, code):
    words = words_in(language)
    assert refusal_text(words, BankRefusal(code))
    figures = {"left": 123_45, "retry_after_s": 7_201, "reference": "R1", "attempts_left": 2}
    text = refusal_text(words, BankRefusal(code, "internal words", **figures))
    assert "internal" not in text
    wanted = {"LIMIT_DAY": "123.45", "AUTH_LOCKED": "3", "DUPLICATE": "R1"}
    assert wanted.get(code, "") in text


@pytest.mark.parametrize("language", Language)
def test_every_feature_and_product_of_the_recommender_has_its_words(language):
    phrases = words_in(language).phrases
    assert {f"reason.{feature}" for feature in FEATURES} <= phrases.keys()
    assert {f"product.{product}.name" for product in PRODUCTS} <= phrases.keys()


@pytest.mark.parametrize(
    ("fen", "written"),
    [
        (50_000, "伍佰元整"),
        (1, "壹分"),
        (5, "伍分"),
        (10, "壹角整"),
        (1_010, "壹拾元壹角整"),
        (120_050, "壹仟贰佰元伍角整"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (600_714, "陆仟零柒元壹角肆分"),
        (10_001_000, "壹拾万零壹拾元整"),
        (10_000_000_000, "壹亿元整"),
        (1_000_000_050_000, "壹佰亿零伍佰元整"),
        (10_000_200_000_000_000, "壹佰万零贰拾亿元整"),
    ],
)
def test_amounts_in_capitals(fen, written):
    assert capitals(fen) == written


@given(st.integers(1, 10**14))
def test_capitals_agree_with_another_writer(fen):
    other = cn2an.an2cn(str(Decimal(fen) / 100), "rmb")
    ours = capitals(fen)
    assert ours.replace("零", "").rstrip("整") == other.replace("零", "").rstrip("整")
    assert "零零" not in ours
    assert ours.endswith(("整", "分"))


@pytest.mark.parametrize("fen", [0, -1, LARGEST_FEN + 1])
def test_what_no_bill_can_say_is_refused(fen):
    with pytest.raises(ValueError, match="capitals"):
        capitals(fen)


@given(st.integers(-(10**17), 10**17))
def test_figures_are_exact(fen):
    assert Decimal(yuan(Money(fen)).replace(",", "")) * 100 == fen


def test_turn_kinds_are_all_answered():
    assert {kind.value for kind in TurnKind} == {"text", "menu", "submit", "resume", "clock"}
