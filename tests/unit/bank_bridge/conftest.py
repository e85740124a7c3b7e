"""A bank on a file of its own, with its doors open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bank_bridge.gateways.embedded import open_embedded
from tests.contracts.bank_samples import QUICK_HASH, Clock, Inbox, Teller, counting_ids


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def bank_file(tmp_path: Path) -> Path:
    return tmp_path / "bank.db"


@pytest.fixture
async def teller(bank_file: Path, clock: Clock, inbox: Inbox) -> AsyncIterator[Teller]:
    async with open_embedded(
        bank_file, now=clock, new_id=counting_ids(), send_sms=inbox, rules=QUICK_HASH
    ) as bank:
        yield await Teller(bank, inbox).open_doors()
