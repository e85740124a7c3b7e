"""Topics of texts: readable, nobody's own words, and numbers in the ranking that fade."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from recommender.contract import Consents, RecommenderError, TopicSource
from recommender.features.columns import PLACE, Seen, columns, faded
from recommender.features.log import seen
from recommender.open import kept_models, open_recommender, train_topics
from recommender.topics.model import FOLDER, load
from recommender.topics.terms import terms

from .conftest import ALL_ON, NOON

SAID = {
    "gold": ("想买积存金", "今天黄金金价多少", "黄金金条怎么买", "黄金积存划算吗", "金价会涨吗"),
    "loan": ("贷款利率多少", "房贷可以提前还款吗", "申请贷款要什么材料", "房贷贷款多久批"),
    "house": ("装修找哪家好", "家具和瓷砖打折吗", "装修瓷砖选什么", "厨房装修家具报价"),
}
SECRET = "我家密语是翡翠鹦鹉七四一"  # one person's own words


def sources() -> list[TopicSource]:
    random = np.random.default_rng(5)
    made = []
    for number in range(60):
        said = SAID[list(SAID)[number % 3]]
        picked = random.choice(said, 3).tolist()
        made += [TopicSource(sentence, f"customer-{number}") for sentence in picked]
    made.append(TopicSource(SECRET * 3, "customer-0"))
    made += [TopicSource(f"黄金周报：金价走势第{week}期，积存金定投") for week in range(8)]
    return made


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("topics")
    train_topics(directory, sources(), now=lambda: NOON, seed=7)
    return directory


@pytest.fixture
def model(learnt):
    return load(learnt / FOLDER, kept_models(learnt)[0].version)


@pytest.mark.parametrize(
    ("text", "topic"), [("最近黄金的金价怎么样", "gold"), ("想申请房贷，贷款利率高吗", "loan")]
)
def test_a_text_about_a_product_is_about_its_topic(model, text, topic):
    assert model.of(text)[0].topic == topic


def test_another_topic_is_named_by_words_that_people_can_read(model):
    found = model.of("厨房装修，瓷砖和家具一起买")
    assert "装修" in found[0].topic
    assert not any(character.isdigit() for one in model.topics for character in "".join(one.words))


@pytest.mark.parametrize("text", ["", "   ", "7412", "ok", "鹦鹉", "🙂" * 50, "\x00"])
def test_a_text_that_says_nothing_has_no_topic(model, text):
    assert model.of(text) == []


def test_what_one_person_alone_said_is_in_no_file(learnt, model):
    assert not {
        term for term in model.terms if term in SECRET and term not in "".join(SAID["gold"])
    }
    written = b"".join(path.read_bytes() for path in learnt.rglob("*") if path.is_file())
    for word in ("密语", "翡翠", "鹦鹉"):
        assert word.encode() not in written
        assert word.encode("unicode_escape").decode().encode() not in written


def test_the_same_texts_give_the_same_model(learnt, tmp_path):
    report = train_topics(tmp_path, sources(), now=lambda: NOON, seed=7)
    assert report.version == kept_models(learnt)[0].version


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [TopicSource("")] * 50,
        [TopicSource("贷款")] * 3,
        [TopicSource(f"{n}") for n in range(50)],
    ],
)
def test_too_little_is_refused(tmp_path, texts):
    with pytest.raises(RecommenderError, match="topics"):
        train_topics(tmp_path, texts, now=lambda: NOON, seed=7)
    assert kept_models(tmp_path) == []


def test_a_damaged_model_of_topics_is_refused(learnt, tmp_path):
    directory = shutil.copytree(learnt, tmp_path / "damaged")
    version = kept_models(directory)[0].version
    (directory / FOLDER / version / "factors.npy").write_bytes(b"")
    with pytest.raises(RecommenderError, match="damaged"):
        load(directory / FOLDER, version)


def test_terms_have_no_digits_and_nothing_of_other_words():
    assert terms("卡号6222 8888，黄金ab GOLD x1y") == ["卡号", "黄金", "gold"]


def test_a_topic_of_the_chat_counts_as_asked_about_and_fades():
    now = Seen(10**15, "now", "purchase", "retail", "100-499")
    months = [
        Seen(now.at - days * 86_400_000_000, f"e{days}", "spoke", "gold", "") for days in (0, 30)
    ]
    asked = columns(months, now)[PLACE["gold_asked"]]
    assert asked == pytest.approx(1.5)
    assert columns(months[::-1], now)[PLACE["gold_asked"]] == asked
    assert faded(-5) == 1.0


async def test_what_was_spoken_of_is_an_interest_until_consent_is_withdrawn(learnt, tmp_path, tell):
    directory = shutil.copytree(learnt, tmp_path / "house")
    async with open_recommender(f"model://{directory}", now=lambda: NOON) as recommender:
        found = await recommender.topics_of("黄金的金价")
        assert found[0].topic == "gold"
        events = [
            tell("spoke", found[0].topic, "", days_ago=30),
            tell("article_read", "gold", "", days_ago=0),
            tell("spoke", "装修 · 家具", "", days_ago=0),
            tell("purchase", "retail"),
        ]
        await recommender.observe([*events, *events])
        known = {
            one.topic: one.weight for one in await recommender.interests("zhangwei", ALL_ON, NOON)
        }
        assert known == {"gold": pytest.approx(1.5), "装修 · 家具": pytest.approx(1.0)}
        silent = Consents("c-8", personalised_offers=True)
        only = await recommender.interests("zhangwei", silent, NOON)
        assert [(one.topic, one.weight) for one in only] == [("gold", 1.0)]
        assert await recommender.interests("zhangwei", Consents("none"), NOON) == []
        await recommender.forget("zhangwei", NOON)
        assert await recommender.interests("zhangwei", ALL_ON, NOON + timedelta(1)) == []


async def test_without_a_model_a_text_is_about_nothing(tmp_path):
    async with open_recommender(f"model://{tmp_path}", now=lambda: NOON) as recommender:
        assert await recommender.topics_of("黄金") == []


def test_training_sees_the_same_columns_for_what_was_spoken(tell):
    trigger = seen(tell("purchase", "retail"))
    spoke = seen(tell("spoke", "fund", "", days_ago=15))
    np.testing.assert_array_equal(columns([spoke, trigger], trigger), columns([spoke], trigger))
