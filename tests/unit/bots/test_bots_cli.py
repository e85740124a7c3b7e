"""The command that shows what a sentence is understood as."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from bots.cli import app

run = CliRunner()


def test_a_sentence_becomes_json():
    result = run.invoke(app, ["understand", "给李娜转500块"])
    assert result.exit_code == 0
    understood = json.loads(result.stdout)
    assert set(understood) == {"intent", "confidence", "slots"}
    assert understood["intent"] == "transfer"
    assert understood["slots"]["amount"] == "500"


@pytest.mark.parametrize("source", ["file", "stdin"])
def test_a_batch_gives_a_line_for_every_line(tmp_path, source):
    text = "查余额\r\n\n给李娜转一万五\u2028\n人工"
    path = tmp_path / "sentences.txt"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    if source == "file":
        result = run.invoke(app, ["understand", "--batch", str(path)])
    else:
        result = run.invoke(app, ["understand", "--batch", "-"], input=text)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["intent"] for line in lines] == ["balance", "unknown", "transfer", "human"]


@pytest.mark.parametrize(
    "arguments", [[], ["查余额", "--batch", "-"], ["--batch", "/no/such/file"]]
)
def test_a_wrong_call_is_explained(arguments):
    result = run.invoke(app, ["understand", *arguments])
    assert result.exit_code == 2
    assert result.stderr or result.output


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "image.png"
    path.write_bytes(b"\x89PNG\xff\xfe")
    result = run.invoke(app, ["understand", "--batch", str(path)])
    assert result.exit_code == 2
