"""The log: opened by many, migrated once, honest about what it cannot read."""

import sqlite3
import subprocess
import sys
from datetime import datetime

import pytest

from recommender.contract import RecommenderError
from recommender.features.log import open_log
from recommender.features.schema import STEPS

OPENER = """
import sys
from pathlib import Path
from recommender.features.log import open_log
sys.stdin.readline()
with open_log(Path(sys.argv[1])) as log:
    log.connection.execute("SELECT count(*) FROM events").fetchone()
"""


def test_a_fresh_log_is_migrated_and_opens_again(tmp_path):
    for _ in range(2):
        with open_log(tmp_path / "deep" / "events.db") as log:
            version = log.connection.execute("PRAGMA user_version").fetchone()[0]
            assert version == len(STEPS)
            assert log.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_processes_that_open_a_fresh_log_at_once_all_succeed(tmp_path):
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, str(tmp_path / "events.db")],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    for opener in openers:
        opener.stdin.write(b"go\n")
        opener.stdin.flush()
    for opener in openers:
        _, errors = opener.communicate(timeout=60)
        assert (opener.returncode, errors) == (0, b"")


def test_a_log_of_a_newer_release_is_left_alone(tmp_path):
    connection = sqlite3.connect(tmp_path / "events.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(RecommenderError, match="newer release"), open_log(tmp_path / "events.db"):
        pass


def test_a_file_that_is_no_log_is_refused(tmp_path):
    (tmp_path / "events.db").write_bytes(b"not a database, but long enough to look like one" * 30)
    with pytest.raises(RecommenderError), open_log(tmp_path / "events.db"):
        pass


def test_a_folder_that_cannot_be_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecommenderError), open_log(tmp_path / "file" / "events.db"):
        pass


def test_a_batch_with_one_bad_event_writes_nothing(tmp_path, tell):
    naive = tell(at=datetime(2025, 6, 3, 12, 0))  # noqa: DTZ001 - the fault under test
    with open_log(tmp_path / "events.db") as log:
        for bad in (naive, tell(event_id=""), tell(customer="")):
            with pytest.raises(RecommenderError), log.transaction():
                log.add([tell(), bad])
        assert log.connection.execute("SELECT count(*) FROM events").fetchone()[0] == 0
