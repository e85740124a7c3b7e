"""A crowd at a house that is killed, in short; `make verdict` is the long one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.serving import ROOT

pytestmark = pytest.mark.crash

WITHIN_S = 240.0


# What a killed node was writing stays locked for a minute in the MongoDB of the tests, so here
# lines are dropped and no node is killed on it; `make verdict` kills three times and waits.
@pytest.mark.parametrize(
    ("store", "pace", "kills"), [("sqlite", "2", "1"), ("two-nodes", "0.3", "0")]
)
def test_every_promise_is_kept(store: str, pace: str, kills: str, tmp_path: Path) -> None:
    asked = ["--clients", "20", "--seconds", "6", "--kills", kills]
    asked += ["--store", store, "--pace", pace]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.verdict", *asked, "--keep", tmp_path / "run", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=WITHIN_S,
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    verdict = json.loads(done.stdout)["verdict"]
    counts = verdict["counts"]
    assert verdict["held"]
    assert (counts["clients"], counts["finished"], counts["unread_acks"]) == (20, 20, 0)
    assert counts["connections"] > counts["clients"]  # lines were dropped
    assert counts["acked_events"] > 0
