"""Judging the understanding: files in, figures and their protocol out; models as bytes."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from bots.cli import app
from bots.understanding import artefact
from bots.understanding.corpus import UNKNOWN, Example
from bots.understanding.datasets import DatasetError, read_dataset
from bots.understanding.evaluation import (
    Annotated,
    annotated,
    calibration_error,
    slot_figures,
)
from bots.understanding.learning import Recipe, learn

run = CliRunner()
SMALL = Recipe(hidden=16, epochs=20, batch=8, fewest=(1, 1, 1))
SAID = {
    "card": ["my card is lost", "where is my card", "the card has not come", "card still missing"],
    "top_up": ["top up my phone", "add money to phone", "phone credit please", "recharge phone"],
    "利率": ["存款利率是多少", "一年定期利率", "利率表看一下", "现在利率多少"],
}


def sentences(times: int = 2) -> list[Example]:
    return [
        Example(f"{text} {number}" if number else text, intent)
        for intent, texts in SAID.items()
        for text in texts
        for number in range(times)
    ]


def write_table(path: Path, label: str, rows: list[Example]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["text", label])
        table.writerows(rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A few sentences laid out as each of the public sets."""
    rows = sentences()
    for part in ("train", "validation", "test"):
        write_table(tmp_path / f"{part}.csv", "category", rows)
    pairs = [list(row) for row in rows]
    outside = [[f"completely different {number}", "oos"] for number in range(8)]
    parts = dict.fromkeys(("train", "val", "test"), pairs)
    parts |= {f"oos_{name}": outside for name in ("train", "val", "test")}
    (tmp_path / "data_full.json.gz").write_bytes(gzip.compress(json.dumps(parts).encode()))
    return tmp_path


def test_what_was_learnt_is_guessed_and_strange_words_are_outside():
    outside = [
        Example(f"weather {word} tomorrow", UNKNOWN) for word in ["rain", "sun", "snow", "wind"]
    ]
    model = learn([*sentences(), *outside], SMALL)
    assert model.guess("where is my card").intent == "card"
    assert model.guess("定期利率多少").intent == "利率"
    assert model.guess("weather rain tomorrow").outside > 0.5
    assert 0 < model.guess("").confidence <= 1


def test_the_same_sentences_learn_the_same_model():
    assert artefact.encode(learn(sentences(), SMALL)) == artefact.encode(learn(sentences(), SMALL))


def test_a_saved_model_guesses_as_before():
    model = learn(sentences(), SMALL)
    again = artefact.decode(artefact.encode(model, "corpus"), "corpus")
    for example in sentences():
        assert again.guess(example.sentence) == pytest.approx(model.guess(example.sentence))


@pytest.mark.parametrize(
    "harm", [lambda b: b[:-1], lambda b: b[:40] + b"x" + b[41:], lambda b: b[:0]]
)
def test_damaged_bytes_are_no_model(harm):
    content = artefact.encode(learn(sentences(), SMALL), "corpus")
    with pytest.raises(artefact.DamagedModelError):
        artefact.decode(harm(content), "corpus")


def test_a_model_of_other_sentences_is_refused():
    content = artefact.encode(learn(sentences(), SMALL), "corpus")
    with pytest.raises(artefact.DamagedModelError):
        artefact.decode(content, "another corpus")


@pytest.mark.parametrize("name", ["banking77", "massive", "clinc150"])
def test_a_public_set_is_learnt_and_judged(folder, name):
    if name == "massive":
        for part in ("train", "validation", "test"):
            write_table(folder / f"{part}.csv", "label_text", sentences())
    result = run.invoke(app, ["evaluate", "--dataset", name, str(folder), "--json"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["test"] == len(sentences()) + (8 if name == "clinc150" else 0)
    assert report["intents"] == len(SAID)
    assert 0 <= report["accuracy"] <= 1
    assert "test file" in report["protocol"]
    assert (report["outside"] is not None) == (name == "clinc150")
    readable = run.invoke(app, ["evaluate", "--dataset", name, str(folder)])
    assert "accuracy" in readable.stdout


def test_files_that_are_missing_or_damaged_are_named(folder):
    with pytest.raises(DatasetError, match=r"label_text|no text"):
        read_dataset("massive", folder)
    with pytest.raises(DatasetError, match="not one of"):
        read_dataset("mnist", folder)
    (folder / "train.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetError, match=r"train\.csv"):
        read_dataset("banking77", folder)
    (folder / "data_full.json.gz").write_bytes(b"no gzip")
    with pytest.raises(DatasetError, match="CLINC150"):
        read_dataset("clinc150", folder)
    (folder / "test.csv").unlink()
    result = run.invoke(app, ["evaluate", "--dataset", "banking77", str(folder)])
    assert result.exit_code == 1
    assert "not evaluated" in result.stderr


@pytest.mark.parametrize("arguments", [["--dataset", "banking77"], ["some-folder"]])
def test_a_set_and_its_folder_go_together(arguments):
    assert run.invoke(app, ["evaluate", *arguments]).exit_code == 2


def test_slots_count_only_with_their_exact_value():
    one = Annotated("给李娜转500块", {"payee": "李娜", "amount": "600", "currency": "CNY"})
    figures = slot_figures([one])
    assert figures.precision == pytest.approx(2 / 3)
    assert figures.recall == pytest.approx(2 / 3)


def test_our_annotated_sentences_are_read_well():
    assert slot_figures(annotated()).f1 > 0.95


def test_calibration_error_is_the_distance_of_confidence_and_hits():
    assert calibration_error([0.75] * 4, [True, True, True, False]) == pytest.approx(0)
    assert calibration_error([0.95, 0.95], [False, False]) == pytest.approx(0.95)
    assert np.isfinite(calibration_error([1.0, 0.0], [True, False]))
