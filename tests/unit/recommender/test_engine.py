"""Training on Dask: two workers learn the very model that one process learns."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from recommender.artefacts.signed import current_version
from recommender.cli import app
from recommender.contract import RecommenderError
from recommender.open import train


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_two_workers_learn_the_same_model(town, clock):
    there = train(town, now=clock, seed=7, engine="dask")
    here = train(town, now=clock, seed=7)
    assert there.version == here.version == current_version(town / "models")  # named by content
    assert there.model == here.model


def test_an_engine_that_is_none_is_refused_before_anything_is_learnt(town, clock):
    with pytest.raises(RecommenderError, match="local or dask"):
        train(town, now=clock, seed=7, engine="spark")
    with pytest.raises(RecommenderError, match="goes with the engine dask"):
        train(town, now=clock, seed=7, scheduler="tcp://127.0.0.1:1")


def test_a_scheduler_that_does_not_answer_is_said(town, monkeypatch):
    monkeypatch.setattr("recommender.training.engine._REACHED_S", 0.3)
    asked = ["train", "--data", str(town), "--engine", "dask", "--scheduler", "tcp://127.0.0.1:9"]
    ran = CliRunner().invoke(app, asked)
    assert ran.exit_code == 1
    assert "cannot be reached" in ran.stderr
