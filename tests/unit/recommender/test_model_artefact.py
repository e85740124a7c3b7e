"""Model files: complete or absent, signed here or refused."""

import io
import os
import shutil
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest

from recommender.artefacts.shelf import Shelf
from recommender.artefacts.signed import before_current, current_version, go_back
from recommender.contract import RecommenderError
from recommender.features.columns import FEATURES
from recommender.ranking.artefact import load, point_at, publish, to_serve
from recommender.ranking.model import LinearModel

NOON = datetime(2025, 6, 3, 4, 0, tzinfo=UTC)


def model(shift: float = 0.0) -> LinearModel:
    weights = np.arange(2 * len(FEATURES), dtype=np.float64).reshape(2, -1) / 100 + shift
    return LinearModel(
        version="",
        products=("easy_loan", "fund"),
        features=FEATURES,
        weights=weights,
        intercepts=np.array([-1.0, -2.0]),
    )


@pytest.fixture
def models(tmp_path):
    publish(tmp_path / "models", model(), NOON, b"{}")
    return tmp_path / "models"


def test_a_published_model_comes_back_as_it_was(models):
    version = current_version(models)
    loaded = load(models, version)
    assert (loaded.version, loaded.products) == (version, ("easy_loan", "fund"))
    np.testing.assert_array_equal(loaded.weights, model().weights)
    np.testing.assert_array_equal(loaded.intercepts, model().intercepts)


def test_publishing_the_same_again_is_the_same_version(models):
    assert publish(models, model(), NOON, b"{}") == current_version(models)
    assert len([path for path in models.iterdir() if path.is_dir()]) == 1


@pytest.mark.parametrize("name", ["weights.npz", "model.json", "manifest.json"])
@pytest.mark.parametrize("fault", ["flipped", "cut", "emptied", "missing"])
def test_a_damaged_file_is_refused(models, name, fault):
    path = models / current_version(models) / name
    content = path.read_bytes()
    middle = len(content) // 2
    if fault == "missing":
        path.unlink()
    else:
        flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        path.write_bytes({"flipped": flipped, "cut": content[:middle], "emptied": b""}[fault])
    with pytest.raises(RecommenderError):
        load(models, current_version(models))


def test_a_model_of_another_house_is_refused(models, tmp_path):
    other = tmp_path / "other"
    version = publish(other, model(shift=1), NOON, b"{}")
    shutil.copytree(other / version, models / version)
    with pytest.raises(RecommenderError, match="not signed"):
        point_at(models, version)
    assert current_version(models) != version


def test_one_version_under_another_name_is_refused(models):
    shutil.copytree(models / current_version(models), models / "20990101T000000-newer")
    with pytest.raises(RecommenderError):
        load(models, "20990101T000000-newer")


@pytest.mark.parametrize("pointer", ["../elsewhere", "", "a/b", "x" * 65, "v1\0"])
def test_a_pointer_that_is_no_version_is_refused(models, pointer):
    (models / "current").write_text(pointer)
    with pytest.raises(RecommenderError):
        Shelf(models, to_serve, lambda: NOON)


def test_a_lost_or_cut_signing_key_refuses_every_model(models):
    (models / "model.key").write_bytes(b"short")
    with pytest.raises(RecommenderError):
        load(models, current_version(models))
    (models / "model.key").unlink()
    with pytest.raises(RecommenderError):
        load(models, current_version(models))


def test_the_signing_key_is_nobody_elses_to_read(models):
    assert (models / "model.key").stat().st_mode & 0o077 == 0


def test_pickled_arrays_are_never_opened(models):
    hostile = msgspec.structs.replace(model(), weights=np.array([[{"a": 1}] * 21] * 2))
    with pytest.raises(RecommenderError, match="damaged"):
        publish(models, hostile, NOON, b"{}")


@pytest.mark.parametrize(
    "weights", [np.zeros((2, 3)), np.full((2, len(FEATURES)), np.nan), np.zeros(7, np.int64)]
)
def test_arrays_that_do_not_fit_their_description_are_refused(models, weights):
    with pytest.raises(RecommenderError):
        publish(models, msgspec.structs.replace(model(), weights=weights), NOON, b"{}")


def test_a_publication_cut_short_leaves_the_old_model(models):
    (models / ".20990101T000000-half-0").mkdir()
    (models / ".20990101T000000-half-0" / "weights.npz").write_bytes(b"half")
    assert Shelf(models, to_serve, lambda: NOON).current().version == current_version(models)


def test_a_running_shelf_takes_a_new_model_and_an_old_one_back(models, clock):
    shelf = Shelf(models, to_serve, clock)
    first = shelf.current().version
    second = publish(models, model(shift=1), NOON, b"{}")
    assert shelf.current().version == first  # looked less than a second ago
    clock.at += timedelta(seconds=1)
    assert shelf.current().version == second
    point_at(models, first)
    clock.at += timedelta(seconds=1)
    assert shelf.current().version == first


def test_a_running_shelf_keeps_its_model_when_the_new_one_is_bad(models, clock):
    shelf = Shelf(models, to_serve, clock)
    first = shelf.current().version
    (models / "current").write_text("20990101T000000-gone")
    clock.at += timedelta(seconds=1)
    assert shelf.current().version == first


def test_one_goes_back_step_by_step_to_what_was_in_use_before(models):
    first = current_version(models)
    second = publish(models, model(shift=1), NOON + timedelta(days=1), b"{}")
    third = publish(models, model(shift=2), NOON + timedelta(days=2), b"{}")
    assert before_current(models) == [second, first]
    go_back(models, second)
    assert (current_version(models), before_current(models)) == (second, [first])
    point_at(models, third)
    assert before_current(models) == [second, first]


def test_a_model_of_other_features_is_not_served(tmp_path):
    narrow = LinearModel(
        version="",
        products=("fund",),
        features=("shoe_size",),
        weights=np.ones((1, 1)),
        intercepts=np.zeros(1),
    )
    publish(tmp_path, narrow, NOON, b"{}")
    with pytest.raises(RecommenderError, match="other features"):
        Shelf(tmp_path, to_serve, lambda: NOON)


def test_no_model_is_no_fault(tmp_path):
    assert Shelf(tmp_path / "none yet", to_serve, lambda: NOON).current() is None


def test_a_bomb_is_not_read_into_memory(models):
    with (models / current_version(models) / "weights.npz").open("wb") as file:
        os.truncate(file.fileno(), 1 << 40)
    with pytest.raises(RecommenderError, match="too large"):
        load(models, current_version(models))


def test_the_arrays_are_plain(models):
    content = (models / current_version(models) / "weights.npz").read_bytes()
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        assert set(arrays.files) == {"weights", "intercepts"}
