"""`elian bots train` and `elian bots models`, on a data folder of its own."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bots.contract import Labelled
from bots.understanding import corpus
from bots.understanding.learning import Recipe
from bots.understanding.teaching import teach
from chat_server.__main__ import app
from chat_server.bootstrap import learning
from chat_server.bootstrap.rooms import open_rooms
from chat_server.domain.learning import Label
from chat_server.settings import load_settings
from chat_server.usecases.learning.missed import MissedSentences, name_of

QUICK = Recipe(hidden=4, epochs=1, fewest=(4, 4, 9), calibration_folds=2)
FEW = {"balance", "transfer", "unknown"}


async def label(data: Path, *labels: Labelled) -> None:
    async with open_rooms(load_settings({"data": data})) as rooms:
        drawer = MissedSentences(rooms.store, rooms.clock).labels
        for one in labels:
            await drawer.save(name_of(one.shape), Label(one.shape, one.intent, "admin", 1), 1)


def elian(data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["bots", *words, "--data", str(data)])


def test_a_model_is_trained_listed_promoted_and_rolled_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = [one for one in corpus.examples() if one.intent in FEW]
    monkeypatch.setattr(learning, "teach", partial(teach, recipe=QUICK, ours=ours))
    nothing = elian(tmp_path, "train")
    assert (nothing.exit_code, "nothing is labelled" in nothing.stderr) == (1, True)
    asyncio.run(label(tmp_path, Labelled("还剩几个子儿", "balance")))
    trained = elian(tmp_path, "train")
    assert "model 1:" in trained.stdout
    assert "cross-validation" in trained.stdout
    assert json.loads(elian(tmp_path, "train", "--json").stdout)["version"] == 2
    assert "0  shipped  in use" in elian(tmp_path, "models", "list").stdout
    assert "model 2 is in use" in elian(tmp_path, "models", "promote", "2").stdout
    listed = elian(tmp_path, "models", "list").stdout.splitlines()
    assert [line.endswith("in use") for line in listed] == [True, False, False]
    assert "the shipped model is in use" in elian(tmp_path, "models", "rollback").stdout
    assert elian(tmp_path, "models", "promote", "9").exception is not None
