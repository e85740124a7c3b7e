from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.ports.store import Store
from tests.socket_house import furnish


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with open_store("memory://", clock=SystemClock()) as store:
        await furnish(store)
        yield store
