"""The suites of `ports/`: what every adapter of a port must keep, in one place each.

A suite is a module of classes without `Test` in front; an adapter's test file inherits
them and brings the fixtures they ask for.
"""

from __future__ import annotations

import pytest

# The suites and the servers are no test files; their asserts should speak as well.
pytest.register_assert_rewrite(
    "tests.contracts.bus_contract",
    "tests.contracts.store_contract_log",
    "tests.contracts.store_contract_machine",
    "tests.contracts.store_contract_records",
    "tests.contracts.store_contract_shared",
    "tests.servers",
)

from tests.servers import (  # noqa: E402 - after the registration above
    mongo_server,
    mongo_url,
    real_mongo_url,
    redis_server,
    redis_url,
)

__all__ = ["mongo_server", "mongo_url", "real_mongo_url", "redis_server", "redis_url"]
