"""The log is written where it can be, and ends nobody's work where it cannot."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from chat_server.commands.logs import LineLogger


def test_a_line_is_written_at_once(tmp_path: Path) -> None:
    file = tmp_path / "log"
    with file.open("w") as stream:
        LineLogger(lambda: stream).msg("begun")
        assert file.read_text() == "begun\n"


def test_a_line_that_finds_a_full_disk_is_lost_and_the_next_one_tried() -> None:
    with suppress(OSError), Path("/dev/full").open("w") as full:  # it cannot be closed either
        log = LineLogger(lambda: full)
        for _ in range(10_000):
            log.error("the disk is full")
        tried = True
    assert tried
