"""A bank behind its gateway, over a real socket, keeps every promise that the embedded one does."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bank_bridge.ledger.auditor import audit
from bank_bridge.open import LineRoom, open_bank, open_gateway
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
from tests.contracts.served_bank import served


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def teller(tmp_path: Path, clock: Clock) -> AsyncIterator[Teller]:
    inbox, keys, core = Inbox(), tmp_path / "keys", f"embedded://{tmp_path}/bank.db"
    async with (
        open_bank(
            core, now=clock, new_id=counting_ids(), send_sms=inbox, rules=QUICK_HASH
        ) as embedded,
        open_gateway(embedded, keys=keys, requests=tmp_path / "line.db", now=clock) as app,
        served(app) as url,
        open_bank(
            url,
            now=clock,
            new_id=lambda: uuid.uuid4().hex,
            send_sms=inbox,
            line=LineRoom(keys, asyncio.sleep),
        ) as bank,
    ):
        yield await Teller(bank, inbox).open_doors()
    report = audit(tmp_path / "bank.db")
    assert report.clean, report.page()


class TestHttpEnrolment(EnrolmentContract): ...


class TestHttpTransfers(TransferContract): ...


class TestHttpEvents(EventsContract): ...


class TestHttpCodes(CodeContract): ...


class TestHttpLimits(LimitContract): ...


class TestHttpDevices(DeviceContract): ...


class TestHttpFreezing(FreezeContract): ...


class TestHttpTiers(TierContract): ...
