"""Two server processes that share a MongoDB, a Redis and a data folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import pytest

from tests.house import ServedHouse
from tests.integration.talking import NO_PACE

Nodes = tuple[ServedHouse, ServedHouse]


@pytest.fixture
def shared(mongo_url: str, redis_url: str) -> dict[str, str]:
    store = f"{mongo_url}/two_nodes_{token_hex(4)}"
    return {**NO_PACE, "ELIAN_STORE_URL": store, "ELIAN_BUS_URL": redis_url}


@pytest.fixture
def nodes(shared: dict[str, str], tmp_path: Path) -> Iterator[Nodes]:
    """On one data folder, for the bank and the recommender are shared as files."""
    a, b = (ServedHouse(tmp_path / "data", shared) for _ in range(2))
    a.start()
    b.start()
    yield a, b
    a.stop()
    b.stop()
