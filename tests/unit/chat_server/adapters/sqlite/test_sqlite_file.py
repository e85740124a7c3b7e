"""The file: where it is, whose it is, which schema it has, and what it refuses."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.adapters.sqlite.connection import migrations, path_of, prepare
from chat_server.adapters.sqlite.messages import _OF_SERVICES
from chat_server.domain.errors import ConfigError
from chat_server.domain.facts import ConsentEntry, Fact, Purpose
from chat_server.domain.message import Draft, EventKind

CLOCK = SystemClock()


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///data/chat.db", "data/chat.db"),
        ("sqlite:////var/elian/chat.db", "/var/elian/chat.db"),
        ("sqlite:///a%20b/%E5%BA%93.db", "a b/库.db"),
        ("sqlite:////srv/库.db", "/srv/库.db"),
    ],
)
def test_a_url_names_a_path_as_sqlalchemy_has_it(url: str, path: str) -> None:
    assert path_of(url) == Path(path)


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "sqlite:///", "sqlite://data/x.db", "sqlite:///:memory:", "sqlite:///x?y=1"],
)
def test_a_url_without_a_path_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="sqlite:////absolute"):
        path_of(url)


async def test_the_folder_is_made(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/new/deep/chat.db", clock=CLOCK) as store:
        await store.ping()
    files = [path.name for path in (tmp_path / "new" / "deep").iterdir()]
    assert files == ["chat.db"], "closing folds the log away"


def test_the_migrations_are_numbered_without_a_gap() -> None:
    assert [number for number, _ in migrations()] == list(range(1, len(migrations()) + 1))


def test_preparing_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    prepare(path)
    before = path.read_bytes()
    prepare(path)
    assert path.read_bytes() == before


def test_many_openers_of_a_new_file_agree(tmp_path: Path) -> None:
    for turn in range(5):
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(prepare, [tmp_path / f"{turn}.db"] * 8))


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    prepare(path)
    with sqlite3.connect(path) as conn:
        conn.execute("PRAGMA user_version = 999")
    conn.close()
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="schema 999"):
        prepare(path)
    assert path.read_bytes() == before


def test_a_file_of_another_program_is_refused(tmp_path: Path) -> None:
    database, text = tmp_path / "other.db", tmp_path / "text.db"
    with sqlite3.connect(database) as conn:
        conn.execute("CREATE TABLE theirs (x)")
    conn.close()
    text.write_text("not a database at all, but long enough to look like one" * 100)
    for path in (database, text, tmp_path):
        with pytest.raises(ConfigError, match=path.name):
            prepare(path)


async def test_history_cannot_be_taken_back_by_sql(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    fact = Fact("tested", "admin", "ann", 1)
    async with open_store(f"sqlite:///{path}", clock=CLOCK) as store:
        await store.messages.append(Draft("c", "ann", "m", EventKind.MESSAGE, b"", b"", 1))
        entry = ConsentEntry(
            0, "ann", Purpose.CHAT_CONTENT, granted=True, text_hash="", channel="", at_ms=1
        )
        await store.consents.record_consent(entry, fact)
    conn = sqlite3.connect(path)
    for statement in (
        "DELETE FROM events",
        "DELETE FROM facts",
        "UPDATE facts SET actor = 'x'",
        "DELETE FROM consents",
        "UPDATE consents SET granted = 0",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            conn.execute(statement)
    conn.close()


def test_reading_one_services_events_uses_their_index(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    prepare(path)
    conn = sqlite3.connect(path)
    plan = conn.execute(f"EXPLAIN QUERY PLAN {_OF_SERVICES}", (5, 10)).fetchall()
    conn.close()
    assert [step for *_, step in plan] == ["SEARCH events USING INDEX service_events (pos>?)"]
