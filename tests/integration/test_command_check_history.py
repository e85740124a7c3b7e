"""`elian check-history`: its exit codes, and what it prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.house import run_elian

SENT = [
    {"what": "client", "user": "ann", "device": "phone", "format": 1},
    {"what": "open"},
    {"what": "hello"},
    {"what": "sync", "cursors": {"d:ann:bob": 0}},
    {"what": "synced"},
    {"what": "send", "conv": "d:ann:bob", "mid": "m1", "body": "00"},
    {"what": "ack", "conv": "d:ann:bob", "mid": "m1", "seq": 1, "ts": 7},
    {"what": "final"},
    {"what": "history", "conv": "d:ann:bob", "id": "r1", "after": 0},
]
PAGE = {"what": "page", "conv": "d:ann:bob", "id": "r1", "head": 1, "first_seq": 1}
STORED = {**PAGE, "events": [[1, "m1", "ann", 7, 1, "message", "00"]]}
LOST = {**PAGE, "head": 0, "events": []}


def write(folder: Path, *lines: dict[str, object]) -> None:
    text = "".join(json.dumps({"t": 1.0, **line}) + "\n" for line in lines)
    (folder / "ann.jsonl").write_text(text)


def test_promises_that_held_end_with_0(tmp_path: Path) -> None:
    write(tmp_path, *SENT, STORED)
    done = run_elian("check-history", str(tmp_path), check=False)
    assert done.returncode == 0
    assert done.stdout.startswith("held: I1 to I7")
    assert "1 of 1 acked events were read back" in done.stdout


@pytest.mark.parametrize("form", ["words", "json"])
def test_a_broken_promise_ends_with_1_and_is_proved(tmp_path: Path, form: str) -> None:
    write(tmp_path, *SENT, LOST)
    options = ["--json"] if form == "json" else []
    done = run_elian("check-history", str(tmp_path), *options, check=False)
    assert done.returncode == 1
    if form == "words":
        assert "I1 m1 of ann was acked, and is not in the log of 0" in done.stdout
        assert 'ann.jsonl:7: {"t": 1.0, "what": "ack"' in done.stdout
    else:
        verdict = json.loads(done.stdout)
        assert not verdict["held"]
        proofs = [line["line"] for one in verdict["violations"] for line in one["proof"]]
        assert 7 in proofs


def test_what_is_no_history_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "ann.jsonl").write_text("hello\n")
    done = run_elian("check-history", str(tmp_path), check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "ann.jsonl:1" in done.stderr
