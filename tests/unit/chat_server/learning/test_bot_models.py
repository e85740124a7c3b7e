from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from bots.contract import Labelled, Lesson
from bots.understanding import corpus
from bots.understanding.corpus import Example
from bots.understanding.learning import Recipe
from bots.understanding.living import LivingReader
from bots.understanding.teaching import teach
from chat_server.domain.errors import InvalidValue, NotFound
from chat_server.usecases.learning.models import BotModels
from tests.front_desk import KEY, FrontDesk, desk

__all__ = ["desk"]

SMALL = Recipe(hidden=16, epochs=8, batch=16, fewest=(1, 2, 4), calibration_folds=3)
SAID = "阿拉想看看伊个铜钿还有多少"
FEW = {"balance", "transfer", "unknown", "greeting"}


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    ours = [one for one in corpus.examples() if one.intent in FEW]
    return teach(
        [Labelled(f"{SAID}{tail}", "balance") for tail in "呀呢吧啊哦嘛"], recipe=SMALL, ours=ours
    )


def other_node(desk: FrontDesk, key: bytes = KEY) -> BotModels:
    return BotModels(desk.store, desk.blobs, desk.clock, key)


async def test_a_trained_model_answers_nobody_until_it_is_promoted(
    desk: FrontDesk, lesson: Lesson
) -> None:
    models, pupil = desk.cases.learning.models, desk.cases.learning.pupil
    model = await models.add(lesson, 0, "test")
    await models.take_up(pupil)
    assert (await models.serving()).here == 0
    await models.promote("admin", model.version, pupil)
    assert pupil.suggest(SAID, 1)[0].intent == "balance"
    assert [fact.actor for fact in await desk.facts("bot_model_promoted")] == ["admin"]


async def test_every_process_takes_up_what_is_in_use_and_goes_back_with_it(
    desk: FrontDesk, lesson: Lesson
) -> None:
    models, pupil = desk.cases.learning.models, desk.cases.learning.pupil
    second, their_pupil = other_node(desk), LivingReader()
    for _ in range(2):
        await models.add(lesson, 0, "test")
    for version in (1, 2):
        await models.promote("admin", version, pupil)
        await second.take_up(their_pupil)
        assert (await second.serving()).here == version
    assert set(their_pupil.intents("zh-CN")) == FEW
    for version in (1, 0):
        await second.roll_back("admin", their_pupil)
        await models.take_up(pupil)
        assert (await models.serving()).here == version
    assert len(pupil.intents("zh-CN")) > 60  # the shipped one again
    with pytest.raises(NotFound):
        await models.roll_back("admin", pupil)
    assert [one.version for one in (await models.serving()).models] == [2, 1]


async def test_a_model_that_was_not_signed_here_is_never_used(
    desk: FrontDesk, lesson: Lesson
) -> None:
    models, pupil = desk.cases.learning.models, desk.cases.learning.pupil
    model = await models.add(lesson, 0, "test")
    stranger = other_node(desk, b"another house" * 3)
    with pytest.raises(InvalidValue, match="signed"):
        await stranger.promote("admin", model.version, pupil)
    foreign = await stranger.add(lesson, 0, "stranger")
    with pytest.raises(InvalidValue, match="signed"):
        await models.promote("admin", foreign.version, pupil)
    assert (await models.in_use()).version == 0


async def test_a_lost_or_exchanged_file_leaves_the_model_that_answers(
    desk: FrontDesk, lesson: Lesson
) -> None:
    models, pupil = desk.cases.learning.models, desk.cases.learning.pupil
    model = await models.add(lesson, 0, "test")
    await models.promote("admin", model.version, pupil)
    await desk.blobs.delete(model.blob)
    fresh, their_pupil = other_node(desk), LivingReader()
    with pytest.raises(InvalidValue, match="gone"):
        await fresh.take_up(their_pupil)
    await fresh.take_up(their_pupil)  # told once
    assert (await fresh.serving()).here == 0
    assert their_pupil.understand("查余额").intent == "balance"


async def test_a_model_of_other_sentences_of_ours_is_refused(
    desk: FrontDesk, lesson: Lesson
) -> None:
    models, pupil = desk.cases.learning.models, desk.cases.learning.pupil
    old = replace(lesson, corpus="0" * 64 + ":" + lesson.corpus.partition(":")[2])
    model = await models.add(old, 0, "test")
    with pytest.raises(InvalidValue, match="cannot be used"):
        await models.promote("admin", model.version, pupil)
    with pytest.raises(NotFound):
        await models.promote("admin", 99, pupil)


async def test_trainings_that_end_together_get_numbers_of_their_own(
    desk: FrontDesk, lesson: Lesson
) -> None:
    models = desk.cases.learning.models
    added = await asyncio.gather(*(models.add(lesson, 0, "test") for _ in range(3)))
    assert sorted(one.version for one in added) == [1, 2, 3]


def test_the_comparison_judges_both_models_by_sentences_they_did_not_learn(lesson: Lesson) -> None:
    assert set(lesson.before) == set(lesson.after) == {"parts", "unseen", "labelled"}
    for name, judged in lesson.before.items():
        assert judged.sentences == lesson.after[name].sentences
    assert lesson.before["unseen"].sentences == len(corpus.unseen())
    assert lesson.labelled + lesson.before["labelled"].sentences == 6
    assert all(0 <= one.right <= 1 for one in lesson.after.values())


def test_the_same_labels_teach_the_same_and_unknown_intents_teach_nothing() -> None:
    ours = [Example(one.sentence, one.intent) for one in corpus.examples() if one.intent in FEW]
    quick = Recipe(hidden=4, epochs=1, fewest=(4, 4, 9), calibration_folds=2)
    labels = [Labelled("一句话", "balance"), Labelled("另一句", "gone_since")]
    first, again = (teach(each, recipe=quick, ours=ours) for each in (labels, labels[::-1]))
    assert first.model == again.model
    assert first.corpus == again.corpus
    assert first.labelled + first.after["labelled"].sentences == 1
