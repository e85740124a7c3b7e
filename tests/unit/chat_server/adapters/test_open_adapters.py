"""Adapters are chosen by URL, and a wrong one names the right ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_server.adapters import open as adapters
from chat_server.adapters.clock import SystemClock
from chat_server.domain.errors import ConfigError

CLOCK = SystemClock()


@pytest.mark.parametrize("url", ["", "mysql://x", "/data/chat.db", "sqlite", "SQLITE3:///x"])
def test_a_wrong_store_url_names_the_right_ones(url: str) -> None:
    with pytest.raises(ConfigError, match="memory://, sqlite://, mongodb://"):
        adapters.open_store(url, clock=CLOCK)


def test_a_wrong_bus_blob_or_sms_url_names_the_right_ones() -> None:
    with pytest.raises(ConfigError, match="memory://, redis://"):
        adapters.open_bus("kafka://x", clock=CLOCK)
    with pytest.raises(ConfigError, match="memory://, file://"):
        adapters.open_blobs("s3://x")
    with pytest.raises(ConfigError, match="log://, file://"):
        adapters.open_sms("https://x", clock=CLOCK)


async def test_each_memory_store_is_its_own() -> None:
    async with (
        adapters.open_store("memory://", clock=CLOCK) as one,
        adapters.open_store("memory://", clock=CLOCK) as other,
    ):
        await one.changes.advance_cursor("x", 5)
        assert await other.changes.cursor("x") == 0


async def test_a_scheme_is_read_in_any_case(tmp_path: Path) -> None:
    async with adapters.open_store(f"SQLite:///{tmp_path}/x.db", clock=CLOCK) as store:
        await store.ping()


@pytest.mark.parametrize(
    "table",
    [adapters.STORES, adapters.BUSES, adapters.BLOBS, adapters.SMS_SENDERS, adapters.SMS_INBOXES],
)
def test_every_opener_in_the_tables_exists(table: dict[str, str]) -> None:
    for scheme in table:
        assert callable(adapters._opener("x", table, f"{scheme}://"))
