"""The process that indexes: started when needed, again when it died, and gone in the end."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from chat_server.adapters.open import open_search
from chat_server.adapters.sqlite.indexing import IndexingProcess
from chat_server.adapters.sqlite.search_file import prepare
from chat_server.domain.errors import StoreUnavailable
from chat_server.domain.searching import Entry, Readable, question


def entry(position: int, text: str = "gold") -> Entry:
    return Entry(position, "d:ann:bob", position, "ann", 1, text)


def children() -> Sequence[int]:
    told = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    return [int(pid) for pid in told.split()]


async def test_nothing_to_take_in_starts_no_process(tmp_path: Path) -> None:
    before = children()
    async with open_search(f"sqlite:///{tmp_path}/search.db") as index:
        assert await index.index(0, [], 7) == 7
        assert await index.position() == 7
        assert children() == before


async def test_one_that_was_killed_is_started_again_and_nothing_is_lost(tmp_path: Path) -> None:
    before = children()
    async with open_search(f"sqlite:///{tmp_path}/search.db") as index:
        assert await index.index(0, [entry(1)], 1) == 1
        (pid,) = set(children()) - set(before)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(StoreUnavailable):
            await index.index(1, [entry(2)], 2)
        assert await index.index(1, [entry(2)], 2) == 2
        found = await index.find(question("gold"), [Readable("d:ann:bob")], limit=10)
        assert [hit.seq for hit in found] == [2, 1]
    assert children() == before


async def test_whoever_gives_up_waiting_confuses_nobody(tmp_path: Path) -> None:
    path = tmp_path / "search.db"
    prepare(path)
    indexing = IndexingProcess(path)
    asked = asyncio.create_task(indexing.index(0, [entry(n) for n in range(1, 500)], 499))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert await indexing.index(0, [entry(1)], 1) in {1, 499}
    await indexing.close()


async def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    path = tmp_path / "search.db"
    async with open_search(f"sqlite:///{path}") as index:
        with sqlite3.connect(path) as other:
            other.execute("DROP TABLE entries")
        other.close()
        with pytest.raises(StoreUnavailable):
            await index.index(0, [entry(1)], 1)
