"""Lists of articles, accounts and goods: personal under consent, explained, and at once."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest

from recommender.candidates.item_model import load, point_at
from recommender.candidates.recency_ease import RecencyEase
from recommender.candidates.window import FOLDER
from recommender.contract import Consents, Event, ItemKind, ItemsAsked, RecommenderError
from recommender.features.log import open_log
from recommender.features.taken import Taken, take, taken_by, taken_by_all
from recommender.open import kept_models, open_recommender, promote_model, roll_back_model
from recommender.training.items import matrix, train_items

from .conftest import ALL_ON, NOON, Clock

NOBODY = Consents("none")
ARTICLE = ItemKind.ARTICLE
THEMES = [[f"gold-{at}" for at in range(6)], [f"funds-{at}" for at in range(6)]]


def read(customer: str, item: str, days_ago: float, **known) -> Event:
    return Event(
        event_id=f"{customer}:{item}:{days_ago}",
        type="article_read",
        customer=customer,
        occurred_at=NOON - timedelta(days=days_ago),
        product="@news",
        amount_band="",
        channel="chat",
        consents=known.get("consents", ALL_ON),
        item=item,
    )


def readers() -> list[Event]:
    """Forty people, each of whom reads of one theme, in its own order."""
    random = np.random.default_rng(3)
    return [
        read(f"reader-{number}", item, 30 - place)
        for number in range(40)
        for place, item in enumerate(random.permutation(THEMES[number % 2])[:5])
    ]


def learn(directory: Path, events: list[Event], at=NOON):
    with open_log(directory / "events.db") as log:
        with log.transaction():
            log.add(events)
            take(log, events, NOON)
        return train_items(log, directory, trained_at=at, seed=7)[0]


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("readers")
    learn(directory, readers())
    return directory


@pytest.fixture
def directory(learnt: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(learnt, tmp_path / "house"))


def opened(directory: Path, clock: Clock | None = None):
    return open_recommender(f"model://{directory}", now=clock or (lambda: NOON))


def asked(customer: str, consents: Consents = ALL_ON, many: int = 3) -> ItemsAsked:
    return ItemsAsked(customer, ARTICLE, consents, many)


async def test_a_new_event_changes_the_list_at_once_and_without_a_fit(directory):
    async with opened(directory) as recommender:
        before = await recommender.next_items(asked("ann"))
        await recommender.observe([read("ann", "gold-1", 1), read("ann", "gold-2", 0)])
        after = await recommender.next_items(asked("ann"))
    assert (before.personal, after.personal) == (False, True)
    assert all(one.item.startswith("gold") for one in after.items)
    assert not {"gold-1", "gold-2"} & {one.item for one in after.items}


async def test_a_score_is_the_sum_of_what_it_lists(directory):
    async with opened(directory) as recommender:
        found = await recommender.next_items(asked("reader-1", many=6))
    for one in found.items:
        assert one.score == pytest.approx(sum(part.weight for part in one.because), abs=1e-6)
        assert {part.item for part in one.because} <= set(THEMES[1])


async def test_without_consent_the_list_is_the_same_for_everybody(directory):
    async with opened(directory) as recommender:
        lists = [
            await recommender.next_items(asked(who, NOBODY, 12)) for who in ("reader-1", "reader-2")
        ]
    assert lists[0] == lists[1]
    assert not lists[0].personal
    assert len(lists[0].items) == 12


async def test_what_is_not_wanted_is_in_no_list_again(directory):
    async with opened(directory) as recommender:
        first = (await recommender.next_items(asked("reader-1"))).items[0].item
        await recommender.unwanted("reader-1", ARTICLE, first, NOON)
        await recommender.unwanted("reader-1", ARTICLE, first, NOON)
        for consents in (ALL_ON, NOBODY):
            found = await recommender.next_items(asked("reader-1", consents, 12))
            assert first not in {one.item for one in found.items}


async def test_what_is_forgotten_is_in_no_history_and_does_not_return(directory):
    async with opened(directory) as recommender:
        await recommender.forget("reader-1", NOON)
        await recommender.observe([read("reader-1", "gold-1", 2)])
        assert not (await recommender.next_items(asked("reader-1"))).personal


async def test_without_a_model_the_list_is_empty(tmp_path):
    async with opened(tmp_path) as recommender:
        assert (await recommender.next_items(asked("ann"))).items == ()


@pytest.mark.parametrize("many", [-1, 0, 10_000])
async def test_any_length_may_be_asked_for(directory, many):
    async with opened(directory) as recommender:
        found = await recommender.next_items(asked("ann", many=many))
    assert len(found.items) == (12 if many > 0 else 0)


def test_reading_one_thing_ten_thousand_times_counts_once(tmp_path):
    events = [read("ann", "gold-1", day / 100) for day in range(500)]
    with open_log(tmp_path / "events.db") as log:
        take(log, events, NOON)
        history = taken_by(log.connection, "ann", ARTICLE)
    assert [one.item for one in history] == ["gold-1"]


def test_a_clock_that_runs_ahead_counts_as_now(tmp_path):
    with open_log(tmp_path / "events.db") as log:
        take(log, [read("ann", "gold-1", -900), read("ann", "gold-2", 0)], NOON)
        assert len({one.at for one in taken_by(log.connection, "ann", ARTICLE)}) == 1


def test_training_and_serving_read_the_same_histories(directory):
    """The same rows in the same order; so their scores are the estimator's."""
    with open_log(directory / "events.db") as log:
        trained_on = list(taken_by_all(log.connection, ARTICLE))
        served = [taken_by(log.connection, f"reader-{at}", ARTICLE) for at in range(40)]
    assert sorted(map(tuple, trained_on)) == sorted(map(tuple, served))


def test_a_served_score_is_the_estimators_own(directory):
    with open_log(directory / "events.db") as log:
        histories = list(taken_by_all(log.connection, ARTICLE))
    items, times = matrix(histories)
    models = directory / FOLDER / ARTICLE
    model = load(models, kept_models(directory)[0].version)
    expected = RecencyEase(random_state=7).fit(times).transform(times[[0]])[0]
    for one in model.best(histories[0], frozenset(), 5):
        assert one.score == pytest.approx(float(expected[items.index(one.item)]), rel=1e-4)


async def test_a_better_model_is_taken_while_it_runs_and_left_again_by_command(directory):
    clock = Clock()
    async with opened(directory, clock) as recommender:
        first = (await recommender.next_items(asked("ann"))).model_version
        second = learn(directory, [read("late", "new", 0)], NOON + timedelta(days=1)).version
        await _in_use(recommender, clock, second)
        assert roll_back_model(directory, "article") == first
        await _in_use(recommender, clock, first)
        assert promote_model(directory, second) == "article"
        await _in_use(recommender, clock, second)
    with pytest.raises(RecommenderError, match="no sound version"):
        roll_back_model(directory, "goods")


async def _in_use(recommender, clock: Clock, version: str) -> None:
    """The exchange is made aside: asked again, it is there."""
    for _ in range(1000):
        clock.at += timedelta(seconds=1)
        found = await recommender.next_items(asked("ann"))
        if found.model_version == version:
            return
    raise AssertionError(f"{version} was not taken")


@pytest.mark.parametrize("name", ["similar.npy", "following.npy", "popular.npy", "model.json"])
@pytest.mark.parametrize("fault", ["flipped", "cut", "emptied"])
def test_a_damaged_file_is_refused_and_shown_as_unsound(directory, name, fault):
    version = kept_models(directory)[0].version
    models = directory / FOLDER / ARTICLE
    path = models / version / name
    content = path.read_bytes()
    flipped = content[:-1] + bytes([content[-1] ^ 1])
    path.write_bytes({"flipped": flipped, "cut": content[:-9], "emptied": b""}[fault])
    with pytest.raises(RecommenderError):
        load(models, version)
    with pytest.raises(RecommenderError):
        promote_model(directory, version)
    assert not kept_models(directory)[0].sound


def test_a_model_of_another_house_or_kind_is_refused(directory, tmp_path):
    foreign = learn(tmp_path / "other", readers(), NOON + timedelta(days=3)).version
    shutil.copytree(
        tmp_path / "other" / FOLDER / ARTICLE / foreign, directory / FOLDER / ARTICLE / foreign
    )
    with pytest.raises(RecommenderError, match="not signed"):
        promote_model(directory, foreign)
    shutil.copytree(directory / FOLDER / ARTICLE, directory / FOLDER / "goods")
    own = kept_models(directory)[0].version
    with pytest.raises(RecommenderError, match="not one of goods"):
        point_at(directory / FOLDER / "goods", own)


def test_one_who_reads_everything_moves_nobody_elses_list(tmp_path):
    """Ten thousand clicks of one customer, on a thousand things, are one history."""
    honest, poisoned = tmp_path / "honest", tmp_path / "poisoned"
    events = readers()
    clicks = [
        read("fraud", item, 1 - at / 10_000)
        for at, item in enumerate(["gold-0", "funds-0", *(f"x-{n}" for n in range(998))] * 10)
    ]
    learn(honest, events)
    learn(poisoned, events + clicks)
    lists = []
    for house in (honest, poisoned):
        version = kept_models(house)[0].version
        with open_log(house / "events.db") as log:
            history = taken_by(log.connection, "reader-0", ARTICLE)
        best = load(house / FOLDER / ARTICLE, version).best(history, frozenset(), 1)
        lists.append([one.item for one in best])
    assert lists[0] == lists[1]


def test_too_little_is_reported_and_publishes_nothing(tmp_path):
    report = learn(tmp_path, [read("ann", "gold-1", 1), read("ann", "gold-2", 1)])
    assert (report.version, report.people) == (None, 1)
    assert kept_models(tmp_path) == []
    assert msgspec.json.encode(report)


def test_a_history_of_unknown_things_is_no_fault(directory):
    version = kept_models(directory)[0].version
    model = load(directory / FOLDER / ARTICLE, version)
    assert not model.knows([Taken("never seen", 1)])
    assert len(model.popular([Taken("never seen", 1)], frozenset(), 3)) == 3
