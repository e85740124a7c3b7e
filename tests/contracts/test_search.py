"""Every search index keeps the contract."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chat_server.adapters.memory.search import open_search as open_in_memory
from chat_server.adapters.mongodb.search import open_search as open_in_mongodb
from chat_server.adapters.sqlite.search import open_search as open_in_sqlite
from chat_server.domain.errors import ConfigError
from chat_server.ports.search import SearchIndex
from tests.contracts.search_contract import SearchContract, found, said


class TestMemorySearch(SearchContract):
    @pytest.fixture
    async def index(self) -> AsyncIterator[SearchIndex]:
        async with open_in_memory("memory://") as index:
            yield index


class TestSqliteSearch(SearchContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / 'search.db'}"

    @pytest.fixture
    async def index(self, url: str) -> AsyncIterator[SearchIndex]:
        async with open_in_sqlite(url) as index:
            yield index

    async def test_it_is_there_when_opened_again(self, url: str) -> None:
        async with open_in_sqlite(url) as index:
            await index.index(0, [said(1, "李娜")], 1)
        async with open_in_sqlite(url) as index:
            assert await index.position() == 1
            assert await found(index, "李娜") == [1]

    async def test_two_processes_index_each_change_once(self, url: str) -> None:
        async with open_in_sqlite(url) as one, open_in_sqlite(url) as other:
            assert await one.index(0, [said(1, "李娜")], 1) == 1
            assert await other.index(0, [said(1, "李娜")], 1) == 1
            assert await other.index(1, [said(2, "李娜")], 2) == 2
            assert await found(one, "李娜") == [2, 1]

    async def test_another_schema_is_begun_anew(self, url: str, tmp_path: Path) -> None:
        async with open_in_sqlite(url) as index:
            await index.index(0, [said(1, "李娜")], 1)
        conn = sqlite3.connect(tmp_path / "search.db")
        conn.execute("PRAGMA user_version = 0")
        conn.close()
        async with open_in_sqlite(url) as index:
            assert await index.position() == 0

    async def test_another_programs_file_is_refused(self, url: str, tmp_path: Path) -> None:
        conn = sqlite3.connect(tmp_path / "search.db")
        conn.execute("CREATE TABLE theirs (x)")
        conn.close()
        with pytest.raises(ConfigError, match="another program"):
            async with open_in_sqlite(url):
                pass


class TestMongoSearch(SearchContract):
    @pytest.fixture
    async def index(self, mongo_url: str) -> AsyncIterator[SearchIndex]:
        name = f"test-{uuid.uuid4().hex}"
        async with open_in_mongodb(urlsplit(mongo_url)._replace(path=f"/{name}").geturl()) as index:
            yield index

    async def test_a_database_must_be_named(self) -> None:
        with pytest.raises(ConfigError, match="name the database"):
            async with open_in_mongodb("mongodb://127.0.0.1:1"):
                pass
