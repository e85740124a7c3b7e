"""The embedded bank keeps the promises of `BankCore`, and its books are right after each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bank_bridge.ledger.auditor import audit
from bank_bridge.open import open_bank
from tests.contracts.bank_core_contract import (
    CodeContract,
    EnrolmentContract,
    EventsContract,
    LimitContract,
    TransferContract,
)
from tests.contracts.bank_core_contract_devices import DeviceContract
from tests.contracts.bank_core_contract_freezing import FreezeContract
from tests.contracts.bank_core_contract_tiers import TierContract
from tests.contracts.bank_samples import QUICK_HASH, Clock, Inbox, Teller, counting_ids


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def teller(tmp_path: Path, clock: Clock) -> AsyncIterator[Teller]:
    inbox = Inbox()
    url = f"embedded://{tmp_path}/bank.db"
    async with open_bank(
        url, now=clock, new_id=counting_ids(), send_sms=inbox, rules=QUICK_HASH
    ) as bank:
        yield await Teller(bank, inbox).open_doors()
    report = audit(tmp_path / "bank.db")
    assert report.clean, report.page()


class TestEmbeddedEnrolment(EnrolmentContract): ...


class TestEmbeddedTransfers(TransferContract): ...


class TestEmbeddedEvents(EventsContract): ...


class TestEmbeddedCodes(CodeContract): ...


class TestEmbeddedLimits(LimitContract): ...


class TestEmbeddedDevices(DeviceContract): ...


class TestEmbeddedFreezing(FreezeContract): ...


class TestEmbeddedTiers(TierContract): ...
