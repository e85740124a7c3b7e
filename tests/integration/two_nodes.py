"""Two server processes that share a MongoDB, a Redis and a data folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import pytest

from tests.house import ServedHouse, run_elian
from tests.integration.talking import NO_PACE

Nodes = tuple[ServedHouse, ServedHouse]


@dataclass(frozen=True)
class Shared:
    """What nodes have in common; the bank and the recommender are files in `data`."""

    data: Path
    store_url: str
    settings: Mapping[str, str]

    def node(self, **settings: str) -> ServedHouse:
        return ServedHouse(self.data, {**self.settings, **settings})


@pytest.fixture(scope="module")
def shared(mongo_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """With the demonstration in it, loaded once for the tests of a module."""
    data = tmp_path_factory.mktemp("nodes") / "data"
    store_url = f"{mongo_url}/two_nodes_{token_hex(4)}"
    settings = {**NO_PACE, "ELIAN_STORE_URL": store_url, "ELIAN_BUS_URL": redis_url}
    run_elian("demo", "load", "--population", "500", "--data", str(data), settings=settings)
    return Shared(data, store_url, settings)


@pytest.fixture
def nodes(shared: Shared) -> Iterator[Nodes]:
    a, b = shared.node(), shared.node()
    try:
        a.start()
        b.start()
        yield a, b
    finally:
        a.stop()
        b.stop()
